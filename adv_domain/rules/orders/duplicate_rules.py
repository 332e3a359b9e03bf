"""Has this been ordered already?"""

from collections.abc import Iterator

from adv_domain.rules.faults import OrderFault, order_fault
from adv_domain.rules.orders.order_case import OrderCase
from adv_domain.rules.orders.rule_settings import (
    LIKELY_DUPLICATE,
    Rule,
    ValidationRules,
)


def _duplicate_reference(order: OrderCase, _: ValidationRules) -> Iterator[OrderFault]:
    if order.occurrence > 1:
        yield order_fault(
            "duplicate_reference",
            "customer_ref",
            reference=order.customer_ref,
            customer=order.customer_code,
            orders=order.occurrence,
        )


def _likely_duplicate(order: OrderCase, _: ValidationRules) -> Iterator[OrderFault]:
    if order.twin is not None:
        yield order_fault(
            LIKELY_DUPLICATE,
            "customer_ref",
            order=order.twin.order_no,
            reference=order.twin.customer_ref,
            ordered=order.twin.ordered_on,
        )


DUPLICATE_RULES: tuple[tuple[str, Rule], ...] = (
    ("duplicate_reference", _duplicate_reference),
    (LIKELY_DUPLICATE, _likely_duplicate),
)
