"""On which days does nobody work in a country or region?"""

from collections.abc import Set
from datetime import date
from functools import lru_cache

from adv_domain.rules.calendar_rules import WEEKEND, Calendar


@lru_cache(maxsize=256)
def public_holidays(
    country: str, region: str | None, first_year: int, last_year: int
) -> frozenset[date]:
    """Return the public holidays of the years, both included.

    The region may be written MD or ES-MD. One that the calendar data lack has its
    country's holidays, a country that they lack none, so that only weekends are off.
    """
    import holidays  # 0.2 s to import, and few terms roll

    years = range(first_year, last_year + 1)
    regions = (region.removeprefix(f"{country}-"), None) if region else (None,)
    for subdivision in regions:
        try:
            found = holidays.country_holidays(country, subdiv=subdivision, years=years)
        except NotImplementedError:
            continue
        return frozenset(found.keys())
    return frozenset()


@lru_cache(maxsize=256)
def calendar_of(country: str, region: str | None, years: Set[int]) -> Calendar:
    """Return the days off of a country or region in these years.

    A country that the calendar data lack has Saturday and Sunday off.
    """
    import holidays  # as above

    try:
        weekend = frozenset(holidays.country_holidays(country).weekend)
    except NotImplementedError:
        weekend = WEEKEND
    return Calendar(holidays_of_years(country, region, years), weekend)


@lru_cache(maxsize=64)
def holidays_of_years(
    country: str, region: str | None, years: Set[int]
) -> frozenset[date]:
    """Return the public holidays of years that need not follow each other.

    Equal years give the same set, not only an equal one: it is a key of what is
    computed with it.
    """
    of_each = (public_holidays(country, region, year, year) for year in sorted(years))
    return frozenset().union(*of_each)
