"""Are the days that an order names possible?"""

from collections.abc import Iterator, Sequence
from datetime import date

from adv_domain.rules.business_day import is_to_come
from adv_domain.rules.calendar_rules import WEEKDAY_CODES, working_day_from
from adv_domain.rules.faults import OrderFault, order_fault
from adv_domain.rules.orders.delivery_days import (
    Waiting,
    causes,
    earliest_on,
    first_confirmed_on,
    holidays_between,
)
from adv_domain.rules.orders.order_case import LineCase, OrderCase
from adv_domain.rules.orders.rule_settings import Rule, ValidationRules
from adv_domain.rules.stock.shipping import shipped_together


def _date_in_past(order: OrderCase, _: ValidationRules) -> Iterator[OrderFault]:
    for line in order.lines:
        wanted = line.requested_on or order.requested_on
        asked_on = line.amended_on or order.ordered_on
        if wanted is not None and wanted < asked_on:
            yield order_fault(
                "date_in_past",
                "requested_on",
                line=line.line_no,
                wanted=wanted,
                ordered=asked_on,
            )


def _date_in_future(order: OrderCase, _: ValidationRules) -> Iterator[OrderFault]:
    if is_to_come(order.ordered_on, on=order.looked_at_on):
        # the day of the look is left out: the same fault must read the same tomorrow
        yield order_fault("date_in_future", "ordered_on", ordered=order.ordered_on)


def _deadline(order: OrderCase, rules: ValidationRules) -> Iterator[OrderFault]:
    days = _earliest_days(order, rules, since=order.counted_on)
    for line, earliest in zip(order.lines, days, strict=True):
        wanted = line.requested_on or order.requested_on
        asked_on = line.amended_on or order.ordered_on
        if line.product is None or wanted is None or wanted < asked_on:
            continue
        if wanted < earliest:
            yield _too_soon(line, order, rules, wanted=wanted)


def _earliest_days(
    order: OrderCase, rules: ValidationRules, *, since: date
) -> Iterator[date]:
    """Yield, line by line, when delivery is possible, counted from a day; what the
    customer has changed since, from that change."""
    found: dict[tuple[int, date | None], date] = {}
    for line in order.lines:
        key = lead_days, amended_on = _lead_days(line, rules), line.amended_on
        if (earliest := found.get(key)) is None:
            counted_on = max(since, amended_on or since)
            waiting = Waiting(counted_on, lead_days, rules.lead_time.counts)
            earliest = found[key] = earliest_on(waiting, order.calendar)
        yield earliest


def _lead_days(line: LineCase, rules: ValidationRules) -> int:
    own_days = line.product.lead_time_days if line.product else 0
    return own_days or rules.lead_time.days


def _too_soon(
    line: LineCase, order: OrderCase, rules: ValidationRules, *, wanted: date
) -> OrderFault:
    calendar, lead_time = order.calendar, rules.lead_time
    asked_on = line.amended_on or order.ordered_on
    counted_on = max(order.counted_on, asked_on)
    waiting = Waiting(counted_on, _lead_days(line, rules), lead_time.counts)
    names = causes(asked_on, waiting, calendar)
    holidays = holidays_between(waiting, calendar)
    return order_fault(
        "deadline",
        "requested_on",
        line=line.line_no,
        case="counted",
        wanted=wanted,
        earliest=earliest_on(waiting, calendar),
        causes=",".join(f"deadline.{name}" for name in names),
        lead_days=waiting.lead_days,
        counted=working_day_from(waiting.counted_on, holidays=calendar.holidays),
        cut_off=lead_time.cut_off_hour or 0,
        weekdays=",".join(WEEKDAY_CODES[day] for day in sorted(calendar.weekdays)),
        holidays=",".join(str(day) for day in holidays),
    )


def confirmed_dates(
    order: OrderCase, *, rules: ValidationRules, on: date
) -> Sequence[date | None]:
    """Return, line by line, the date that stands when the order is accepted on a day.

    An order that is accepted later than it came in can be delivered later. One that
    ships complete is promised for the day of its last line.
    """
    days = _earliest_days(order, rules, since=max(order.counted_on, on))
    dates = [
        first_confirmed_on(
            line.requested_on or order.requested_on,
            earliest,
            promises_all=rules.promises_all,
        )
        for line, earliest in zip(order.lines, days, strict=True)
    ]
    return shipped_together(dates, policy=order.shipping_policy)


DATE_RULES: tuple[tuple[str, Rule], ...] = (
    ("date_in_past", _date_in_past),
    ("date_in_future", _date_in_future),
    ("deadline", _deadline),
)
