"""On which lines does an address stand on paper, its country aside?"""

import re

# ES-MD, MD, 974: what tax and calendars go by; nobody writes it on an envelope
_CODE = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}|[A-Z0-9]{1,3}")
# where the post sorts by it: town, code of the state, then the postal code
_STATE_BEFORE_POSTAL_CODE = frozenset({"AU", "CA", "US"})


def address_lines(
    *, street: str, postal_code: str, city: str, region: str, country: str
) -> tuple[str, ...]:
    """Return street, place and region; a region's code only where the post wants it."""
    is_code = _CODE.fullmatch(region) is not None
    state = region.removeprefix(f"{country}-")
    if country in _STATE_BEFORE_POSTAL_CODE:
        place = " ".join(part for part in (city, state, postal_code) if part)
        return tuple(line for line in (street, place) if line)
    place = f"{postal_code} {city}".strip()
    return tuple(line for line in (street, place, "" if is_code else region) if line)
