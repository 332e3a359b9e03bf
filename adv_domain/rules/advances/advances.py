"""What is asked for in advance of an order, and what does the advance invoice say?

An advance is a share of each tax group of the order, rounded before tax, so that the
request, the advance invoice and its deduction are the same figures. Money that is not
what was asked is split over what nothing invoiced of each group yet, to the cent, so
that what an order's advances leave to deduct never exceeds what is left to bill of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from adv_domain.rules.advances.paid_ahead import NOTHING_AHEAD, Advances, Bases
from adv_domain.rules.billing.charges import TaxedAt, bases_by_tax, bases_of_all
from adv_domain.rules.billing.invoicing import (
    InvoiceAmounts,
    InvoiceLineInput,
    invoice_amounts,
)
from adv_domain.rules.billing.posting import BillableLine, Draft
from adv_domain.rules.billing.rounding import Rounding
from adv_domain.rules.billing.unit_codes import LUMP_SUM
from adv_domain.rules.credits.credited_sums import (
    GroupLeft,
    amounts_of_sum,
    groups_left,
)
from adv_domain.rules.money import ZERO, rounded_to_minor

_ONE = Decimal(1)
GroupKey = tuple[str, str, Decimal]
"""A tax group by kind, category and rate."""
Groups = Mapping[GroupKey, tuple[Decimal, Decimal]]
"""Base and tax by group."""
_Amounts = tuple[tuple[InvoiceLineInput, ...], InvoiceAmounts]


def advance_bases(draft: Draft, *, rate: Decimal) -> dict[TaxedAt, Decimal]:
    """Return the share of an order that is asked for, by tax group.

    draft is the order as if all of it were billed. A group that comes to nothing, or
    is given back, is not asked for.
    """
    lines = bases_by_tax(draft.inputs, draft.amounts.line_nets)
    shares = {
        group: rounded_to_minor(base * rate, draft.currency)
        for group, base in sorted(bases_of_all(lines, draft.amounts.charges).items())
    }
    return {group: share for group, share in shares.items() if share > 0}


def advance_amounts(
    bases: Bases, *, currency: str, rounding: Rounding
) -> InvoiceAmounts:
    """Return what the advance comes to, with its tax."""
    return invoice_amounts(_inputs(bases), currency, rounding=rounding)


@dataclass(frozen=True, slots=True)
class InvoicedAhead:
    """What of an order's advance invoices nothing credits or deducts yet; gross is
    all of it with tax."""

    groups: Groups = field(default_factory=dict)
    gross: Decimal = ZERO

    def with_draft(self, draft: Draft) -> "InvoicedAhead":
        """Return the same with one more advance invoice."""
        found = dict(self.groups)
        for group in draft.amounts.taxes:
            key = (group.kind, group.category, group.rate)
            base, tax = found.get(key, (ZERO, ZERO))
            found[key] = (base + group.base, tax + group.tax)
        return InvoicedAhead(found, self.gross + draft.amounts.gross)


NOT_INVOICED_AHEAD = InvoicedAhead()


def not_deducted(
    invoiced: Groups, left: Advances = NOTHING_AHEAD, *, currency: str
) -> InvoicedAhead:
    """Return what of advance invoices, less their credit notes, nothing deducts yet.

    left is what invoices have left of them.
    """
    groups = {}
    for group, (base, tax) in invoiced.items():
        rest = _rest(left, group)
        taken_off = rounded_to_minor((base - rest) * group[2], currency)
        groups[group] = (rest, tax - taken_off)
    return InvoicedAhead(groups, left.gross)


def _rest(left: Advances, group: GroupKey) -> Decimal:
    kind, category, rate = group
    return sum(
        [
            base
            for each in left.invoices
            for at, base in each.left.items()
            if at.category == category
            and rate == (at.rate if kind == "vat" else at.surcharge_rate)
        ],
        ZERO,
    )


@dataclass(frozen=True, slots=True)
class AdvanceReceived:
    """Money that came for an order on a day.

    asked are the bases of the request that it came for; before is what of the order
    is invoiced ahead, and not deducted yet.
    """

    amount: Decimal
    paid_on: date
    asked: Bases
    before: InvoicedAhead = NOT_INVOICED_AHEAD


def draft_advance(
    order: Draft, received: AdvanceReceived, *, description: str, rounding: Rounding
) -> Draft | None:
    """Decide the advance invoice; order is the draft of what is left to bill of it.

    It has one line per tax group; tax counts from the day of the money. It never comes
    to more than is left to bill and not invoiced ahead; None where that is nothing.
    """
    found = _received(order, received, rounding)
    if found is None:
        return None
    inputs, amounts = found
    return replace(
        order,
        first_supplied_on=received.paid_on,
        supplied_on=received.paid_on,
        covers=order.covers.without_deliveries(),
        lines=tuple(_line(description, one.tax_category) for one in inputs),
        inputs=inputs,
        amounts=amounts,
        tax_rounding=rounding.tax,
        is_advance=True,
        is_before_supply=False,
    )


def milestone_draft(
    order: Draft, bases: Bases, *, description: str, rounding: Rounding
) -> Draft:
    """Decide the invoice of a milestone; order is the draft of the whole order.

    It is to be paid by the order's terms, and states no day of supply.
    """
    return replace(
        order,
        covers=order.covers.without_deliveries(),
        lines=tuple(_line(description, group.category) for group in bases),
        inputs=_inputs(bases),
        amounts=advance_amounts(bases, currency=order.currency, rounding=rounding),
        tax_rounding=rounding.tax,
        is_advance=True,
        is_before_supply=True,
    )


def _inputs(bases: Bases) -> tuple[InvoiceLineInput, ...]:
    return tuple(
        InvoiceLineInput(_ONE, base, ZERO, *group) for group, base in bases.items()
    )


def _received(
    order: Draft, received: AdvanceReceived, rounding: Rounding
) -> _Amounts | None:
    """Return the lines and amounts of what came: what was asked, or a part of what
    is left."""
    before = received.before
    if not before.groups:
        asked = advance_amounts(
            received.asked, currency=order.currency, rounding=rounding
        )
        is_left = asked.gross <= order.amounts.gross
        is_left = is_left and _is_within(received.asked, order)
        if asked.payable == received.amount and is_left:
            return _inputs(received.asked), asked
    left = [one for one in _left(order, before.groups) if one.gross > ZERO]
    amount = min(
        received.amount,
        order.amounts.gross - before.gross,
        sum([one.gross for one in left], ZERO),
    )
    if amount <= ZERO:
        return None
    inputs, given_back = amounts_of_sum(amount, left, order.currency)
    return tuple(one._replace(qty=_ONE) for one in inputs), _turned_round(given_back)


def _is_within(asked: Bases, order: Draft) -> bool:
    """Tell whether the bases that were asked for are still to be billed."""
    lines = bases_by_tax(order.inputs, order.amounts.line_nets)
    rest = bases_of_all(lines, order.amounts.charges)
    return all(base <= rest.get(group, ZERO) for group, base in asked.items())


def _left(order: Draft, before: Groups) -> tuple[GroupLeft, ...]:
    """Return what of each tax group of the order is not invoiced ahead."""
    bases: dict[GroupKey, Decimal] = {}
    taxes: dict[GroupKey, Decimal] = {}
    for group in order.amounts.taxes:
        key = (group.kind, group.category, group.rate)
        base, tax = before.get(key, (ZERO, ZERO))
        bases[key], taxes[key] = group.base - base, group.tax - tax
    extras = {
        (one.tax_category, one.tax_rate): one.surcharge_rate for one in order.inputs
    }
    return groups_left(bases, taxes, extras)


def _turned_round(amounts: InvoiceAmounts) -> InvoiceAmounts:
    """Return the amounts of a credit as those of an invoice."""
    return InvoiceAmounts(
        tuple(-one for one in amounts.line_nets),
        tuple(replace(one, base=-one.base, tax=-one.tax) for one in amounts.taxes),
        -amounts.net,
        -amounts.tax,
        -amounts.gross,
    )


def _line(description: str, tax_class: str) -> BillableLine:
    """Make the line of a tax group; its price is what the group comes to."""
    return BillableLine(
        order_line_id=None,
        product_code="",
        description=description,
        qty=_ONE,
        unit=LUMP_SUM,
        unit_price=None,
        discount_rate=ZERO,
        tax_class=tax_class,
        delivery_line_ids=(),
    )
