"""On which days does nobody work in a country or region?"""

from datetime import date
from functools import lru_cache


@lru_cache(maxsize=256)
def public_holidays(
    country: str, region: str | None, first_year: int, last_year: int
) -> frozenset[date]:
    """Return the public holidays of the years, both included.

    A country or region that the calendar data lack has none, so that a term rolls
    over weekends only.
    """
    import holidays  # 0.2 s to import, and few terms roll

    try:
        found = holidays.country_holidays(
            country, subdiv=region, years=range(first_year, last_year + 1)
        )
    except NotImplementedError:
        return frozenset()
    return frozenset(found.keys())
