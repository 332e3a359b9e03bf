"""How is a credit of an amount split over the tax rates of its invoice?

By what is left of each rate, tax included, with the largest remainder, so that the
parts are the amount to the cent. Within a rate the tax is what the base leaves of
the part: at most one smallest unit off base times rate, as EN 16931 allows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from adv_domain.rules.billing.invoicing import (
    InvoiceAmounts,
    InvoiceLineInput,
    TaxGroup,
)
from adv_domain.rules.billing.posting import BillableLine
from adv_domain.rules.billing.unit_codes import LUMP_SUM
from adv_domain.rules.money import ZERO, minor_unit, rounded_to_minor, shared_out

ONE = Decimal(1)
NO_PRODUCT = ""
"""The product of a line that credits an amount, not a quantity."""
LONGEST_DESCRIPTION = 200


@dataclass(frozen=True, slots=True)
class GroupLeft:
    """What of a tax rate of an invoice no credit note has given back yet."""

    category: str
    rate: Decimal
    surcharge_rate: Decimal
    base: Decimal
    tax: Decimal
    surcharge: Decimal

    @property
    def gross(self) -> Decimal:
        return self.base + self.tax + self.surcharge


def groups_left(
    bases: Mapping[tuple[str, str, Decimal], Decimal],
    taxes: Mapping[tuple[str, str, Decimal], Decimal],
    surcharge_rates: Mapping[tuple[str, Decimal], Decimal],
) -> tuple[GroupLeft, ...]:
    """Put together what is left of each rate, by kind, category and rate of its tax."""
    found = []
    for (kind, category, rate), base in sorted(bases.items()):
        if kind != "vat":
            continue
        extra = surcharge_rates.get((category, rate), ZERO)
        found.append(
            GroupLeft(
                category,
                rate,
                extra,
                base,
                taxes[kind, category, rate],
                taxes.get(("surcharge", category, extra), ZERO) if extra else ZERO,
            )
        )
    return tuple(found)


def amounts_of_sum(
    amount: Decimal, groups: Sequence[GroupLeft], currency: str
) -> tuple[tuple[InvoiceLineInput, ...], InvoiceAmounts]:
    """Return the lines, one for each rate, and the amounts of a credit of the amount.

    The amount is positive and at most what is left of the groups together.
    """
    open_groups = [one for one in groups if one.gross > ZERO]
    shares = shared_out(amount, [one.gross for one in open_groups], currency)
    return _amounts(
        [
            _part(share, one, currency)
            for share, one in zip(shares, open_groups, strict=True)
            if share
        ]
    )


def amounts_of_net(
    net: Decimal, groups: Sequence[GroupLeft], currency: str
) -> tuple[tuple[InvoiceLineInput, ...], InvoiceAmounts]:
    """Return the same for an amount before tax, with the tax of each rate on top."""
    open_groups = [one for one in groups if one.base > ZERO]
    shares = shared_out(net, [one.base for one in open_groups], currency)
    return _amounts(
        [
            _part_of_net(share, one, currency)
            for share, one in zip(shares, open_groups, strict=True)
            if share
        ]
    )


def lines_of_sum(
    inputs: Sequence[InvoiceLineInput], reason: str
) -> tuple[BillableLine, ...]:
    """Return the lines of a credited amount, one a rate, in the reason's words."""
    return tuple(
        BillableLine(
            order_line_id=None,
            product_code=NO_PRODUCT,
            description=reason[:LONGEST_DESCRIPTION],
            qty=one.qty,
            unit=LUMP_SUM,
            unit_price=one.unit_price,
            discount_rate=ZERO,
            tax_class=one.tax_category,
            delivery_line_ids=(),
        )
        for one in inputs
    )


def _amounts(
    parts: Sequence[GroupLeft],
) -> tuple[tuple[InvoiceLineInput, ...], InvoiceAmounts]:
    inputs = tuple(
        InvoiceLineInput(
            -ONE, one.base, ZERO, one.category, one.rate, one.surcharge_rate
        )
        for one in parts
    )
    taxes = [TaxGroup(one.category, one.rate, -one.base, -one.tax) for one in parts]
    taxes += [
        TaxGroup(
            one.category, one.surcharge_rate, -one.base, -one.surcharge, "surcharge"
        )
        for one in parts
        if one.surcharge_rate
    ]
    net = sum([-one.base for one in parts], ZERO)
    tax = sum([group.tax for group in taxes], ZERO)
    nets = tuple(-one.base for one in parts)
    return inputs, InvoiceAmounts(nets, tuple(taxes), net, tax, net + tax)


def _part(share: Decimal, left: GroupLeft, currency: str) -> GroupLeft:
    """Split a part into base and taxes; the last of a rate takes what is left of it."""
    if share == left.gross:
        return GroupLeft(
            left.category,
            left.rate,
            left.surcharge_rate,
            *(
                rounded_to_minor(one, currency)
                for one in (left.base, left.tax, left.surcharge)
            ),
        )
    base, surcharge = _base(share, left, currency)
    return GroupLeft(
        left.category,
        left.rate,
        left.surcharge_rate,
        base,
        share - base - surcharge,
        surcharge,
    )


def _part_of_net(base: Decimal, left: GroupLeft, currency: str) -> GroupLeft:
    if base == left.base:
        return _part(left.gross, left, currency)
    return replace(
        left,
        base=base,
        tax=min(left.tax, rounded_to_minor(base * left.rate, currency)),
        surcharge=min(
            left.surcharge, rounded_to_minor(base * left.surcharge_rate, currency)
        ),
    )


def _base(share: Decimal, left: GroupLeft, currency: str) -> tuple[Decimal, Decimal]:
    """Return the base whose taxes, rounded, come nearest to the part."""
    about = rounded_to_minor(share / (1 + left.rate + left.surcharge_rate), currency)
    unit = minor_unit(currency)

    def _off(base: Decimal) -> Decimal:
        tax = rounded_to_minor(base * left.rate, currency)
        extra = rounded_to_minor(base * left.surcharge_rate, currency)
        return abs(share - base - tax - extra)

    base = min((about, about - unit, about + unit), key=_off)
    return base, rounded_to_minor(base * left.surcharge_rate, currency)
