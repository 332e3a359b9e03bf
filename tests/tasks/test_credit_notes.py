"""Credit notes: own numbers, never above the invoice, set against what is open."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from adv_domain.rules.authority import BeyondAuthority
from adv_domain.rules.credits.creditable import CreditRefused
from adv_domain.store.audit import audit
from adv_domain.store.columns import AMOUNT
from adv_domain.store.credits.crediting import InvoiceUnknown
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import insert_rows
from adv_domain.store.tables import (
    closed_period,
    instalment,
    invoice,
    invoice_line,
)
from flows.actions.issue_credit_note import issue_credit_note
from flows.commands.credit_note import credit_note
from flows.direct import run_directly
from tasks.credits.credit_notes import credit_amount, credit_invoice
from tasks.dates import DayAhead
from tasks.resources import business_day, now
from tests.builders import NOW, a_customer, a_delivery, a_product, an_order

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


def _credit(quantities=None, code="return", on=ON):
    return credit_invoice(
        invoice_no=NO,
        quantities=quantities,
        reason_code=code,
        reason="came back",
        by="Ana",
        on=on,
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
        ({1: Decimal(4)}, "return", "line 1 has 3 left, not 4$"),
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


def test_a_day_before_the_invoice_is_refused_with_the_one_to_use(invoiced):
    with pytest.raises(CreditRefused, match="use 2026-01-31 or a later day"):
        _credit(on=date(2020, 1, 1))
    assert len(_open(invoiced)) == 2  # the instalments of the invoice alone
    assert _credit(on=ON) == "A-2026-000001"


def test_a_closed_period_takes_no_credit_note(invoiced):
    month = {"company_id": 1, "first_on": date(2026, 1, 1), "last_on": ON}
    closing = {**month, "closed_by": "Ana", "closed_at": NOW}
    with writing(invoiced) as connection:
        insert_rows(connection, closed_period, [closing])
    with pytest.raises(CreditRefused, match="closed period; use a later day"):
        _credit()
    assert _credit(on=ON + timedelta(days=1)) == "A-2026-000001"


def test_the_command_takes_no_day_that_has_not_come(invoiced):
    given = [NO, "--reason-code", "return", "--reason", "x", "--by", "Ana"]
    day_after_tomorrow = business_day(now()) + timedelta(days=2)
    asked = [*given, "--date", day_after_tomorrow.isoformat()]
    result = CliRunner().invoke(credit_note, asked)
    assert result.exit_code == 1
    assert "has not come yet" in result.stderr
    with pytest.raises(DayAhead):
        issue_credit_note.fn("return", "Ana", "x", NO, business_date=day_after_tomorrow)
    assert CliRunner().invoke(credit_note, given).exit_code == 0


def test_a_credit_note_beyond_the_role_is_refused_and_nothing_is_posted(invoiced, home):
    (home / "policy.toml").write_text(
        '[roles.clerk]\npeople = ["Ana"]\nlimits = { credit_note = 10 }\n'
        '[roles.head]\npeople = ["Bo"]\nlimits = { credit_note = 1000 }\n'
    )
    before = _open(invoiced)
    for person in ("Ana", "Nobody"):
        with pytest.raises(BeyondAuthority):
            credit_invoice(
                invoice_no=NO, reason_code="return", reason="back", by=person, on=ON
            )
    assert _open(invoiced) == before
    told = CliRunner().invoke(
        credit_note,
        [NO, "--reason-code", "return", "--reason", "back", "--by", "Ana"],
    )
    assert (told.exit_code, "Bo (head)" in told.output) == (1, True)
    assert credit_invoice(
        invoice_no=NO, reason_code="return", reason="back", by="Bo", on=ON
    ).startswith("A-2026-")


def _credit_amount(amount, code="rebate"):
    return credit_amount(
        invoice_no=NO,
        amount=Decimal(amount),
        reason_code=code,
        reason="Agreed rebate",
        by="Ana",
        on=ON,
    )


def test_row_42_an_amount_is_credited_to_the_cent_with_its_tax(invoiced):
    assert _credit_amount("10.03") == "A-2026-000001"  # 8.29 + 1.74 by the rate
    with reading(invoiced) as connection:
        note = connection.execute(
            select(invoice).where(invoice.c.kind == "credit_note")
        ).one()
        [line] = connection.execute(
            select(invoice_line).where(invoice_line.c.invoice_id == note.id)
        ).all()
    assert (note.gross, note.net + note.tax) == (Decimal("-10.03"), note.gross)
    assert (line.description, line.qty, line.order_line_id) == (
        "Agreed rebate",
        Decimal(-1),
        None,
    )
    assert _open(invoiced)[0] == Decimal("36.3") - Decimal("10.03")
    assert _sound(invoiced)


def test_row_42_the_rest_after_an_amount_is_all_that_is_left(invoiced):
    _credit_amount("10.03")
    _credit({1: Decimal(1)})
    _credit()
    with reading(invoiced) as connection:
        whole = connection.execute(select(func.sum(invoice.c.gross, type_=AMOUNT)))
        assert whole.scalar_one() == 0
    assert set(_open(invoiced)) == {0}
    for again in (_credit, lambda: _credit_amount("0.01")):
        with pytest.raises(CreditRefused, match="nothing of it is left"):
            again()
    assert _sound(invoiced)


@pytest.mark.parametrize(
    ("amount", "why"),
    [
        ("72.61", " 72.60 is left, not 72.61"),
        ("0", "no amount"),
        ("1.001", "no amount"),
    ],
)
def test_row_42_no_amount_beyond_the_invoice(invoiced, amount, why):
    with pytest.raises(CreditRefused, match=why):
        _credit_amount(amount)


def test_row_42_no_quantity_beyond_what_amounts_have_left(invoiced):
    _credit_amount("60.00")
    with pytest.raises(CreditRefused, match=r"exceed it: 12\.60+ is left"):
        _credit({1: Decimal(3)})
    assert _credit({1: Decimal(1)}) == "A-2026-000002"


def test_row_42_the_command_takes_an_amount_or_lines(invoiced):
    given = [NO, "--reason-code", "rebate", "--reason", "x", "--by", "Ana"]
    both = CliRunner().invoke(credit_note, [*given, "--line", "1=1", "--amount", "1"])
    assert (both.exit_code, "not both" in both.output) == (2, True)
    told = CliRunner().invoke(credit_note, [*given, "--amount", "24.20"])
    assert (told.exit_code, told.output) == (0, f"A-2026-000001 credits {NO}\n")
    state = issue_credit_note.fn("rebate", "Ana", "x", NO, amount="12.10")
    assert "A-2026-000002" in state.message


def _sound(engine):
    with reading(engine) as connection:
        broken = {one.name for one in audit(connection) if one.violations}
    return broken <= {"handed_orders_have_a_message"}  # builders ship without it
