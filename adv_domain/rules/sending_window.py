"""When may mail to customers leave, and when does that time begin the next time?"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from adv_domain.rules.calendar_rules import ONE_DAY, WEEKEND

_HOURS = 24


@dataclass(frozen=True, slots=True)
class SendingWindow:
    """The hours of the company's clock in which mail leaves (24: midnight)."""

    time_zone: ZoneInfo
    from_hour: int
    until_hour: int
    on_weekends: bool = True

    def is_open(self, moment: datetime) -> bool:
        """Tell whether mail may leave at this moment."""
        local = moment.astimezone(self.time_zone)
        is_day = self._is_sending_day(local.date())
        return is_day and self.from_hour <= local.hour < self.until_hour

    def opening_after(self, moment: datetime) -> datetime:
        """Return the first moment after this one at which sending begins, in UTC.

        A window that is open already began before it: the next one counts.
        """
        day = moment.astimezone(self.time_zone).date()
        while True:
            opens = self._opening_on(day)
            if self._is_sending_day(day) and opens > moment:
                return opens
            day += ONE_DAY

    def _is_sending_day(self, day: date) -> bool:
        return self.on_weekends or day.weekday() not in WEEKEND

    def _opening_on(self, day: date) -> datetime:
        days, hour = divmod(self.from_hour, _HOURS)
        local = datetime.combine(
            day + days * ONE_DAY, time(hour), tzinfo=self.time_zone
        )
        return local.astimezone(UTC)
