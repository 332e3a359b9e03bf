"""From which day do a batch's orders count, and when can their customers be served?"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from adv_domain.calendars import holidays_of_years
from adv_domain.policies import Policy
from adv_domain.rules.business_day import day_received
from adv_domain.rules.calendar_rules import weekdays_of
from adv_domain.rules.orders.delivery_days import DeliveryCalendar
from adv_domain.store.orders.agreements import CustomerTerms, ProductTerms
from adv_domain.store.orders.validation import WaitingOrder
from tasks.resources import resources

# a year of waiting holds at least so many working days
_WORKING_DAYS = 200


@dataclass(frozen=True, slots=True)
class OrderDays:
    """The company's calendar, and those of the customers with weekdays of their own."""

    time_zone: ZoneInfo
    cut_off_hour: int | None
    calendar: DeliveryCalendar
    own: Mapping[str, DeliveryCalendar]

    def counted_on(self, order: WaitingOrder) -> date:
        """Return the order's date; with a cut-off hour, not before it came in."""
        if self.cut_off_hour is None:
            return order.ordered_on
        received_on = day_received(
            order.received_at,
            time_zone=self.time_zone,
            cut_off_hour=self.cut_off_hour,
        )
        return max(order.ordered_on, received_on)

    def calendar_of(self, customer_code: str) -> DeliveryCalendar:
        return self.own.get(customer_code, self.calendar)


def day_asked(on: date, received_at: datetime, *, policy: Policy) -> date:
    """Return the day from which a change counts: that of its run; with a cut-off hour,
    not before it came in."""
    hour = policy.validation.order_cut_off_hour
    if hour is None:
        return on
    zone = resources().settings.time_zone
    return max(on, day_received(received_at, time_zone=zone, cut_off_hour=hour))


def order_days(
    orders: Collection[WaitingOrder],
    *,
    customers: Collection[CustomerTerms],
    products: Collection[ProductTerms],
    policy: Policy,
    on: date,
) -> OrderDays:
    """Return the days that a batch of orders is judged by, without a statement."""
    years = {order.ordered_on.year for order in orders}
    years |= {order.received_at.year for order in orders} | {on.year}
    lead_days = [one.lead_time_days for one in products]
    ahead = 1 + max(lead_days, default=0) // _WORKING_DAYS
    holidays = holidays_of_years(
        policy.company.country,
        policy.company.region or None,
        frozenset(year + more for year in years for more in range(ahead + 1)),
    )
    return OrderDays(
        time_zone=resources().settings.time_zone,
        cut_off_hour=policy.validation.order_cut_off_hour,
        calendar=DeliveryCalendar(holidays=holidays),
        own={
            one.code: DeliveryCalendar(weekdays_of(one.delivery_weekdays), holidays)
            for one in customers
            if one.delivery_weekdays
        },
    )
