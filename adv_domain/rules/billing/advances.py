"""What is asked for in advance of an order, and what does the advance invoice say?

An advance is a share of each tax group of the order, rounded before tax, so that the
request, the advance invoice and its deduction are the same figures.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from adv_domain.rules.billing.charges import TaxedAt, bases_by_tax, bases_of_all
from adv_domain.rules.billing.invoicing import (
    InvoiceAmounts,
    InvoiceLineInput,
    invoice_amounts,
)
from adv_domain.rules.billing.paid_ahead import Bases
from adv_domain.rules.billing.posting import BillableLine, Draft
from adv_domain.rules.billing.rounding import Rounding
from adv_domain.rules.money import ZERO, rounded_to_minor

_ONE = Decimal(1)
_UNIT = "C62"


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


def draft_advance(
    order: Draft, bases: Bases, *, description: str, paid_on: date, rounding: Rounding
) -> Draft:
    """Decide the advance invoice; order is the draft of the whole order.

    It has one line per tax group; tax counts from the day of the money.
    """
    return replace(
        order,
        first_supplied_on=paid_on,
        supplied_on=paid_on,
        covers=order.covers.without_deliveries(),
        lines=tuple(_line(description, group) for group in bases),
        inputs=_inputs(bases),
        amounts=advance_amounts(bases, currency=order.currency, rounding=rounding),
        tax_rounding=rounding.tax,
        is_advance=True,
    )


def _inputs(bases: Bases) -> tuple[InvoiceLineInput, ...]:
    return tuple(
        InvoiceLineInput(_ONE, base, ZERO, *group) for group, base in bases.items()
    )


def _line(description: str, group: TaxedAt) -> BillableLine:
    """Make the line of a tax group; its price is what the group comes to."""
    return BillableLine(
        order_line_id=None,
        product_code="",
        description=description,
        qty=_ONE,
        unit=_UNIT,
        unit_price=None,
        discount_rate=ZERO,
        tax_class=group.category,
        delivery_line_ids=(),
    )
