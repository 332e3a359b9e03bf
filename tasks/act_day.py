"""May a person act on this business date, seen from today?"""

from datetime import date, timedelta

from tasks.resources import business_day, now

_AHEAD = timedelta(days=1)  # a company's zones and its cut-off hour can differ by one


class DayAhead(ValueError):
    """A person gave a business date that has not come yet."""

    def __init__(self, on: date, *, today: date) -> None:
        super().__init__(
            f"{on} has not come yet: today's business date is {today}; "
            "leave the date out, or give one up to then"
        )
        self.on = on


def not_ahead(on: date) -> date:
    """Return the business date; raises DayAhead for one after tomorrow.

    For the edge where people act (commands, forms): history that is played again
    gives its own days to the acts themselves.
    """
    today = business_day(now())
    if on > today + _AHEAD:
        raise DayAhead(on, today=today)
    return on
