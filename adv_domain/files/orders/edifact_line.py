"""What does a line item (LIN and what follows it) of an EDIFACT order state?"""

from adv_domain.files.orders.edifact import Segment
from adv_domain.files.orders.edifact_values import (
    Adjustments,
    day_of,
    number_of,
    text_of,
)
from adv_domain.files.orders.stated import Given, StatedLine, joined

_TAKEN_AWAY = "2"  # UNCL 1229
_ORDERED = "21"
_LINE_AMOUNT = "203"
_GROSS_PRICE = "AAB"
_WANTED_DAYS = ("2", "63", "69", "64")
# UNCL 7143: who gave the number of the article
_NUMBERS = {
    "EN": "gtin",
    "SRV": "gtin",
    "UP": "gtin",
    "SA": "product",
    "VP": "product",
    "BP": "customer_article",
    "IN": "customer_article",
}
_OF_ADJUSTMENT = ("PCD", "MOA", "TAX", "QTY", "RTE")


class LineReader:
    """Reads the segments of one line; one that a change deletes is marked."""

    def __init__(self, segment: Segment) -> None:
        is_taken_away = segment.part(2) == _TAKEN_AWAY
        self.line = StatedLine(segment.place, "LIN", is_taken_away)
        self.line.put("line_ref", segment.given(1))
        self._put_number(segment, 3)
        self._adjustments = Adjustments()
        self._in_adjustment = False
        self._notes: list[Given | None] = []
        self._days: dict[str, Given] = {}
        self._readers = {
            "PIA": self._other_numbers,
            "IMD": self._description,
            "QTY": self._quantity,
            "DTM": self._day,
            "FTX": self._note,
            "MOA": self._amount,
            "PRI": self._price,
            "TAX": self._tax,
        }

    def take(self, segment: Segment) -> None:
        """Take the next segment of the line."""
        if segment.tag == "ALC":
            self._in_adjustment = True
            self._adjustments.begin(segment)
            if "price" not in self.line.values:
                self.line.adjustments = self._adjustments.found
            return
        if self._in_adjustment and segment.tag in _OF_ADJUSTMENT:
            self._adjustments.take(segment)
            return
        self._in_adjustment = False
        read = self._readers.get(segment.tag)
        if read is not None:
            read(segment)

    def _put_number(self, segment: Segment, element: int) -> None:
        given = segment.given(element)
        kind = segment.part(element, 1).upper()
        name = _NUMBERS.get(kind, "" if kind else "product")
        if name:
            self.line.put(name, given)

    def _other_numbers(self, segment: Segment) -> None:
        for element in range(2, 7):
            self._put_number(segment, element)

    def _description(self, segment: Segment) -> None:
        parts = (segment.given(3, 3), segment.given(3, 4))
        self.line.put("description", joined(parts, between=" "))

    def _quantity(self, segment: Segment) -> None:
        if segment.part(1) == _ORDERED:
            self.line.put("quantity", number_of(segment.given(1, 1)))
            self.line.put("unit", segment.given(1, 2))

    def _day(self, segment: Segment) -> None:
        self._days.setdefault(segment.part(1), day_of(segment))
        wanted = (self._days.get(code) for code in _WANTED_DAYS)
        first = next((day for day in wanted if day is not None), None)
        if first is not None:
            self.line.values["requested_on"] = first

    def _note(self, segment: Segment) -> None:
        self._notes.append(text_of(segment))
        note = joined(self._notes, between=" ")
        if note is not None:
            self.line.values["note"] = note

    def _amount(self, segment: Segment) -> None:
        if segment.part(1) == _LINE_AMOUNT:
            self.line.put("line_total", number_of(segment.given(1, 1)))

    def _price(self, segment: Segment) -> None:
        """Take the price: a net one has allowances in it, a gross one has not."""
        is_gross = segment.part(1).upper() == _GROSS_PRICE
        if "price" in self.line.values and is_gross:
            return
        self.line.values["price"] = number_of(segment.given(1, 1))
        self.line.values.pop("base_quantity", None)
        self.line.put("base_quantity", number_of(segment.given(1, 4)))
        self.line.adjustments = self._adjustments.found if is_gross else []

    def _tax(self, segment: Segment) -> None:
        self.line.put("vat_percent", number_of(segment.given(5, 3)))
        self.line.put("vat_category", segment.given(6))
