"""How are orders written as an EDIFACT interchange, to be sent or to be read back?

ORDERS of D.01B, which has room for long texts; a name or street longer than the
directory's field is written whole, so that nothing of the order is lost.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from adv_domain.files.orders.texts_out import (
    Seller,
    account_of,
    address_parts,
    currency_of,
    line_amounts,
    line_name,
    number,
    per_cent,
    stated_price,
    unless_one,
)
from adv_domain.rules.orders.incoming import (
    IncomingHeader,
    IncomingLine,
    IncomingOrder,
    OrderCharge,
    PartyId,
)
from adv_domain.rules.orders.naming import GLN, VAT

_SIGNS = "UNA:+.? '"
_SPECIAL = str.maketrans({sign: f"?{sign}" for sign in "?:+'"})
_LONGEST_TEXT = 512
_TEXTS = 5
_STREETS = 4
_GLN_LENGTH = 13
Element = str | None | Sequence[str | None]


def orders_edifact(orders: Sequence[IncomingOrder], seller: Seller) -> bytes:
    """Write the orders, a message each; how they came is not in EDIFACT."""
    parts = [_message(order, seller, ref) for ref, order in enumerate(orders, start=1)]
    body = "".join(parts)
    is_latin = _fits(body + seller.name, "iso8859-1")
    syntax, encoding = (
        (("UNOC", "3"), "iso8859-1") if is_latin else (("UNOY", "4"), "utf-8")
    )
    on = seller.written_on
    head = _segment(
        "UNB", syntax, seller.name, seller.name, (f"{on:%y%m%d}", "0000"), "1"
    )
    end = _segment("UNZ", str(len(orders)), "1")
    return f"{_SIGNS}\n{head}{body}{end}".encode(encoding)


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeError:
        return False
    return True


def _segment(tag: str, *elements: Element) -> str:
    """Write a segment; what is empty at its end, or at an element's, is left out."""
    texts = [_element(each) for each in elements]
    while texts and not texts[-1]:
        texts.pop()
    return "+".join((tag, *texts)) + "'\n"


def _element(element: Element) -> str:
    if element is None or isinstance(element, str):
        return (element or "").translate(_SPECIAL)
    parts = [(each or "").translate(_SPECIAL) for each in element]
    while parts and not parts[-1]:
        parts.pop()
    return ":".join(parts)


def _message(order: IncomingOrder, seller: Seller, ref: int) -> str:
    segments = [
        _segment("UNH", str(ref), ("ORDERS", "D", "01B", "UN")),
        *_header(order.header, seller),
        *(part for line in order.lines for part in _line(order, line)),
        *_summary(order),
    ]
    end = _segment("UNT", str(len(segments) + 1), str(ref))
    return "".join((*segments, end))


def _header(header: IncomingHeader, seller: Seller) -> Iterator[str]:
    yield _segment("BGM", "220", header.customer_ref, "9")
    for code, on in (
        ("137", header.ordered_on),
        ("2", header.requested_on),
        ("64", header.deliver_from),
        ("63", header.deliver_until),
    ):
        yield from _day(code, on)
    yield from _text(header.instructions)
    if header.buyer_reference is not None:
        yield _segment("RFF", ("CR", header.buyer_reference))
    yield from _buyer(header)
    yield _segment("NAD", "SU", None, None, seller.name)
    yield from _place(header)
    if header.currency is not None:
        yield _segment("CUX", ("2", header.currency, "9"))
    if header.payment_terms is not None:
        yield _segment("PAT", "1", (None, None, None, header.payment_terms))
    if header.incoterm is not None or header.incoterm_place is not None:
        yield _segment("TOD", "6", None, header.incoterm)
    if header.incoterm_place is not None:
        yield _segment("LOC", "1", (None, None, None, header.incoterm_place))
    for charge in header.charges:
        yield from _charge(charge)


def _day(code: str, on: date | None) -> Iterator[str]:
    if on is not None:
        yield _segment("DTM", (code, f"{on:%Y%m%d}", "102"))


def _text(text: str | None) -> Iterator[str]:
    chunks = _chunks(text or "")
    for start in range(0, len(chunks), _TEXTS):
        parts = chunks[start : start + _TEXTS]
        yield _segment("FTX", "AAI", None, None, parts)


def _chunks(text: str) -> list[str]:
    """Split a text at its spaces into pieces that an element holds."""
    chunks: list[str] = []
    for word in text.split(" ") if text else []:
        if chunks and len(chunks[-1]) + len(word) < _LONGEST_TEXT:
            chunks[-1] += f" {word}"
        else:
            chunks.append(word)
    return chunks


def _buyer(header: IncomingHeader) -> Iterator[str]:
    account = account_of(header.customer, header.buyer_ids)
    gln = next((one for one in header.buyer_ids if one.scheme == GLN), None)
    number_of: Element = None
    if gln is not None:
        number_of = (gln.value, None, "9")
    elif account is not None:
        number_of = (account, None, "91")
    yield _segment("NAD", "BY", number_of, None, header.buyer_name)
    if gln is not None and account is not None:
        yield _segment("RFF", ("IT", account))
    for one in header.buyer_ids:
        if one is not gln:
            yield _segment("RFF", _reference(one))
    yield from _contact(header)


def _contact(header: IncomingHeader) -> Iterator[str]:
    name, phone, mail = (
        header.contact_name,
        header.contact_phone,
        header.contact_email,
    )
    if name is not None or phone is not None or mail is not None:
        yield _segment("CTA", "OC", (None, name))
    if phone is not None:
        yield _segment("COM", (phone, "TE"))
    if mail is not None:
        yield _segment("COM", (mail, "EM"))


def _reference(one: PartyId) -> tuple[str, str]:
    if one.scheme == VAT:
        return "VA", one.value
    return "API", f"{one.scheme}={one.value}"


def _place(header: IncomingHeader) -> Iterator[str]:
    number_of: Element = None
    if header.ship_to_id is not None:
        is_gln = header.ship_to_id.isdigit() and len(header.ship_to_id) == _GLN_LENGTH
        number_of = (header.ship_to_id, None, "9" if is_gln else "92")
    place: tuple[Element, ...] = (
        number_of,
        None,
        header.ship_to_name,
        address_parts(header.ship_to_address, _STREETS),
        header.ship_to_city,
        header.ship_to_region,
        header.ship_to_postal_code,
        header.ship_to_country,
    )
    if any(place):
        yield _segment("NAD", "DP", *place)


def _charge(charge: OrderCharge) -> Iterator[str]:
    kind = "C" if charge.amount >= 0 else "A"
    yield _segment("ALC", kind, None, None, None, (None, None, None, charge.reason))
    yield _segment("MOA", ("8", number(abs(charge.amount))))
    yield from _tax(charge.tax_category, charge.tax_rate)


def _tax(category: str | None, rate: Decimal | None) -> Iterator[str]:
    if category is not None or rate is not None:
        percent = (None, None, None, per_cent(rate))
        yield _segment("TAX", "7", "VAT", None, None, percent, category)


def _line(order: IncomingOrder, line: IncomingLine) -> Iterator[str]:
    gtin: Element = None if line.gtin is None else (line.gtin, "EN")
    yield _segment("LIN", line_name(line), None, gtin)
    yield _segment("PIA", "1", (line.product, "SA"))
    if line.customer_article is not None:
        yield _segment("PIA", "1", (line.customer_article, "IN"))
    if line.description is not None:
        yield _segment("IMD", "F", None, (None, None, None, line.description))
    yield _segment("QTY", ("21", number(line.qty), line.unit))
    yield from _day("2", line.requested_on)
    amounts = line_amounts(line, currency_of(order))
    if amounts is not None:
        yield _segment("MOA", ("203", number(amounts.net)))
    yield from _text(line.note)
    if line.unit_price is not None:
        kind = "AAB" if line.discount_rate else "AAA"
        base = unless_one(line.price_base_qty)
        yield _segment("PRI", (kind, stated_price(line), None, None, base))
    yield from _tax(line.tax_category, line.tax_rate)
    if line.discount_rate:
        yield _segment("ALC", "A")
        yield _segment("PCD", ("1", per_cent(line.discount_rate)))


def _summary(order: IncomingOrder) -> Iterator[str]:
    header = order.header
    yield _segment("UNS", "S")
    for code, amount in (
        ("79", order.total()),
        ("86", header.document_total),
        ("113", header.prepaid),
    ):
        if amount is not None:
            yield _segment("MOA", (code, number(amount)))
    yield _segment("CNT", ("2", str(len(order.lines))))
