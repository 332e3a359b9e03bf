"""Row 41: what is asked for in advance, and what is deducted, to the cent."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.advances.paid_ahead import (
    NOTHING_AHEAD,
    Advance,
    Advances,
    deducted_gross,
    deductions,
    gross_taken,
)
from adv_domain.rules.billing.charges import TaxedAt
from adv_domain.rules.billing.invoicing import InvoiceLineInput, invoice_amounts
from adv_domain.rules.billing.rounding import PER_DOCUMENT

STANDARD = TaxedAt("standard", Decimal("0.21"))
REDUCED = TaxedAt("reduced", Decimal("0.10"))
RETAIL = TaxedAt("standard", Decimal("0.21"), Decimal("0.052"))
cents = st.integers(0, 10_000_00).map(lambda one: Decimal(one) / 100)
bases = st.dictionaries(
    st.sampled_from([STANDARD, REDUCED, RETAIL]), cents, min_size=1, max_size=3
)


def billed(left):
    return [
        InvoiceLineInput(Decimal(1), amount, Decimal(0), *group)
        for group, amount in left.items()
    ]


def total(lines, charges=()):
    return invoice_amounts(lines, "EUR", charges=charges).gross


def an_advance(left):
    return Advances((Advance(1, "F-1", left),), total(billed(left)))


@given(ahead=bases, invoices=st.lists(bases, max_size=4))
def test_row_41_no_invoice_falls_below_zero_and_no_advance_is_taken_twice(
    ahead, invoices
):
    advances, taken_in_all = an_advance(ahead), Decimal(0)
    for one in invoices:
        lines = billed(one)
        taken = deductions(advances, lines, (), "EUR")
        amounts = invoice_amounts(lines, "EUR", charges=taken)
        assert all(group.base >= 0 for group in amounts.taxes)
        gross = gross_taken(advances, taken, currency="EUR", rounding=PER_DOCUMENT)
        taken_in_all += gross
        left = dict(advances.invoices[0].left)
        for charge in taken:
            left[TaxedAt(*charge[2:5])] += charge.amount
        assert all(0 <= left[group] <= ahead[group] for group in ahead)
        advances = Advances((Advance(1, "F-1", left),), advances.gross - gross)
        if not advances.net:
            assert advances.gross == 0
            break
    assert taken_in_all + advances.gross == total(billed(ahead))


@given(ahead=bases)
def test_row_41_an_order_paid_in_full_ends_in_an_invoice_of_nothing(ahead):
    advances, lines = an_advance(ahead), billed(ahead)
    taken = deductions(advances, lines, (), "EUR")
    assert total(lines, taken) == 0
    found = gross_taken(advances, taken, currency="EUR", rounding=PER_DOCUMENT)
    assert found == total(lines)


@given(ahead=bases, order=bases)
def test_row_41_what_is_given_back_is_what_was_taken(ahead, order):
    taken = deductions(an_advance(ahead), billed(order), (), "EUR")
    back = [one._replace(amount=-one.amount) for one in taken]
    both = [
        deducted_gross(one, currency="EUR", rounding=PER_DOCUMENT)
        for one in (taken, back)
    ]
    assert sum(both) == 0


def test_row_41_the_oldest_advance_is_deducted_first_and_named():
    ahead = Advances(
        (
            Advance(1, "F-1", {STANDARD: Decimal(30)}),
            Advance(2, "F-2", {STANDARD: Decimal(50)}),
        )
    )
    lines = billed({STANDARD: Decimal(60)})
    assert [
        (one.description, one.amount, one.advance_id)
        for one in deductions(ahead, lines, (), "EUR")
    ] == [("F-1", Decimal(-30), 1), ("F-2", Decimal(-30), 2)]


def test_row_41_an_order_without_advance_deducts_nothing():
    lines = billed({STANDARD: Decimal(60)})
    assert deductions(NOTHING_AHEAD, lines, (), "EUR") == ()
