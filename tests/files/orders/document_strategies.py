"""Orders as every document format can carry them, as hypothesis makes them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from adv_domain.rules.countries import COUNTRIES
from adv_domain.rules.money import ZERO
from adv_domain.rules.orders.incoming import (
    IncomingHeader,
    IncomingLine,
    IncomingOrder,
    OrderCharge,
    PartyId,
)
from adv_domain.rules.orders.order_content import incoming_order
from tests.files.order_strategies import DAYS, RATES, SHORT_RATES, amounts, texts

_ODD = ["a, b, c, d, e", "?+:'", "'UNA:+.? '", '<&>"', "A+B?'C", ", odd", "é ½ €", "ж"]
_ids = st.builds(
    PartyId,
    scheme=st.sampled_from(["gln", "vat", "0192", ""]),
    value=st.text("0123456789ABC", min_size=1, max_size=14),
)


def _text(size: int) -> st.SearchStrategy[str]:
    return texts(size) | st.sampled_from(_ODD).map(lambda text: text[:size].strip())


def _maybe(size: int) -> st.SearchStrategy[str | None]:
    return st.none() | _text(size)


@st.composite
def _headers(draw: Any) -> IncomingHeader:
    ids = draw(st.lists(_ids, max_size=3, unique=True))
    ids.sort(key=lambda one: (one.scheme, one.value))
    customer = draw(_text(40))
    if ids and draw(st.booleans()):
        first = [one for one in ids if one.scheme == "gln"]
        first += [one for one in ids if one.scheme == "vat"]
        customer = (first or ids)[0].value
    return IncomingHeader(
        customer=customer,
        customer_ref=draw(_text(80)),
        ordered_on=draw(st.none() | DAYS),
        requested_on=draw(st.none() | DAYS),
        currency=draw(st.sampled_from([None, "EUR", "JPY", "TND", "XYZ"])),
        payment_terms=draw(st.sampled_from([None, "net30", "10 days 2 %"])),
        channel="file",
        entered_by=None,
        ship_to_name=draw(_maybe(200)),
        ship_to_address=draw(_maybe(400)),
        ship_to_country=draw(st.none() | st.sampled_from(sorted(COUNTRIES))),
        buyer_reference=draw(_maybe(80)),
        instructions=draw(_maybe(900)),
        prepaid=draw(st.none() | amounts(2, digits=4).filter(bool)),
        buyer_name=draw(_maybe(200)),
        buyer_ids=tuple(ids),
        contact_name=draw(_maybe(120)),
        contact_phone=draw(_maybe(60)),
        contact_email=draw(st.none() | st.just("ana@example.com")),
        ship_to_id=draw(_maybe(80) | st.just("8412345000013")),
        ship_to_postal_code=draw(_maybe(20)),
        ship_to_city=draw(_maybe(120)),
        ship_to_region=draw(_maybe(60)),
        deliver_from=draw(st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 20))),
        deliver_until=draw(st.none() | st.dates(date(2026, 1, 20), date(2026, 2, 9))),
        incoterm=draw(st.sampled_from([None, "DAP", "FCA"])),
        incoterm_place=draw(_maybe(80)),
        charges=tuple(draw(st.lists(_charges(), max_size=2))),
    )


def _charges() -> st.SearchStrategy[OrderCharge]:
    amount = amounts(2, digits=5)
    return st.builds(
        OrderCharge,
        amount=st.one_of(amount, amount.map(lambda one: -one)),
        reason=_maybe(60),
        tax_category=st.none() | st.sampled_from(["S", "AA"]),
        tax_rate=st.none() | SHORT_RATES,
    )


def _lines() -> st.SearchStrategy[IncomingLine]:
    return st.builds(
        IncomingLine,
        line_no=st.just(1),
        product=_text(80),
        description=_maybe(200),
        customer_article=_maybe(80),
        qty=amounts(6, digits=5),
        unit=st.none() | st.sampled_from(["PCE", "KGM", "LTR"]),
        unit_price=st.none() | amounts(6, digits=4),
        discount_rate=st.just(ZERO) | RATES,
        requested_on=st.none() | DAYS,
        source_row=st.just(0),
        gtin=st.none() | st.text("0123456789", min_size=8, max_size=14),
        note=_maybe(700),
        tax_category=st.sampled_from([None, "S", "AA"]),
        tax_rate=st.none() | RATES,
        price_base_qty=st.sampled_from([Decimal(1), Decimal(100)]),
    )


@st.composite
def documents(draw: Any) -> IncomingOrder:
    """Make an order whose lines have names and whose total, if stated, adds up."""
    lines = draw(st.lists(_lines(), min_size=1, max_size=4))
    is_numbered = draw(st.booleans())
    if is_numbered:
        numbers = draw(
            st.lists(
                st.integers(1, 999_999),
                min_size=len(lines),
                max_size=len(lines),
                unique=True,
            )
        )
        lines = [
            replace(line, line_no=line_no)
            for line, line_no in zip(lines, sorted(numbers), strict=True)
        ]
    else:
        lines = [
            replace(line, line_no=at, line_ref=f"pos {at}")
            for at, line in enumerate(lines, start=1)
        ]
    # a base quantity says nothing where there is no price
    lines = [
        line
        if line.unit_price is not None
        else replace(line, price_base_qty=Decimal(1))
        for line in lines
    ]
    header = draw(_headers())
    order = incoming_order(header, lines, lines_are_numbered=is_numbered)
    total = order.total()
    if total is not None and (header.prepaid or draw(st.booleans())):
        total += sum((one.amount for one in header.charges), ZERO)
        order = replace(order, header=replace(order.header, document_total=total))
    return order


def said(order: IncomingOrder) -> IncomingOrder:
    """Return the order without its place in a file."""
    lines = tuple(replace(line, source_row=0) for line in order.lines)
    return replace(order, lines=lines, source_row=0)
