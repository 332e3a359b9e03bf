"""Does the customer owe too much for too long, or was he reminded too often?"""

from collections.abc import Iterator

from adv_domain.rules.faults import OrderFault, order_fault
from adv_domain.rules.orders.order_case import OrderCase
from adv_domain.rules.orders.rule_settings import (
    DUNNED,
    OVERDUE,
    Rule,
    ValidationRules,
)


def _overdue(order: OrderCase, rules: ValidationRules) -> Iterator[OrderFault]:
    customer = order.customer
    owed = customer and customer.arrears.overdue(rules.arrears)
    if customer and owed and owed.since:
        yield order_fault(
            OVERDUE,
            "customer",
            customer=customer.code,
            amount=owed.amount,
            currency=owed.currency,
            since=owed.since,
            days=rules.arrears.overdue_days or 0,
        )


def _dunned(order: OrderCase, rules: ValidationRules) -> Iterator[OrderFault]:
    customer = order.customer
    owed = customer and customer.arrears.dunned(rules.arrears)
    if customer and owed:
        yield order_fault(
            DUNNED,
            "customer",
            customer=customer.code,
            level=owed.level,
            amount=owed.amount,
            currency=owed.currency,
        )


ARREARS_RULES: tuple[tuple[str, Rule], ...] = ((OVERDUE, _overdue), (DUNNED, _dunned))
