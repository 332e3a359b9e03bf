"""Does a country and region have its own holidays, whatever way it is written?"""

from datetime import date

import pytest

from adv_domain.calendars import holidays_of_years, public_holidays

MADRID_DAY, EPIPHANY = date(2026, 5, 2), date(2026, 1, 6)


@pytest.mark.parametrize(
    ("country", "region", "found"),
    [
        ("ES", "MD", {MADRID_DAY, EPIPHANY}),
        ("ES", "ES-MD", {MADRID_DAY, EPIPHANY}),
        ("ES", None, {EPIPHANY}),
        ("ES", "", {EPIPHANY}),
        # a region that is none has the country's: better than no holiday at all
        ("ES", "Atlantis", {EPIPHANY}),
        ("XX", None, set()),
    ],
)
def test_holidays_of_a_region(country: str, region: str, found: set[date]) -> None:
    holidays = public_holidays(country, region, 2026, 2026)
    assert {MADRID_DAY, EPIPHANY} & holidays == found


def test_years_apart_give_the_same_set_each_time() -> None:
    years = frozenset({2020, 2026})
    holidays = holidays_of_years("ES", "MD", years)
    assert holidays is holidays_of_years("ES", "MD", frozenset({2026, 2020}))
    assert {day.year for day in holidays} == {2020, 2026}
