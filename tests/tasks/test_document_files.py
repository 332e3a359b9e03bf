"""Does each customer's machine get what it reads, drawn on all processors?"""

import os
import select
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import update

from adv_domain.bundled import bundled_path
from adv_domain.documents.style import DocumentStyle, LogoUnusable
from adv_domain.store.engine import writing
from adv_domain.store.tables import customer, document, outbox
from flows.direct import run_directly
from tasks.documents import drawing
from tasks.documents.drawing import DrawingOrder, DrawingRoom, Drawn, NotDrawn
from tests.builders import a_customer
from tests.documents.examples import an_invoice
from tests.tasks.issued_rows import SELLER, a_posted_document
from tests.tasks.test_documents import rows, run

STYLE = DocumentStyle((bundled_path("templates"),))


def attachments(path):
    return PdfReader(BytesIO(path.read_bytes())).attachments


def own(home, name, text):
    file = home / "templates" / "document" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_row_73_each_customer_gets_the_e_invoice_that_he_reads(home, engine):
    for at, form in enumerate((None, "ubl", "none"), start=1):
        customer_id = a_customer(engine, code=f"C{at}", einvoice=form)
        a_posted_document(engine, customer_id=customer_id, no=f"F{at}")

    assert run().done == {"documents": 3, "mails queued": 3}

    made = [(one.invoice_id, one.kind, one.path) for one in rows(engine, document)]
    folder = "documents/2026"
    assert made == [
        (1, "pdf", f"{folder}/F1.pdf"),
        (2, "pdf", f"{folder}/F2.pdf"),
        (2, "ubl", f"{folder}/F2.xml"),
        (3, "pdf", f"{folder}/F3.pdf"),
    ]
    assert list(attachments(home / folder / "F1.pdf")) == ["factur-x.xml"]
    assert attachments(home / folder / "F2.pdf") == {}
    assert attachments(home / folder / "F3.pdf") == {}
    assert b"<cbc:ID>F2</cbc:ID>" in (home / folder / "F2.xml").read_bytes()
    assert [mail.attachments for mail in rows(engine, outbox)] == [
        [f"{folder}/F1.pdf"],
        [f"{folder}/F2.pdf", f"{folder}/F2.xml"],
        [f"{folder}/F3.pdf"],
    ]
    assert run().message == "nothing to do"


def test_the_company_decides_for_customers_that_say_nothing(sqlite_home):
    from tasks.resources import resources

    (sqlite_home / "policy.toml").write_text('[documents]\neinvoice = "ubl"\n')
    engine = resources().engine
    a_posted_document(engine, customer_id=a_customer(engine), no="F1")
    run()
    assert [one.kind for one in rows(engine, document)] == ["pdf", "ubl"]


def test_a_mail_brings_the_xml_beside_the_page(sqlite_home):
    from tasks.resources import resources

    engine = resources().engine
    customer_id = a_customer(engine, einvoice="ubl")
    a_posted_document(engine, customer_id=customer_id, no="F1")
    run()
    run_directly("mail", on=date(2026, 1, 31))
    [eml] = (sqlite_home / "outbox" / "mail").rglob("*.eml")
    text = eml.read_text(encoding="utf-8")
    assert 'filename="F1.pdf"' in text
    assert 'filename="F1.xml"' in text
    assert "Content-Type: application/xml" in text or "Content-Type: text/xml" in text


def test_a_currency_that_the_norm_cannot_hold_goes_as_a_plain_page(sqlite_home):
    from tasks.resources import resources

    engine = resources().engine
    customer_id = a_customer(engine)
    a_posted_document(engine, customer_id=customer_id, no="F1", currency="TND")
    outcome = run()
    assert outcome.done["documents"] == 1
    assert outcome.skipped == {"e-invoice: TND has more decimals than an e-invoice": 1}


def test_what_makes_no_valid_e_invoice_is_held_with_its_remedy(sqlite_home):
    from tasks.resources import resources

    engine = resources().engine
    customer_id = a_customer(engine)
    seller = {**SELLER, "vat_id": ""}
    a_posted_document(engine, customer_id=customer_id, no="F1", seller=seller)
    a_posted_document(engine, customer_id=customer_id, no="F2")
    outcome = run()
    assert outcome.done["documents"] == 1
    [failed] = outcome.failed
    assert (failed.document, failed.code) == ("F1", "einvoice_incomplete")
    assert "company.vat_id" in failed.message

    with writing(engine) as connection:
        connection.execute(update(customer).values(einvoice="none"))
    assert run().done["documents"] == 1


def test_a_wrong_catalogue_holds_only_the_documents_of_its_language(sqlite_home):
    from tasks.resources import resources

    engine = resources().engine
    customer_id = a_customer(engine)
    a_posted_document(engine, customer_id=customer_id, no="F1", language="es")
    a_posted_document(engine, customer_id=customer_id, no="F2", language="en")
    file = own(sqlite_home, "labels.es.toml", '[titles]\n\ninvoice = "Factura\n')
    outcome = run()
    assert outcome.done["documents"] == 1
    [failed] = outcome.failed
    assert failed.document == "F1"
    assert failed.message.startswith(f"{file}, line 3: ")

    file.write_text('[titles]\ninvoice = "Factura de venta"\n', encoding="utf-8")
    assert run().done["documents"] == 1
    page = PdfReader(sqlite_home / "documents/2026/F1.pdf").pages[0].extract_text()
    assert "Factura de venta" in page


def test_a_wrong_layout_makes_nothing_and_loses_nothing(sqlite_home):
    from tasks.resources import resources

    engine = resources().engine
    customer_id = a_customer(engine)
    for no in ("F1", "F2"):
        a_posted_document(engine, customer_id=customer_id, no=no)
    file = own(sqlite_home, "invoice.typ", "fine\n#unknown")
    failed = run().failed
    assert [one.document for one in failed] == ["F1", "F2"]
    assert f"{file}, line 2: unknown variable" in failed[0].message
    file.unlink()
    assert run().done["documents"] == 2


def test_a_wrong_mail_template_holds_only_the_mails_of_its_language(sqlite_home):
    from tasks.resources import resources

    engine = resources().engine
    customer_id = a_customer(engine)
    for no, language in (("F1", "es"), ("F2", "en")):
        a_posted_document(engine, customer_id=customer_id, no=no, language=language)
    run()
    wrong = sqlite_home / "templates" / "email" / "es" / "invoice" / "subject.txt"
    wrong.parent.mkdir(parents=True)
    wrong.write_text("{{ document_nummer }}", encoding="utf-8")
    run_directly("mail", on=date(2026, 1, 31))
    by_key = {one.outbox_key: one for one in rows(engine, outbox)}
    assert by_key["invoice:F2"].state == "sent"
    failed = by_key["invoice:F1"]
    assert failed.state == "failed"
    assert f"{wrong}, line 1: 'document_nummer' is undefined" in failed.last_error


def test_a_missing_logo_ends_the_step_with_its_cause(sqlite_home):
    from tasks.resources import resources

    (sqlite_home / "policy.toml").write_text('[documents]\nlogo = "mark.png"\n')
    engine = resources().engine
    a_posted_document(engine, customer_id=a_customer(engine), no="F1")
    with pytest.raises(
        LogoUnusable, match=r"documents\.logo: .*mark\.png is not there"
    ):
        run()


def orders(count):
    return [
        DrawingOrder(replace(an_invoice(), number=f"F{at}"), form="facturx")
        for at in range(count)
    ]


def test_processes_draw_the_same_bytes_in_the_same_order(tmp_path, monkeypatch):
    monkeypatch.setattr(drawing, "_TOO_FEW", 1)
    with DrawingRoom(STYLE, home=tmp_path / "one", workers=1) as room:
        alone = room.draw(orders(5))
    with DrawingRoom(STYLE, home=tmp_path / "two", workers=2) as room:
        together = room.draw(orders(5))
        assert room.draw([]) == []
    assert [one.files[0].sha256 for one in alone] == [
        one.files[0].sha256 for one in together
    ]
    assert [one.files[0].place for one in together] == [
        f"documents/2026/F{at}.pdf" for at in range(5)
    ]


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """A folder for temporary files of the test's own, of its children too."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


def test_drawing_leaves_no_temporary_file_behind(tmp_path, temporary, monkeypatch):
    for too_few in (100, 1):  # here, then in processes
        monkeypatch.setattr(drawing, "_TOO_FEW", too_few)
        with DrawingRoom(STYLE, home=tmp_path / "home", workers=2) as room:
            room.draw(orders(3))
            assert list(temporary.glob("adv-documents-*"))
        assert list(temporary.glob("adv-documents-*")) == []


def test_what_a_killed_run_had_laid_out_is_put_away_a_day_later(tmp_path, temporary):
    at_work, forgotten = (temporary / f"adv-documents-{name}" for name in "ab")
    for folder in (at_work, forgotten):
        folder.mkdir()
        (folder / "invoice.typ").write_text("a layout")
    os.utime(forgotten, (0, 0))
    with DrawingRoom(STYLE, home=tmp_path / "home", workers=1) as room:
        room.draw(orders(1))
    assert list(temporary.iterdir()) == [at_work]


@dataclass
class Killer:
    """A document whose arrival ends the process that is to draw it."""

    number: str = "F-deadly"

    def __reduce__(self):
        return os._exit, (1,)


def test_a_document_that_kills_its_process_holds_only_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(drawing, "_TOO_FEW", 1)
    deadly = DrawingOrder(Killer(), form="none")
    with DrawingRoom(STYLE, home=tmp_path, workers=2) as room:
        first, killed, last = room.draw([orders(1)[0], deadly, orders(2)[1]])
    assert isinstance(killed, NotDrawn)
    assert killed.code == "drawing_process_died"
    assert isinstance(first, Drawn)
    assert isinstance(last, Drawn)


_ROOM = """
import sys
from pathlib import Path
from tasks.documents import drawing
from tests.tasks.test_document_files import STYLE, orders

if __name__ == "__main__":
    drawing._TOO_FEW = 1
    room = drawing.DrawingRoom(STYLE, home=Path(sys.argv[1]), workers=2)
    room.draw(orders(16))
    print(*room._pool._processes, flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(
    not hasattr(os, "pidfd_open"), reason="waits for pids as Linux does"
)
def test_drawing_processes_end_with_a_parent_that_was_killed(tmp_path, temporary):
    program = tmp_path / "room.py"
    program.write_text(_ROOM, encoding="utf-8")
    parent = subprocess.Popen(
        [sys.executable, str(program), str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    children = [os.pidfd_open(int(pid)) for pid in parent.stdout.readline().split()]
    assert children
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    for child in children:
        ended, _, _ = select.select([child], [], [], 30)
        assert ended
        os.close(child)
    parent.stdin.close()
    parent.stdout.close()
    assert list(temporary.glob("adv-documents-*")) == []
