"""Up to which day may a bank statement book, and how far does it cover us?"""

from datetime import date, timedelta

DAYS_AHEAD = 31
"""Banks date a movement of tonight on the next working day, and orders some weeks
ahead; a slip of a month or a year is more."""


def latest_booking_on(on: date) -> date:
    """Return the last day that a movement known on the business date can have."""
    return on + timedelta(days=DAYS_AHEAD)


def covered_until(newest_on: date | None, *, on: date) -> date | None:
    """Return up to which day statements cover us: never beyond the business date."""
    return None if newest_on is None else min(newest_on, on)
