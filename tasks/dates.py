"""May a step run, or a person act, for this business date, seen from today?

A run for a day to come does what that day would bring: it reminds customers whose
money is not due yet, its mails leave now, and all that is posted afterwards bears that
day or a later one, for dates of a series never fall. Nobody means that by a slip.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, timedelta

from tasks.resources import business_day, now

# what ends in a mail or a document that a customer gets
REACHING_CUSTOMERS = frozenset(
    {"hourly", "nightly", "invoicing", "dunning", "mail", "notices"}
)
# a night may close early; a company's zones and its cut-off hour can differ by one
_AHEAD = timedelta(days=1)
_LONG_AGO = timedelta(days=400)
_is_meant: ContextVar[bool] = ContextVar("a_date_ahead_is_meant", default=False)


class DateAhead(ValueError):
    """The business date lies in the future, and nobody said that it is meant."""

    def __init__(self, *, flow: str, on: date, today: date) -> None:
        super().__init__(
            f"{flow} for {on} was not run: the business day is {today}. It would do "
            f"all that is due by {on}: invoices and reminders dated then, to real "
            "customers, whose mails leave now; and no later invoice could be dated "
            "before. Correct the date, or, if this is meant: adv run … --yes-future"
        )
        self.on = on


class DayAhead(ValueError):
    """A person gave a business date that has not come yet."""

    def __init__(self, on: date, *, today: date) -> None:
        super().__init__(
            f"{on} has not come yet: today's business date is {today}; "
            "leave the date out, or give one up to then. Only where documents bear a "
            "day to come by mistake, they are credited as of their own: --yes-future"
        )
        self.on = on


@contextmanager
def a_date_ahead_is_meant(is_meant: bool) -> Iterator[None]:
    """Let the runs within act for a day to come, where a person has said so."""
    before = _is_meant.set(is_meant)
    try:
        yield
    finally:
        _is_meant.reset(before)


def check_date(flow: str, *, on: date) -> None:
    """Raise DateAhead where the flow posts or mails and the day is to come."""
    if not _is_meant.get() and flow in REACHING_CUSTOMERS and is_ahead(on):
        raise DateAhead(flow=flow, on=on, today=business_day(now()))


def is_ahead(on: date) -> bool:
    """Say whether a day is to come; tomorrow is not."""
    return on > business_day(now()) + _AHEAD


def is_long_ago(on: date) -> bool:
    """Say whether a date is so old that it may be a slip: more than 400 days."""
    return on < business_day(now()) - _LONG_AGO


def not_ahead(on: date, *, is_meant: bool = False) -> date:
    """Return the business date; raises DayAhead for one after tomorrow, unless a person
    says that it is meant.

    For the edge where people act (commands, forms): history that is played again
    gives its own days to the acts themselves.
    """
    if is_ahead(on) and not is_meant:
        raise DayAhead(on, today=business_day(now()))
    return on
