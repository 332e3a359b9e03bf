"""What does an order come to that has moved: what may be invoiced, what is to come?

An order weighs what one invoice of all that is not invoiced would come to, so shipping
never changes its weight, and neither does the invoice of all that is left. An invoice
that leaves a rest is rounded by itself and so is the rest: then exposure may move by
rounding alone, by no more than rounding_bound. What the policy puts on each document
is weighed once, on the invoice of all that is left.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from adv_domain.rules.billing.charges import PLAIN, DocumentConditions
from adv_domain.rules.billing.invoicing import line_net
from adv_domain.rules.billing.supplies import tax_category_of
from adv_domain.rules.billing.weighing import weight_of
from adv_domain.rules.money import ZERO, minor_unit
from adv_domain.rules.orders.exposure import Exposure


class OpenLine(NamedTuple):
    """An order line as far as money is still to come of it; a tuple for hot loops.

    qty_ignored was shipped and came back before it was invoiced.
    """

    qty: Decimal
    qty_shipped: Decimal
    qty_invoiced: Decimal
    qty_cancelled: Decimal
    unit_price: Decimal | None
    discount_rate: Decimal
    customer_category: str
    product_class: str
    qty_ignored: Decimal = ZERO


def order_exposure(
    lines: Iterable[OpenLine],
    *,
    rates: Mapping[str, Decimal],
    currency: str,
    is_cancelled: bool = False,
    charges: Decimal = ZERO,
    conditions: DocumentConditions = PLAIN,
) -> Exposure:
    """Return what stands of the order; of a cancelled one only what was shipped.

    charges are those of the order (less its allowances) that are not billed yet;
    conditions are the policy's discount, charges and rounding of each document.
    """
    shipped: dict[str, list[Decimal]] = {}
    whole: dict[str, list[Decimal]] = {}
    customer_category = ""
    for line in lines:
        customer_category = line.customer_category
        category = tax_category_of(
            customer_category=line.customer_category, product_class=line.product_class
        )
        settled = line.qty_invoiced + line.qty_ignored
        unbilled = line.qty_shipped - settled
        rest = line.qty - line.qty_cancelled - settled
        _add(shipped, category, line, unbilled, currency)
        _add(whole, category, line, rest, currency)
    weight = partial(
        weight_of,
        rates=rates,
        currency=currency,
        customer_category=customer_category,
        conditions=conditions,
    )
    unbilled_gross = weight(shipped)
    if is_cancelled:
        return Exposure(unbilled=unbilled_gross)
    return Exposure(
        unbilled=unbilled_gross,
        accepted_orders=weight(whole, charges=charges) - unbilled_gross,
    )


def rounding_bound(*, lines: int, rates: Iterable[Decimal], currency: str) -> Decimal:
    """Return how far one invoice that leaves a rest can move exposure.

    Each split line's net by one minor unit at most, with its tax at the highest rate;
    each rate's tax by one and a half more.
    """
    each = tuple(rates)
    units = lines * (1 + max(each, default=ZERO)) + len(each) * Decimal("1.5")
    return units * minor_unit(currency)


def _add(
    nets: dict[str, list[Decimal]],
    category: str,
    line: OpenLine,
    qty: Decimal,
    currency: str,
) -> None:
    if qty <= 0 or line.unit_price is None:
        return
    net = line_net(
        qty=qty,
        unit_price=line.unit_price,
        discount_rate=line.discount_rate,
        currency=currency,
    )
    nets.setdefault(category, []).append(net)
