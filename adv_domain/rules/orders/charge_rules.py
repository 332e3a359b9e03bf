"""Were the charges and allowances on the whole order agreed?

The customer writes them into his order himself. What he takes off is a lower price by
another name, and gets the tolerance of prices; what he adds may be a slip of the
keyboard. An order that takes off more than it asks for could be invoiced by no lawful
document.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from adv_domain.rules.faults import OrderFault, order_fault
from adv_domain.rules.money import ZERO
from adv_domain.rules.orders.order_case import OrderCase
from adv_domain.rules.orders.rule_settings import (
    CHARGES,
    NEGATIVE_TOTAL,
    Rule,
    ValidationRules,
)


@dataclass(frozen=True, slots=True)
class _Sums:
    """What the goods come to, and what the order puts on and takes off, all net."""

    goods: Decimal
    more: Decimal
    less: Decimal


def _charges(order: OrderCase, rules: ValidationRules) -> Iterator[OrderFault]:
    sums = _sums(order)
    if sums is None or not rules.prices_are_agreed:
        return
    tolerance = rules.price_tolerance_of(order.customer)
    if not tolerance.allows(sums.less, expected=sums.goods, currency=order.currency):
        yield _fault(CHARGES, order, sums.goods, case="allowance", amount=sums.less)
    most = rules.charge_tolerance
    if not most.allows(sums.more, expected=sums.goods, currency=order.currency):
        yield _fault(CHARGES, order, sums.goods, case="charge", amount=sums.more)


def _negative_total(order: OrderCase, _: ValidationRules) -> Iterator[OrderFault]:
    sums = _sums(order)
    if sums is not None and sums.goods + sums.more < sums.less:
        yield _fault(NEGATIVE_TOTAL, order, sums.goods, amount=sums.less)


def _sums(order: OrderCase) -> _Sums | None:
    """Return the sums of an order that has charges; None where a price is missing."""
    nets = [line.price.net for line in order.lines]
    if not order.charges or None in nets:
        return None
    return _Sums(
        goods=sum((net for net in nets if net is not None), ZERO),
        more=sum((one for one in order.charges if one > 0), ZERO),
        less=-sum((one for one in order.charges if one < 0), ZERO),
    )


def _fault(
    rule: str, order: OrderCase, goods: Decimal, *, amount: Decimal, case: str = ""
) -> OrderFault:
    return order_fault(
        rule,
        "charges",
        case=case,
        amount=amount,
        goods=goods,
        currency=order.currency,
    )


CHARGE_RULES: tuple[tuple[str, Rule], ...] = (
    (CHARGES, _charges),
    (NEGATIVE_TOTAL, _negative_total),
)
