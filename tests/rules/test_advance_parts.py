"""Row 41: an advance in several payments, less or more than asked, to the cent."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.advances.advances import (
    NOT_INVOICED_AHEAD,
    AdvanceReceived,
    advance_amounts,
    advance_bases,
    draft_advance,
)
from adv_domain.rules.advances.paid_ahead import (
    Advance,
    Advances,
    Purse,
    deductions,
    gross_taken,
)
from adv_domain.rules.billing.charges import TaxedAt
from adv_domain.rules.billing.covered import Covers
from adv_domain.rules.billing.invoicing import InvoiceLineInput, invoice_amounts
from adv_domain.rules.billing.posting import Draft
from adv_domain.rules.billing.rounding import PER_DOCUMENT

STANDARD = TaxedAt("standard", Decimal("0.21"))
REDUCED = TaxedAt("reduced", Decimal("0.10"))
RETAIL = TaxedAt("standard", Decimal("0.21"), Decimal("0.052"))
ZERO_RATED = TaxedAt("zero", Decimal(0))
DAY = date(2026, 1, 8)
nets = st.integers(1, 10_000_00).map(lambda one: Decimal(one) / 100)
groups = st.sampled_from(
    [(STANDARD,), (RETAIL, REDUCED), (STANDARD, REDUCED, ZERO_RATED)]
).flatmap(
    lambda names: st.tuples(*(nets for _ in names)).map(
        lambda amounts: dict(zip(names, amounts, strict=True))
    )
)
shares = st.lists(st.integers(1, 100), min_size=1, max_size=5)


def inputs_of(bases):
    return tuple(
        InvoiceLineInput(Decimal(1), amount, Decimal(0), *group)
        for group, amount in bases.items()
    )


def an_order(bases):
    inputs = inputs_of(bases)
    return Draft(
        kind="invoice",
        customer_id=1,
        order_ids=(1,),
        currency="EUR",
        payment_terms="net30",
        ordered_on=DAY,
        first_supplied_on=DAY,
        supplied_on=DAY,
        covers=Covers(),
        lines=(),
        inputs=inputs,
        amounts=invoice_amounts(inputs, "EUR"),
    )


def received(order, amounts, *, rate="0.3"):
    """Return the advance invoices of payments, one after the other."""
    asked = advance_bases(order, rate=Decimal(rate))
    before, drafts = NOT_INVOICED_AHEAD, []
    for amount in amounts:
        draft = draft_advance(
            order,
            AdvanceReceived(amount, DAY, asked, before),
            description="Advance",
            rounding=PER_DOCUMENT,
        )
        if draft is not None:
            before = before.with_draft(draft)
            drafts.append(draft)
    return drafts


def parts_of(total, weights):
    """Split money into payments that come to it, none of them nothing."""
    whole, given_out = sum(weights), Decimal(0)
    for weight in weights[:-1]:
        part = (total * weight / whole).quantize(Decimal("0.01"))
        given_out += part
        yield part
    yield total - given_out


@given(bases=groups, weights=shares, percent=st.integers(1, 150))
def test_row_41_each_advance_invoice_is_of_the_money_that_came_and_no_more_than_all(
    bases, weights, percent
):
    order = an_order(bases)
    total = order.amounts.gross
    wanted = (total * percent / 100).quantize(Decimal("0.01"))
    payments = [one for one in parts_of(wanted, weights) if one > 0]
    money = sum(payments, Decimal(0))
    drafts = received(order, payments)
    assert sum(one.amounts.gross for one in drafts) == min(money, total)
    left = dict(bases)
    for payment, draft in zip(payments, drafts, strict=False):
        amounts = draft.amounts
        assert amounts.gross == amounts.net + amounts.tax <= payment
        assert amounts.net == sum(
            one.base for one in amounts.taxes if one.kind == "vat"
        )
        for line, net in zip(draft.inputs, amounts.line_nets, strict=True):
            assert net == line.unit_price >= 0
            left[TaxedAt(*line[3:6])] -= net
        for tax in amounts.taxes:
            off = abs(tax.tax - tax.base * tax.rate)
            # what the audit allows: what each one before it was off
            assert off <= 2 * len(payments) * Decimal("0.01")
    assert all(one >= 0 for one in left.values())
    if money >= total:
        # the last one takes what is left: base by base, tax by tax
        assert not any(left.values())
        assert sum(one.amounts.tax for one in drafts) == order.amounts.tax


@given(bases=groups, percent=st.integers(1, 100))
def test_row_41_what_was_asked_is_what_is_invoiced(bases, percent):
    order = an_order(bases)
    rate = Decimal(percent) / 100
    asked = advance_bases(order, rate=rate)
    amounts = advance_amounts(asked, currency="EUR", rounding=PER_DOCUMENT)
    if amounts.payable <= 0:
        return
    [draft] = received(order, [amounts.payable], rate=str(rate))
    assert draft.amounts == amounts
    assert {TaxedAt(*one[3:6]): one.unit_price for one in draft.inputs} == asked


@given(bases=groups, weights=shares, percent=st.integers(1, 100), ships=shares)
def test_row_41_what_is_deducted_and_given_back_is_what_was_taken(
    bases, weights, percent, ships
):
    """Over part shipments; whatever is left in the end is the customer's again."""
    order = an_order(bases)
    wanted = (order.amounts.gross * percent / 100).quantize(Decimal("0.01"))
    payments = [one for one in parts_of(wanted, weights) if one > 0]
    drafts = received(order, payments)
    ahead = Advances(
        tuple(
            Advance(at, f"A-{at}", {TaxedAt(*i[3:6]): i.unit_price for i in one.inputs})
            for at, one in enumerate(drafts)
        ),
        sum([one.amounts.gross for one in drafts], Decimal(0)),
    )
    taken_in_all = ahead.gross
    deducted = Decimal(0)
    whole = sum(ships)
    billed = dict.fromkeys(bases, Decimal(0))
    for at, weight in enumerate(ships):
        is_last = at == len(ships) - 1
        part = {
            group: base - billed[group]
            if is_last
            else (base * weight / whole).quantize(Decimal("0.01"))
            for group, base in bases.items()
        }
        billed = {group: billed[group] + part[group] for group in bases}
        lines = inputs_of(part)
        off = deductions(ahead, lines, (), "EUR")
        gross = gross_taken(ahead, off, currency="EUR", rounding=PER_DOCUMENT)
        deducted += gross
        ahead = _less(ahead, off, gross)
        amounts = invoice_amounts(lines, "EUR", charges=off)
        assert all(one.base >= 0 for one in amounts.taxes)
    # all of the order was billed, so nothing of the advance is left to give back
    assert (ahead.net, ahead.gross) == (0, 0)
    assert deducted == taken_in_all


def _less(ahead, off, gross):
    left = {one.invoice_id: dict(one.left) for one in ahead.invoices}
    for charge in off:
        left[charge.advance_id][TaxedAt(*charge[2:5])] += charge.amount
    return replace(
        ahead,
        invoices=tuple(
            one._replace(left=left[one.invoice_id]) for one in ahead.invoices
        ),
        gross=ahead.gross - gross,
    )


@given(
    asked=st.integers(1, 100),
    more=st.integers(0, 100),
    payments=st.lists(st.integers(1, 150), max_size=5),
)
def test_row_41_a_purse_holds_no_more_than_the_order_comes_to(asked, more, payments):
    purse = Purse(Decimal(asked), Decimal(0), Decimal(asked + more))
    came = Decimal(0)
    for payment in payments:
        held = purse.takes(Decimal(payment))
        assert 0 <= held <= payment
        purse, came = purse.with_money(held), came + held
    assert purse.received == came <= asked + more
    assert purse.is_full == (came >= asked)
    if sum(payments) >= asked:
        assert purse.state == "paid"
