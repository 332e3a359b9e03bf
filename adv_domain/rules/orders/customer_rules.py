"""Do we know the one who orders, and is it an order that he may place?"""

from collections.abc import Iterator

from adv_domain.rules.faults import OrderFault, order_fault
from adv_domain.rules.money import CURRENCIES
from adv_domain.rules.orders.order_case import OrderCase
from adv_domain.rules.orders.rule_settings import Rule, ValidationRules


def _unknown_customer(order: OrderCase, _: ValidationRules) -> Iterator[OrderFault]:
    if order.customer is None:
        yield order_fault("unknown_customer", "customer", customer=order.customer_code)


def _customer_blocked(order: OrderCase, _: ValidationRules) -> Iterator[OrderFault]:
    if order.customer is not None and order.customer.is_blocked:
        yield order_fault(
            "customer_blocked", "customer", case="by_hand", customer=order.customer.code
        )


def _currency(order: OrderCase, _: ValidationRules) -> Iterator[OrderFault]:
    if order.currency not in CURRENCIES:
        yield order_fault(
            "currency", "currency", case="unknown", currency=order.currency
        )
    elif order.customer is not None and order.currency != order.customer.currency:
        yield order_fault(
            "currency",
            "currency",
            case="not_agreed",
            currency=order.currency,
            agreed=order.customer.currency,
        )


def _empty_order(order: OrderCase, _: ValidationRules) -> Iterator[OrderFault]:
    if not order.lines:
        yield order_fault("empty_order", "lines")


CUSTOMER_RULES: tuple[tuple[str, Rule], ...] = (
    ("unknown_customer", _unknown_customer),
    ("customer_blocked", _customer_blocked),
    ("currency", _currency),
    ("empty_order", _empty_order),
)
