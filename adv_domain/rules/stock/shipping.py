"""What does an order's shipping policy mean for its dates, and for when stock is told?

partial: each line leaves when it is there; complete: all lines leave on one day, the
last one's; after_payment: as partial, and stock is told once the order is paid.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum


class ShippingPolicy(StrEnum):
    """How an order may leave the house."""

    PARTIAL = "partial"
    COMPLETE = "complete"
    AFTER_PAYMENT = "after_payment"


def shipped_together(
    dates: Sequence[date | None], *, policy: str
) -> Sequence[date | None]:
    """Return the lines' dates as the policy has them: for complete, the latest for all.

    Where no line has a date yet, none gets one.
    """
    if policy != ShippingPolicy.COMPLETE:
        return dates
    last = max((day for day in dates if day is not None), default=None)
    return [last] * len(dates)


def waited_for(days: Mapping[int, date | None], *, policy: str) -> Sequence[int]:
    """Name the lines, by number, that the others of an order wait for.

    days are those of the lines that still come, None where no day is known. Only an
    order that ships complete waits: for the lines without a day, else for its last.
    """
    if policy != ShippingPolicy.COMPLETE or len(set(days.values())) < 2:
        return ()
    last = max(day or date.max for day in days.values())
    return [line_no for line_no, day in days.items() if (day or date.max) == last]
