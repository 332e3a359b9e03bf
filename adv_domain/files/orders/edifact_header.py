"""What do the segments before the lines of an EDIFACT order state?"""

from adv_domain.files.orders.edifact import Segment
from adv_domain.files.orders.edifact_values import Adjustments, day_of, text_of
from adv_domain.files.orders.schemes import scheme_name
from adv_domain.files.orders.stated import Given, StatedOrder, joined
from adv_domain.rules.orders.incoming import DocumentKind
from adv_domain.rules.orders.naming import VAT

_BUYER = "BY"
_PLACES = ("DP", "ST", "CN")
_OURS = "91"  # UNCL 3055: the supplier gave the number
_DAYS = {
    "137": "ordered_on",
    "4": "ordered_on",
    "2": "requested_on",
    "10": "requested_on",
    "64": "deliver_from",
    "63": "deliver_until",
}
_PHONE, _MAIL = "TE", "EM"
_ORDER_NUMBER, _CUSTOMERS_OWN = "ON", "CR"
_OF_ADJUSTMENT = ("PCD", "MOA", "TAX", "QTY", "RTE")
_TERMS_PLACE = "1"


class HeaderReader:
    """Reads the header; parties and charges are groups of segments of their own."""

    def __init__(self, stated: StatedOrder) -> None:
        self.stated = stated
        self._number: Given | None = None
        self._order_number: Given | None = None
        self._party = ""
        self._group = ""
        self._adjustments = Adjustments()
        self._texts: list[Given | None] = []
        self._readers = {
            "BGM": self._begin,
            "DTM": self._day,
            "FTX": self._text,
            "RFF": self._reference,
            "NAD": self._party_of,
            "CTA": self._contact,
            "COM": self._channel,
            "CUX": self._currency,
            "PAT": self._terms,
            "TOD": self._delivery_terms,
            "LOC": self._location,
        }

    def take(self, segment: Segment) -> None:
        """Take the next segment of the header."""
        if segment.tag == "ALC":
            self._adjustments.begin(segment)
        elif self._group == "ALC" and segment.tag in _OF_ADJUSTMENT:
            self._adjustments.take(segment)
            return
        elif (read := self._readers.get(segment.tag)) is not None:
            read(segment)
        if segment.tag in _BEGIN_GROUPS:
            self._group = segment.tag
            self._party = segment.part(1).upper() if segment.tag == "NAD" else ""

    def settle(self) -> None:
        """Put what only the whole header tells: which number is the order's."""
        stated = self.stated
        stated.charges = self._adjustments.found
        if note := joined(self._texts, between=" "):
            stated.notes.append(note)
        if stated.kind is DocumentKind.ORDER or self._order_number is None:
            stated.put("customer_ref", self._number)
        else:
            stated.put("customer_ref", self._order_number)
            stated.put("document_ref", self._number)

    def _begin(self, segment: Segment) -> None:
        self._number = segment.given(2)

    def _day(self, segment: Segment) -> None:
        if name := _DAYS.get(segment.part(1)):
            self.stated.put(name, day_of(segment))

    def _text(self, segment: Segment) -> None:
        self._texts.append(text_of(segment))

    def _reference(self, segment: Segment) -> None:
        kind, given = segment.part(1).upper(), segment.given(1, 1)
        if self._party == _BUYER:
            self._buyer_number(kind, given)
        elif kind == _ORDER_NUMBER and given.text:
            self._order_number = self._order_number or given
        elif kind == _CUSTOMERS_OWN:
            self.stated.put("buyer_reference", given)

    def _buyer_number(self, kind: str, given: Given) -> None:
        if kind == "VA":
            self.stated.id(VAT, given)
        elif kind == "IT":
            self.stated.put("customer", given)
        elif kind == "API" and "=" in given.text:
            scheme, _, number = given.text.partition("=")
            self.stated.id(scheme_name(scheme), given._replace(text=number))
        elif kind in ("API", "XA", "GN", "AHP"):
            self.stated.id(kind.lower(), given)

    def _party_of(self, segment: Segment) -> None:
        kind = segment.part(1).upper()
        if kind == _BUYER:
            self._buyer(segment)
        elif kind in _PLACES:
            self._place(segment)

    def _buyer(self, segment: Segment) -> None:
        number, agency = segment.given(2), segment.part(2, 2)
        if agency == _OURS:
            self.stated.put("customer", number)
        else:
            self.stated.id(scheme_name("", agency), number)
        self.stated.put("buyer_name", _name(segment))

    def _place(self, segment: Segment) -> None:
        put = self.stated.put
        put("ship_to_id", segment.given(2))
        put("ship_to_name", _name(segment))
        streets = (segment.given(5, at) for at in range(4))
        put("ship_to_address", joined(streets, between=", "))
        put("ship_to_city", segment.given(6))
        put("ship_to_region", segment.given(7))
        put("ship_to_postal_code", segment.given(8))
        put("ship_to_country", segment.given(9))

    def _contact(self, segment: Segment) -> None:
        if self._party == _BUYER:
            self.stated.put("contact_name", segment.given(2, 1))

    def _channel(self, segment: Segment) -> None:
        name = {_PHONE: "contact_phone", _MAIL: "contact_email"}.get(segment.part(1, 1))
        if self._party == _BUYER and name:
            self.stated.put(name, segment.given(1))

    def _currency(self, segment: Segment) -> None:
        self.stated.put("currency", segment.given(1, 1))

    def _terms(self, segment: Segment) -> None:
        self.stated.put("payment_terms", segment.given(2, 3))
        self.stated.put("payment_terms", segment.given(2))

    def _delivery_terms(self, segment: Segment) -> None:
        self.stated.put("incoterm", segment.given(3))
        self.stated.put("incoterm_place", segment.given(3, 3))

    def _location(self, segment: Segment) -> None:
        if self._group == "TOD" and segment.part(1) == _TERMS_PLACE:
            self.stated.put("incoterm_place", segment.given(2, 3))
            self.stated.put("incoterm_place", segment.given(2))


def _name(segment: Segment) -> Given | None:
    names = [segment.given(4, at) for at in range(5)]
    return joined(names, between=" ") or joined(
        (segment.given(3, at) for at in range(5)), between=" "
    )


_BEGIN_GROUPS = frozenset(("NAD", "TAX", "CUX", "PAT", "TDT", "TOD", "ALC"))
