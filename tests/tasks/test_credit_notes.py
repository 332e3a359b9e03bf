"""Credit notes: own numbers, never above the invoice, set against what is open."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from adv_domain.rules.billing.crediting import CreditRefused
from adv_domain.store.billing.crediting import InvoiceUnknown
from adv_domain.store.engine import reading
from adv_domain.store.tables import instalment, invoice
from flows.direct import run_directly
from tasks.billing.credit_notes import credit_invoice
from tests.builders import a_customer, a_delivery, a_product, an_order

ON = date(2026, 1, 31)
NO = "F-2026-000001"


@pytest.fixture
def invoiced(engine):
    order_id = an_order(
        engine,
        customer_id=a_customer(engine, payment_terms="two_halves"),
        product_id=a_product(engine),
        lines=2,
        payment_terms="two_halves",
    )
    a_delivery(engine, order_id)
    run_directly("invoicing", on=ON)
    return engine


def _credit(quantities=None, code="return"):
    return credit_invoice(
        invoice_no=NO,
        quantities=quantities,
        reason_code=code,
        reason="came back",
        by="Ana",
        on=ON,
    )


def _open(engine):
    with reading(engine) as connection:
        rows = connection.execute(
            select(instalment.c.open_amount).order_by(instalment.c.id)
        )
        return [row.open_amount for row in rows]


def test_a_part_is_credited_and_lowers_the_oldest_open_item(invoiced):
    assert _credit({1: Decimal(2)}) == "A-2026-000001"
    assert _open(invoiced) == [Decimal("12.1"), Decimal("36.3"), Decimal(0)]
    with reading(invoiced) as connection:
        note = connection.execute(
            select(invoice).where(invoice.c.kind == "credit_note")
        ).one()
    assert (note.net, note.tax, note.gross) == (
        Decimal(-20),
        Decimal("-4.2"),
        Decimal("-24.2"),
    )
    assert note.corrects_id == 1
    assert note.chain_position == 2


def test_the_rest_can_be_credited_once(invoiced):
    _credit({1: Decimal(2)})
    _credit()
    assert _open(invoiced) == [0, 0, 0, 0]
    with pytest.raises(CreditRefused, match="nothing of it is left"):
        _credit()


@pytest.mark.parametrize(
    ("quantities", "code", "why"),
    [
        ({1: Decimal(4)}, "return", "line 1 has 3"),
        ({9: Decimal(1)}, "return", "no line 9"),
        ({1: Decimal(0)}, "return", "line 1 has 3"),
        (None, "mood", "reason 'mood' is unknown"),
    ],
)
def test_what_cannot_be_credited_is_refused(invoiced, quantities, code, why):
    with pytest.raises(CreditRefused, match=why):
        _credit(quantities, code)


def test_an_unknown_invoice_and_a_credit_note_are_refused(invoiced):
    with pytest.raises(InvoiceUnknown):
        credit_invoice(
            invoice_no="F-1", reason_code="return", reason="x", by="Ana", on=ON
        )
    note = _credit()
    with pytest.raises(CreditRefused, match="itself a credit note"):
        credit_invoice(
            invoice_no=note, reason_code="return", reason="x", by="Ana", on=ON
        )
