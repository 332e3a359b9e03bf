"""Does a run close the day that an operator expects?"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from adv_domain.rules.business_day import business_date, moment_of_day

MADRID = ZoneInfo("Europe/Madrid")


@pytest.mark.parametrize(
    ("moment", "cut_off_hour", "expected"),
    [
        ("2026-11-24T00:30:00+00:00", 6, date(2026, 11, 23)),
        ("2026-11-24T08:00:00+00:00", 6, date(2026, 11, 24)),
        ("2026-11-24T04:59:00+00:00", 6, date(2026, 11, 23)),
        ("2026-11-24T05:00:00+00:00", 6, date(2026, 11, 24)),
        ("2026-11-23T23:30:00+00:00", 0, date(2026, 11, 24)),
        ("2027-01-01T00:30:00+00:00", 6, date(2026, 12, 31)),
        # the clock jumps from 02:00 to 03:00 on 29 March and back on 25 October
        ("2026-03-29T04:00:00+00:00", 6, date(2026, 3, 29)),
        ("2026-10-25T04:59:00+00:00", 6, date(2026, 10, 24)),
        ("2026-10-25T05:00:00+00:00", 6, date(2026, 10, 25)),
    ],
    ids=[
        "nightly close takes the day before",
        "a run in the morning takes its own day",
        "one minute before the cut-off",
        "at the cut-off",
        "no cut-off, local midnight passed",
        "over the turn of the year",
        "spring forward",
        "fall back before the cut-off",
        "fall back at six",
    ],
)
def test_business_date(moment, cut_off_hour, expected):
    scheduled_at = datetime.fromisoformat(moment)
    assert (
        business_date(
            scheduled_at=scheduled_at, time_zone=MADRID, cut_off_hour=cut_off_hour
        )
        == expected
    )


def test_moment_without_time_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        business_date(
            scheduled_at=datetime(2026, 11, 24, 1, 30), time_zone=MADRID, cut_off_hour=6
        )


@pytest.mark.parametrize(
    ("day", "moment", "expected"),
    [
        (date(2026, 11, 24), "2026-11-24T10:00:00+00:00", "2026-11-24T10:00:00+00:00"),
        (date(2026, 11, 24), "2026-11-25T04:59:00+00:00", "2026-11-25T04:59:00+00:00"),
        (date(2026, 11, 24), "2026-11-30T10:00:00+00:00", "2026-11-25T05:00:00+00:00"),
        (date(2026, 11, 24), "2026-11-20T10:00:00+00:00", "2026-11-24T05:00:00+00:00"),
        (date(2026, 3, 28), "2026-04-30T10:00:00+00:00", "2026-03-29T04:00:00+00:00"),
    ],
    ids=["its own day", "its own night", "late", "ahead", "the clock jumps"],
)
def test_an_old_day_is_decided_as_at_its_end(day, moment, expected):
    found = moment_of_day(
        day,
        moment=datetime.fromisoformat(moment),
        time_zone=MADRID,
        cut_off_hour=6,
    )
    assert found == datetime.fromisoformat(expected)
    assert business_date(
        scheduled_at=found - timedelta(minutes=1), time_zone=MADRID, cut_off_hour=6
    ) in {day, day - timedelta(days=1)}
