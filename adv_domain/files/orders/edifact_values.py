"""How are numbers, days, texts and charges written in EDIFACT segments?"""

from adv_domain.files.orders.edifact import Segment
from adv_domain.files.orders.stated import Given, StatedAdjustment, joined

_DAY, _SHORT_DAY = 8, 6
_AMOUNTS = frozenset(("8", "23", "204"))


def number_of(given: Given) -> Given:
    """Return a number with a point before its decimals: the standard allows both."""
    if given.text.count(",") == 1 and "." not in given.text:
        return given._replace(text=given.text.replace(",", "."))
    return given


def day_of(segment: Segment) -> Given:
    """Return the day of a DTM in ISO form; of a period its first."""
    given, form = segment.given(1, 1), segment.part(1, 2)
    text = given.text
    if form == "101" and len(text) == _SHORT_DAY:
        text = f"20{text}"
    if len(text) >= _DAY and text.isdigit():
        text = f"{text[:4]}-{text[4:6]}-{text[6:8]}"
    return given._replace(text=text)


def text_of(segment: Segment) -> Given | None:
    """Return the free text of an FTX, its parts as one."""
    parts = (segment.given(4, at) for at in range(5))
    return joined(parts, between=" ")


class Adjustments:
    """Gathers allowances and charges: an ALC and what follows it."""

    def __init__(self) -> None:
        self.found: list[StatedAdjustment] = []

    def begin(self, segment: Segment) -> None:
        """Begin an allowance (A) or a charge (C)."""
        reason = joined((segment.given(5, 3), segment.given(5, 4)), between=" ")
        is_charge = segment.part(1).upper() == "C"
        self.found.append(StatedAdjustment(is_charge, reason=reason))

    def take(self, segment: Segment) -> None:
        """Take what a segment of the group says: per cent, amount or tax."""
        last = self.found[-1]
        if segment.tag == "PCD":
            last.percent = number_of(segment.given(1, 1))
        elif segment.tag == "MOA" and segment.part(1) in _AMOUNTS:
            last.amount = number_of(segment.given(1, 1))
        elif segment.tag == "TAX":
            last.tax_percent = number_of(segment.given(5, 3))
            last.tax_category = segment.given(6)
