"""Which business day does a run close?"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

# a clock in another time zone, or an evening before the close, may be ahead of us
_AHEAD = timedelta(days=1)


def is_to_come(day: date, *, on: date) -> bool:
    """Tell whether what is said to have happened on the day cannot have on this one.

    The day after the business date still counts as today.
    """
    return day > on + _AHEAD


def business_date(
    *, scheduled_at: datetime, time_zone: ZoneInfo, cut_off_hour: int
) -> date:
    """Return the scheduled start's local day, less the cut-off hour.

    With a cut-off at 6 the run of 01:30 closes the day before and that of 09:00 its
    own. The local clock is read, so that the days on which it jumps are cut at the
    same hour as the others. Raises ValueError for a moment without a time zone.
    """
    if scheduled_at.tzinfo is None:
        raise ValueError(f"the moment {scheduled_at.isoformat()} has no time zone")
    local = scheduled_at.astimezone(time_zone).replace(tzinfo=None)
    return (local - timedelta(hours=cut_off_hour)).date()
