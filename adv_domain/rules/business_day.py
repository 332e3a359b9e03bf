"""Which business day does a run close, and to which does what came in belong?"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_ONE_DAY = timedelta(days=1)
# a clock in another time zone, or an evening before the close, may be ahead of us
_AHEAD = _ONE_DAY


def is_to_come(day: date, *, on: date) -> bool:
    """Tell whether what is said to have happened on the day cannot have on this one.

    The day after the business date still counts as today.
    """
    return day > on + _AHEAD


def day_received(
    received_at: datetime, *, time_zone: ZoneInfo, cut_off_hour: int
) -> date:
    """Return the local day of a moment, from the cut-off hour on the day after it."""
    local = received_at.astimezone(time_zone)
    return local.date() + _ONE_DAY if local.hour >= cut_off_hour else local.date()


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


def moment_of_day(
    day: date, *, moment: datetime, time_zone: ZoneInfo, cut_off_hour: int
) -> datetime:
    """Return the moment where it lies within the business day, else that day's end.

    What is decided for an old day stands as decided by its end, for a day to come at
    its beginning: so the clock of a late run never shows in what it decides.
    """
    begins, ends = (
        datetime.combine(day + ahead, time(cut_off_hour), tzinfo=time_zone)
        for ahead in (timedelta(0), _AHEAD)
    )
    return min(max(moment, begins), ends).astimezone(UTC)
