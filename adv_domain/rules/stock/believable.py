"""Can a piece of news from stock be true at all, or was it mistyped?"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from adv_domain.rules.business_day import is_to_come
from adv_domain.rules.stock.entries import DATED, EntryKind, StockEntry

_BEFORE_THE_ORDER = timedelta(days=92)
# an order told by phone is entered when there is time, but not a quarter later
_FAR_OFF = timedelta(days=5 * 366)
_CLOCKS_DIFFER = timedelta(days=1)


class FeedbackRefused(ValueError):
    """News cannot be applied; code, field and message tell stock what to mend."""

    def __init__(self, *, code: str, field: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class Hearing:
    """When news is taken.

    on is the day on which news without a date counts, newest_on the last day that has
    come, at the moment at which it came in.
    """

    on: date
    newest_on: date
    at: datetime


def check_believable(entry: StockEntry, *, ordered_on: date, heard: Hearing) -> None:
    """Refuse days that cannot be; raises FeedbackRefused.

    What happened cannot lie ahead: a shipment would be invoiced.
    """
    if entry.told_at and entry.told_at > heard.at + _CLOCKS_DIFFER:
        raise FeedbackRefused(
            code="date_in_future",
            field="told_at",
            message=f"nothing can have been told at {entry.told_at:%Y-%m-%d %H:%M} "
            "yet; correct told_at or leave it empty",
        )
    if entry.on is None:
        return
    _check_to_come(entry, entry.on, heard)
    if entry.kind not in DATED and is_to_come(entry.on, on=heard.newest_on):
        raise FeedbackRefused(
            code="date_in_future",
            field="date",
            message=f"a {entry.kind} of {entry.on} cannot have happened yet; correct "
            "the date, or send it again when the day has come",
        )
    if entry.on < ordered_on - _BEFORE_THE_ORDER:
        raise FeedbackRefused(
            code="date_before_order",
            field="date",
            message=f"{entry.on} lies long before order {entry.order_name}, which is "
            f"of {ordered_on}; correct the date",
        )
    if entry.on > heard.newest_on + _FAR_OFF:
        raise FeedbackRefused(
            code="date_far_off",
            field="date",
            message=f"{entry.on} lies more than five years ahead; correct the date",
        )


def _check_to_come(entry: StockEntry, new_on: date, heard: Hearing) -> None:
    """Refuse a new date that had passed when it was told: nothing can come on it."""
    told_on = entry.told_at.date() if entry.told_at else heard.on
    if entry.kind is EntryKind.NEW_DATE and new_on < told_on:
        raise FeedbackRefused(
            code="new_date_passed",
            field="date",
            message=f"{new_on} had passed already when it was told on {told_on}; send "
            "a day to come, or the shipment if the goods have left",
        )
