"""Of which shipment does a customer hear how: all has left, or a part; late or not?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from adv_domain.rules.stock.progress import Progress, Wanted


@dataclass(frozen=True, slots=True)
class GoneLine:
    """A line of which something left, and what the customer knows of it.

    known_on is the date that he last knew; is_told: he heard of this delay before.
    """

    line_id: int
    qty_open: Decimal
    shipped_on: date
    known_on: date | None
    threshold_days: int
    is_told: bool


@dataclass(frozen=True, slots=True)
class LateDeparture:
    """Goods that left later than the customer knew, and that nobody has told him of."""

    line_id: int
    old_on: date
    shipped_on: date
    days_late: int


def shipment_event(open_quantities: Iterable[Decimal]) -> Progress:
    """Return of which event the customer hears, by what is open of each line."""
    has_rest = any(qty > 0 for qty in open_quantities)
    return Progress.PART_SHIPMENT if has_rest else Progress.SHIPMENT


def late_departure(line: GoneLine, *, wanted: Wanted) -> LateDeparture | None:
    """Tell with the shipment what left late before it could be told as a delay.

    Of a line with a rest the rest's own date is told; he who wants to hear of no
    delays hears of none here.
    """
    if line.known_on is None or line.qty_open > 0 or line.is_told:
        return None
    days = (line.shipped_on - line.known_on).days
    if days <= line.threshold_days or Progress.DELAY not in wanted:
        return None
    return LateDeparture(line.line_id, line.known_on, line.shipped_on, days)


def expected_on(
    confirmed_on: date | None,
    known_on: date | None,
    *,
    threshold_days: int,
    on: date,
) -> date | None:
    """Return the day of a rest that its customer may be told with the shipment.

    None where it has passed, or has slipped so far that it is told once it has stood.
    """
    if confirmed_on is None or confirmed_on < on:
        return None
    if known_on and (confirmed_on - known_on).days > threshold_days:
        return None
    return confirmed_on
