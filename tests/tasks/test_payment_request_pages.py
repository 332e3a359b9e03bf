"""Row 41: what a payment request shows, and does each one reach its customer once?"""

import hashlib
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from adv_domain.documents.files import WaitingFile
from adv_domain.store.engine import writing
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import (
    customer,
    failure,
    outbox,
    payment_request,
    sales_order,
    task,
)
from tests.builders import DAY
from tests.tasks.advance_rows import an_advance, asked, one, rows, run
from tests.tasks.test_documents import text_of

NO_FONT = "face \U0001fae8"


def change(engine, table, **values):
    with writing(engine) as connection:
        connection.execute(update(table).values(**values))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            [
                "Payment request O1-1",
                "This payment request is no invoice: it has no invoice number and",
                "does not entitle you to deduct VAT.",
                "30% of order O1 is paid in advance, as agreed",
                "Total €36.30",
                "By invoice later -€25.41",
                "Amount due €10.89",
                "15 Jan 2026 €10.89 bank transfer",
                "Scan to pay €10.89",
            ],
        ),
        (
            "es",
            [
                "Solicitud de pago O1-1",
                "Esta solicitud de pago no es una factura: no lleva número de",
                "factura ni da derecho a deducir el IVA.",
                "Se paga por anticipado el 30 % del pedido O1",
                "Se facturará después -25,41 €",
                "Total a pagar 10,89 €",
                "15 ene 2026 10,89 € transferencia",
            ],
        ),
        (
            "fr",
            [
                "Demande de paiement O1-1",
                "Cette demande de paiement n’est pas une facture : elle ne porte",
                "pas de numéro de facture et n’ouvre pas droit à déduction de la",
                "30 % de la commande O1 sont payés d’avance",
                "Facturé ultérieurement -25,41 €",
                "Net à payer 10,89 €",
                "15 janv. 2026 10,89 € virement",
            ],
        ),
    ],
    ids=["en", "es", "fr"],
)
def test_row_41_the_page_says_what_is_asked_for_and_that_it_is_no_invoice(
    home, engine, language, words
):
    an_advance(engine)
    change(engine, customer, language=language)
    run("handoff")
    request, mail = one(engine, payment_request), one(engine, outbox)
    assert mail.attachments == [request.path] == ["payment-requests/2026/O1-1.pdf"]
    page = home / request.path
    assert hashlib.sha256(page.read_bytes()).hexdigest() == request.sha256
    text = " ".join(text_of(page).replace("\u202f", " ").split())
    assert [one for one in words if one not in text] == []
    spoken = " ".join(
        request.reference[at : at + 4] for at in range(0, len(request.reference), 4)
    )
    assert spoken in text
    # what it lists, and no word of it calls itself an invoice's number
    assert "P-O1" in text
    assert (request.told_on, request.outbox_key) == (DAY, mail.outbox_key)


def test_row_41_a_run_killed_between_page_and_mail_makes_the_same_page_once(
    home, engine, monkeypatch
):
    def crash(self):
        raise KeyboardInterrupt

    an_advance(engine)
    with monkeypatch.context() as broken:
        broken.setattr(WaitingFile, "put_in_place", crash)
        with pytest.raises(KeyboardInterrupt):
            run("handoff")
    request = one(engine, payment_request)
    assert (request.told_on, rows(engine, select(outbox))) == (None, [])
    waiting = home / "payment-requests/2026/.O1-1.pdf.part"
    first = waiting.read_bytes()
    # resumed a day later by somebody else
    run("handoff", DAY.replace(day=DAY.day + 1))
    run("handoff", DAY.replace(day=DAY.day + 1))
    assert (home / one(engine, payment_request).path).read_bytes() == first
    assert len(rows(engine, select(outbox))) == 1


def test_row_41_a_page_that_cannot_be_drawn_holds_only_itself(home, engine):
    an_advance(engine, no="O1")
    an_advance(engine, no="O2")
    with writing(engine) as connection:
        connection.execute(
            update(customer).where(customer.c.code == "C-O1").values(name=NO_FONT)
        )
    assert run("handoff").done == {"payment requests": 2}
    assert [one.outbox_key for one in rows(engine, select(outbox))] == [
        "payment_request:O2:1"
    ]
    told = one(engine, failure)
    assert (told.document, told.code) == ("O1", "no_glyph")
    assert "put one into templates/document/fonts" in told.message
    change(engine, customer, name="Mended")
    run("handoff")
    assert one(engine, failure).resolved_at is not None
    assert len(rows(engine, select(outbox))) == 2


def test_row_41_a_company_draws_requests_on_paper_of_its_own(home, engine):
    paper = home / "templates" / "document"
    paper.mkdir(parents=True)
    paper.joinpath("payment_request.typ").write_text(
        "#let view = json(bytes(sys.inputs.view))\nOurs: #view.title #view.number",
        encoding="utf-8",
    )
    request = asked(engine)
    assert text_of(home / request.path) == "Ours: Payment request O1-1"


def test_row_41_paper_of_the_companys_own_still_says_that_it_is_no_invoice(
    home, engine
):
    paper = home / "templates" / "document"
    paper.mkdir(parents=True)
    paper.joinpath("invoice.typ").write_text(
        "#let view = json(bytes(sys.inputs.view))\n"
        "#view.title: #for one in view.mentions { one.text }",
        encoding="utf-8",
    )
    request = asked(engine)
    assert "Payment request: This payment request is no invoice" in text_of(
        home / request.path
    )


def test_row_41_without_pages_the_mail_asks_alone(home, engine):
    home.joinpath("policy.toml").write_text("[documents]\npdf = false\n")
    request = asked(engine)
    mail = one(engine, outbox)
    assert (request.path, mail.attachments) == (None, [])
    assert (mail.context["has_page"], mail.context["has_code"]) == (False, False)


def test_row_41_who_asks_for_a_customer_without_address_finds_the_page(home, engine):
    an_advance(engine)
    change(engine, customer, email=None)
    run("handoff")
    request = one(engine, payment_request)
    assert f"Its page is {request.path}." in one(engine, task).text
    assert (home / request.path).is_file()
    assert request.outbox_key is None


def test_row_41_only_euro_has_a_code_for_the_phone(home, engine):
    an_advance(engine)
    change(engine, sales_order, currency="USD")
    run("handoff")
    request, mail = one(engine, payment_request), one(engine, outbox)
    assert (request.currency, mail.context["has_code"]) == ("USD", False)
    assert "Scan to pay" not in text_of(home / request.path)


def test_row_41_statements_do_not_grow_with_the_requests_told(home, engine):
    seen = []
    for first, count in ((0, 2), (10, 2), (20, 12)):
        for number in range(first, first + count):
            an_advance(engine, no=f"N{number}")
        with counted_statements(engine) as statements:
            run("handoff")
        seen.append(len([one for one in statements if "payment_request" in one]))
    assert seen[1] == seen[2]
    assert {one.amount for one in rows(engine, select(payment_request))} == {
        Decimal("10.89")
    }
