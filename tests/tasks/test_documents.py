"""Does every posted document get its PDF and its mail once, whatever happens?"""

import hashlib
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from adv_domain.documents.files import document_place
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import document, failure, invoice, outbox, task
from flows.direct import run_directly
from tests.builders import a_customer
from tests.tasks.issued_rows import SELLER, a_posted_document

DAY = date(2026, 1, 31)


def run():
    [end] = run_directly("documents", on=DAY)
    return end.outcome


def rows(engine, table):
    with reading(engine) as connection:
        return connection.execute(select(table).order_by(table.c.id)).all()


def text_of(path):
    reader = PdfReader(BytesIO(path.read_bytes()))
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


def test_posted_invoice_gets_its_pdf_and_its_mail_once(home, engine):
    customer_id = a_customer(engine)
    a_posted_document(engine, customer_id=customer_id, no="F2026-000001")

    assert run().done == {"documents": 1, "mails queued": 1}

    [made] = rows(engine, document)
    path = home / made.path
    assert made.path == "documents/2026/F2026-000001.pdf"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == made.sha256
    assert path.stat().st_size == made.size
    text = text_of(path)
    assert "Invoice F2026-000001" in text
    assert "€36.30" in text
    assert "Buyer of F2026-000001 69002 Lyon France" in text
    assert "Calle Mayor 1 28013 Madrid Spain" in text
    [mail] = rows(engine, outbox)
    assert mail.outbox_key == "invoice:F2026-000001"
    assert mail.template == "invoice"
    assert mail.attachments == ["documents/2026/F2026-000001.pdf"]
    assert mail.context["document_no"] == "F2026-000001"
    assert run().message == "nothing to do"
    assert len(rows(engine, outbox)) == 1


def test_credit_note_names_what_it_corrects_and_asks_for_no_payment(home, engine):
    customer_id = a_customer(engine)
    first = a_posted_document(engine, customer_id=customer_id, no="F1")
    a_posted_document(
        engine,
        customer_id=customer_id,
        no="A2",
        kind="credit_note",
        corrects_id=first,
        reason="Damaged in transit",
    )

    run()

    text = text_of(home / "documents/2026/A2.pdf")
    assert "Credit note A2" in text
    assert "Corrects invoice F1" in text
    assert "Damaged in transit" in text
    assert "IBAN" not in text
    mails = rows(engine, outbox)
    assert [mail.outbox_key for mail in mails] == ["invoice:F1", "credit_note:A2"]


def test_customer_without_address_gives_a_task_and_no_mail(sqlite_home):
    from tasks.resources import resources

    engine = resources().engine
    customer_id = a_customer(engine, email=None)
    a_posted_document(engine, customer_id=customer_id, no="F1")

    outcome = run()

    assert outcome.done == {"documents": 1}
    assert outcome.skipped == {"mail: no address": 1}
    assert rows(engine, outbox) == []
    [opened] = rows(engine, task)
    assert opened.task_key == "invoice-address:F1"
    assert "no mail address" in opened.text


def test_legacy_invoices_are_neither_drawn_nor_mailed(home, engine):
    customer_id = a_customer(engine)
    a_posted_document(
        engine,
        customer_id=customer_id,
        no="OLD9",
        origin="legacy",
        number=None,
        hash=None,
    )
    assert run().message == "nothing to do"


def test_broken_document_holds_only_itself_until_it_is_mended(home, engine):
    customer_id = a_customer(engine)
    for no in ("F1", "F3"):
        a_posted_document(engine, customer_id=customer_id, no=no)
    broken = a_posted_document(
        engine, customer_id=customer_id, no="F2", seller={"country": "ES"}
    )

    outcome = run()
    assert outcome.done["documents"] == 2
    assert [one.document for one in outcome.failed] == ["F2"]
    again = run()
    assert again.failed == ()
    assert again.waiting == 1

    with writing(engine) as connection:
        connection.execute(
            update(invoice).where(invoice.c.id == broken).values(seller=SELLER)
        )
    assert run().done == {"documents": 1, "mails queued": 1}
    [noted] = rows(engine, failure)
    assert noted.resolved_at is not None


def test_crash_between_file_and_row_is_made_good_by_the_next_run(
    home, engine, monkeypatch
):
    import tasks.documents.documents

    customer_id = a_customer(engine)
    for number in range(1, 4):
        a_posted_document(engine, customer_id=customer_id, no=f"F{number}")

    def crash(*_args, **_kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(tasks.documents.documents, "record_documents", crash)
        with pytest.raises(KeyboardInterrupt):
            run()
    before = (home / "documents/2026/F1.pdf").read_bytes()
    assert rows(engine, document) == []

    assert run().done == {"documents": 3, "mails queued": 3}
    assert (home / "documents/2026/F1.pdf").read_bytes() == before
    assert list((home / "documents/2026").glob(".*")) == []


def test_a_document_whose_rows_cannot_be_written_holds_only_itself(
    home, engine, monkeypatch
):
    import tasks.documents.documents

    customer_id = a_customer(engine)
    for number in range(1, 5):
        a_posted_document(engine, customer_id=customer_id, no=f"F{number}")
    real = tasks.documents.documents.document_mail

    def _refused(rows, document, **given):
        if document.number == "F3":
            raise ValueError("the database does not take this text")
        return real(rows, document, **given)

    with monkeypatch.context() as patch:
        patch.setattr(tasks.documents.documents, "document_mail", _refused)
        outcome = run()
    assert outcome.done == {"documents": 3, "mails queued": 3}
    assert [(one.document, one.message) for one in outcome.failed] == [
        ("F3", "the database does not take this text")
    ]
    assert run().done == {"documents": 1, "mails queued": 1}
    assert list(home.rglob("*.part")) == []


def test_statements_do_not_grow_with_the_batch(home, engine):
    customer_id = a_customer(engine)
    a_posted_document(engine, customer_id=customer_id, no="F1")
    with counted_statements(engine) as one:
        run()
    for number in range(2, 14):
        a_posted_document(engine, customer_id=customer_id, no=f"F{number}")
    with counted_statements(engine) as twelve:
        run()
    assert len(one) == len(twelve)


def test_company_may_send_its_invoices_itself(sqlite_home):
    from tasks.resources import resources

    (sqlite_home / "policy.toml").write_text(
        "[documents]\nmail_invoices = false\n", encoding="utf-8"
    )
    engine = resources().engine
    a_posted_document(engine, customer_id=a_customer(engine), no="F1")
    assert run().done == {"documents": 1}
    assert rows(engine, outbox) == []


@pytest.mark.parametrize(
    ("number", "place"),
    [
        ("F2026-000001", "documents/2026/F2026-000001.pdf"),
        ("F.1_a", "documents/2026/F.1_a.pdf"),
    ],
)
def test_place_of_a_plain_number_is_the_number(number, place):
    assert document_place(number, year=2026) == place


@pytest.mark.parametrize("number", ["../../etc/passwd", "A/1", ".hidden", "é", "/", ""])
def test_no_number_leaves_its_folder(number):
    place = document_place(number, year=2026)
    folder, name = place.rsplit("/", 1)
    assert folder == "documents/2026"
    assert not name.startswith(".")
    assert name != ".pdf"


def test_numbers_that_look_alike_have_files_of_their_own():
    places = {document_place(number, year=2026) for number in ("A/1", "A-1", "A 1")}
    assert len(places) == 3
