"""Are the days that an order names possible?"""

from collections.abc import Iterator
from datetime import timedelta

from adv_domain.rules.business_day import is_to_come
from adv_domain.rules.faults import OrderFault, order_fault
from adv_domain.rules.orders.order_case import OrderCase
from adv_domain.rules.orders.rule_settings import Rule, ValidationRules


def _date_in_past(order: OrderCase, _: ValidationRules) -> Iterator[OrderFault]:
    for line in order.lines:
        wanted = line.requested_on or order.requested_on
        if wanted is not None and wanted < order.ordered_on:
            yield order_fault(
                "date_in_past",
                "requested_on",
                line=line.line_no,
                wanted=wanted,
                ordered=order.ordered_on,
            )


def _date_in_future(order: OrderCase, _: ValidationRules) -> Iterator[OrderFault]:
    if is_to_come(order.ordered_on, on=order.looked_at_on):
        # the day of the look is left out: the same fault must read the same tomorrow
        yield order_fault("date_in_future", "ordered_on", ordered=order.ordered_on)


def _deadline(order: OrderCase, rules: ValidationRules) -> Iterator[OrderFault]:
    for line in order.lines:
        wanted = line.requested_on or order.requested_on
        if line.product is None or wanted is None or wanted < order.ordered_on:
            continue
        lead_days = line.product.lead_time_days or rules.lead_days
        if (wanted - order.ordered_on).days < lead_days:
            yield order_fault(
                "deadline",
                "requested_on",
                line=line.line_no,
                wanted=wanted,
                earliest=order.ordered_on + timedelta(days=lead_days),
            )


DATE_RULES: tuple[tuple[str, Rule], ...] = (
    ("date_in_past", _date_in_past),
    ("date_in_future", _date_in_future),
    ("deadline", _deadline),
)
