"""What would one invoice of goods come to that are not invoiced yet?

The invoice's own rules: the lines, what the policy takes off and puts on the document,
the order's charges, tax and cash rounding. The tax of goods is known by its category
alone; a charge that states a rate of its own is taken to follow the goods.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from adv_domain.rules.billing.charges import (
    PLAIN,
    DocumentConditions,
    OrderChargeDue,
    TaxedAt,
    bases_by_tax,
    document_charges,
)
from adv_domain.rules.billing.invoicing import (
    ChargeInput,
    InvoiceLineInput,
    gross_of,
    invoice_amounts,
)
from adv_domain.rules.billing.supplies import tax_category_of
from adv_domain.rules.money import ZERO, rounded_to_minor

Nets = Mapping[str, Sequence[Decimal]]
"""The net amounts of lines by tax category."""
_ONE = Decimal(1)


def weight_of(
    nets: Nets,
    *,
    rates: Mapping[str, Decimal],
    currency: str,
    charges: Decimal = ZERO,
    customer_category: str = "",
    conditions: DocumentConditions = PLAIN,
) -> Decimal:
    """Return what one invoice of the lines comes to, nothing where there are none.

    charges are those of the order, less its allowances. A category without a rate
    counts net. customer_category says which tax a charge of the policy bears that has
    a tax class of its own.
    """
    if not nets:
        return ZERO
    if not charges and conditions == PLAIN:
        bases = {category: sum(each, ZERO) for category, each in nets.items()}
        return gross_of(bases, rates, currency)
    inputs, found = _stood(
        nets,
        rates=rates,
        currency=currency,
        of_order=_of_order(charges, currency),
        customer_category=customer_category,
        conditions=conditions,
    )
    return invoice_amounts(
        inputs, currency, charges=found, rounding=conditions.rounding
    ).payable


class StandsOn(NamedTuple):
    """What stands on a whole document beside its lines; below zero where it is less.

    rate is that of a discount; description is empty where none was given.
    """

    description: str
    amount: Decimal
    rate: Decimal | None = None


def charges_of(
    nets: Nets,
    *,
    rates: Mapping[str, Decimal],
    currency: str,
    charges: Sequence[tuple[str, Decimal]] = (),
    customer_category: str = "",
    conditions: DocumentConditions = PLAIN,
) -> list[StandsOn]:
    """Return what stands on one invoice of the lines beside them, before tax.

    charges are those of the order by description. One entry each, though its parts bear
    the tax of several groups.
    """
    if not nets or not (charges or conditions.has_amounts):
        return []
    of_order = [
        OrderChargeDue(0, number, description, amount)
        for number, (description, amount) in enumerate(charges, start=1)
    ]
    _, found = _stood(
        nets,
        rates=rates,
        currency=currency,
        of_order=of_order,
        customer_category=customer_category,
        conditions=conditions,
    )
    sums: dict[tuple[str, Decimal | None, int | None], Decimal] = {}
    for one in found:
        key = (one.description, one.rate, one.order_charge_no)
        sums[key] = sums.get(key, ZERO) + one.amount
    return [StandsOn(key[0], amount, key[1]) for key, amount in sums.items()]


def _stood(
    nets: Nets,
    *,
    rates: Mapping[str, Decimal],
    currency: str,
    of_order: Sequence[OrderChargeDue],
    customer_category: str,
    conditions: DocumentConditions,
) -> tuple[list[InvoiceLineInput], tuple[ChargeInput, ...]]:
    """Return the lines as an invoice has them, and what stands on it beside them."""
    at = {category: _taxed(category, rates) for category in nets}
    inputs = [
        InvoiceLineInput(_ONE, net, ZERO, *at[category])
        for category, each in nets.items()
        for net in each
    ]
    found = document_charges(
        bases_by_tax(inputs, [one.unit_price for one in inputs]),
        conditions=conditions,
        fixed={
            one.tax_class: _taxed(
                tax_category_of(
                    customer_category=customer_category, product_class=one.tax_class
                ),
                rates,
            )
            for one in conditions.charges
            if one.tax_class
        },
        of_order=of_order,
        currency=currency,
    )
    return inputs, found


def _taxed(category: str, rates: Mapping[str, Decimal]) -> TaxedAt:
    return TaxedAt(category, rates.get(category, ZERO))


def _of_order(charges: Decimal, currency: str) -> list[OrderChargeDue]:
    amount = rounded_to_minor(charges, currency)
    return [OrderChargeDue(0, 1, "", amount)] if amount else []
