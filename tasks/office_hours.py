"""When does the company work, and which moment does a business date stand for?"""

from datetime import date, datetime, timedelta

from adv_domain.calendars import public_holidays
from adv_domain.rules.business_day import moment_of_day
from adv_domain.rules.sending_window import SendingWindow
from adv_domain.rules.working_hours import WorkingHours, working_time
from tasks.resources import now, resources


def office_hours(*, since: date, until: date) -> WorkingHours:
    """Return the working hours that the policy states, with the holidays of the years
    between the two dates and of the year after."""
    known = resources()
    holds, company = known.policy.holds, known.policy.company
    return WorkingHours(
        time_zone=known.settings.time_zone,
        from_hour=holds.work_from_hour,
        until_hour=holds.work_until_hour,
        holidays=public_holidays(
            company.country, company.region, since.year, until.year + 1
        ),
    )


def moment_on(on: date) -> datetime:
    """Return now on the business date of today, else the end of the given one."""
    return moment_within(on, moment=now())


def moment_within(on: date, *, moment: datetime) -> datetime:
    """Return the moment, but no earlier or later than its business date is."""
    known = resources()
    return moment_of_day(
        on,
        moment=moment,
        time_zone=known.settings.time_zone,
        cut_off_hour=known.policy.close.cut_off_hour,
    )


def local_minute(moment: datetime) -> str:
    """Write a moment as the company's clock shows it."""
    local = moment.astimezone(resources().settings.time_zone)
    return f"{local:%Y-%m-%d %H:%M}"


def sending_window() -> SendingWindow:
    """Return the hours in which the policy lets mail to customers leave."""
    known = resources()
    mail = known.policy.mail
    return SendingWindow(
        time_zone=known.settings.time_zone,
        from_hour=mail.send_from_hour,
        until_hour=mail.send_until_hour,
        on_weekends=mail.send_on_weekends,
    )


def hours_of_working_days(*, since: datetime, until: datetime) -> timedelta:
    """Return how many hours of working days, nights included, have passed."""
    known = resources()
    zone, company = known.settings.time_zone, known.policy.company
    first, last = (moment.astimezone(zone).year for moment in (since, until))
    return working_time(
        since,
        until,
        hours=WorkingHours(
            time_zone=zone,
            from_hour=0,
            until_hour=24,
            holidays=public_holidays(
                company.country, company.region, first, max(first, last) + 1
            ),
        ),
    )
