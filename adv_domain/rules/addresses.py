"""On which lines does an address stand on paper, its country aside?"""

import re

# ES-MD, MD, 974: what tax and calendars go by; nobody writes it on an envelope
_CODE = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}|[A-Z0-9]{1,3}")
# where the postal code comes last, behind the town and the code of its state
_POSTAL_CODE_LAST = frozenset({"AU", "CA", "GB", "IE", "NZ", "US"})


def address_lines(
    *, street: str, postal_code: str, city: str, region: str, country: str
) -> tuple[str, ...]:
    """Return street, place and region; a region's code only where the post wants it."""
    is_code = _CODE.fullmatch(region) is not None
    code = region.removeprefix(f"{country}-") if is_code else ""
    is_last = country in _POSTAL_CODE_LAST
    parts = (city, code, postal_code) if is_last else (postal_code, city)
    place = " ".join(part for part in parts if part)
    lines = (street, place, "" if is_code else region)
    return tuple(line for line in lines if line)
