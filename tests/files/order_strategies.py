"""Orders of any content, as hypothesis makes them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from adv_domain.rules.countries import COUNTRIES
from adv_domain.rules.orders.incoming import (
    IncomingHeader,
    IncomingLine,
    IncomingOrder,
    OrderCharge,
    PartyId,
)
from adv_domain.rules.orders.order_content import incoming_order
from adv_domain.rules.stock.shipping import ShippingPolicy

SIGNS = st.characters(
    codec="utf-8",
    categories=("L", "N", "P", "S", "Zs"),
    exclude_characters="\x85\u2028\u2029",
)


def texts(size: int, signs: st.SearchStrategy[str] = SIGNS) -> st.SearchStrategy[str]:
    """Make texts as reading leaves them: no outer spaces, runs of them one."""
    spiced = st.one_of(
        st.text(signs, min_size=1, max_size=size),
        st.sampled_from(
            [
                "=1+1",
                "-x",
                "@a",
                "'=a",
                "''",
                "'",
                "'05012",
                "''1",
                "#N/A",
                "1.5E+10",
                'a"b',
            ]
        ),
    )
    flat = spiced.map(lambda text: " ".join(text.split())[:size].strip())
    return flat.filter(bool)


def amounts(decimals: int, *, digits: int = 12) -> st.SearchStrategy[Decimal]:
    whole = 10 ** (digits + decimals) - 1
    return st.integers(0, whole).map(lambda units: Decimal(units).scaleb(-decimals))


DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
RATES = st.integers(0, 1_000_000).map(lambda units: Decimal(units).scaleb(-6))
SHORT_RATES = st.integers(0, 10_000).map(lambda units: Decimal(units).scaleb(-4))


def charges(signs: st.SearchStrategy[str]) -> st.SearchStrategy[OrderCharge]:
    return st.builds(
        OrderCharge,
        amount=st.one_of(
            amounts(3, digits=6), amounts(2, digits=6).map(lambda amount: -amount)
        ),
        reason=st.none() | texts(40, signs),
        tax_category=st.none() | st.sampled_from(["S", "AA"]),
        tax_rate=st.none() | SHORT_RATES,
    )


PARTY_IDS = st.builds(
    PartyId,
    scheme=st.sampled_from(["gln", "vat", "0192", ""]),
    value=st.text("0123456789ABC", min_size=1, max_size=14),
)


def headers(signs: st.SearchStrategy[str] = SIGNS) -> st.SearchStrategy[Any]:
    def maybe(size: int) -> st.SearchStrategy[str | None]:
        return st.none() | texts(size, signs)

    return st.builds(
        IncomingHeader,
        customer=texts(40, signs),
        customer_ref=texts(80, signs),
        ordered_on=st.none() | DAYS,
        requested_on=st.none() | DAYS,
        currency=st.sampled_from([None, "EUR", "JPY", "TND", "XYZ"]),
        payment_terms=st.sampled_from([None, "net30"]),
        channel=st.sampled_from(["file", "edi"]),
        entered_by=maybe(120),
        ship_to_name=maybe(200),
        ship_to_address=maybe(400),
        ship_to_country=st.none() | st.sampled_from(sorted(COUNTRIES)),
        buyer_reference=maybe(80),
        instructions=maybe(300),
        prepaid=st.none() | amounts(3),
        buyer_name=maybe(200),
        buyer_ids=st.lists(PARTY_IDS, max_size=2, unique=True).map(
            lambda ids: tuple(sorted(ids, key=lambda one: (one.scheme, one.value)))
        ),
        contact_name=maybe(120),
        ship_to_city=maybe(120),
        deliver_from=st.none() | DAYS,
        incoterm=maybe(12),
        document_total=st.none() | amounts(3),
        charges=st.lists(charges(signs), max_size=2).map(tuple),
        shipping_policy=st.none() | st.sampled_from(list(ShippingPolicy)).map(str),
        priority=st.none() | st.integers(1, 9),
        milestones=st.none() | st.just("30% order; 500 2026-03-01; 40% Assembly"),
    )


def lines(signs: st.SearchStrategy[str] = SIGNS) -> st.SearchStrategy[Any]:
    def maybe(size: int) -> st.SearchStrategy[str | None]:
        return st.none() | texts(size, signs)

    return st.builds(
        IncomingLine,
        line_no=st.just(1),
        product=texts(80, signs),
        description=maybe(200),
        customer_article=maybe(80),
        qty=amounts(6),
        unit=maybe(12),
        unit_price=st.none() | amounts(6),
        discount_rate=RATES,
        requested_on=st.none() | DAYS,
        source_row=st.just(2),
        gtin=st.none() | st.text("0123456789", min_size=8, max_size=14),
        note=maybe(200),
        tax_category=st.sampled_from([None, "S", "AA"]),
        tax_rate=st.none() | RATES,
        line_ref=maybe(40),
    )


@st.composite
def orders(draw: Any, signs: st.SearchStrategy[str] = SIGNS) -> IncomingOrder:
    found = draw(st.lists(lines(signs), min_size=1, max_size=4))
    numbers = draw(
        st.none()
        | st.lists(
            st.integers(1, 9999),
            min_size=len(found),
            max_size=len(found),
            unique=True,
        ).map(sorted)
    )
    numbered = [
        _numbered(line, number)
        for line, number in zip(found, numbers or range(1, len(found) + 1), strict=True)
    ]
    return incoming_order(
        draw(headers(signs)), numbered, lines_are_numbered=numbers is not None
    )


def _numbered(line: IncomingLine, line_no: int) -> IncomingLine:
    return replace(line, line_no=line_no)


def several(signs: st.SearchStrategy[str] = SIGNS) -> st.SearchStrategy[Any]:
    """Make lists of orders of which no two have one customer and reference."""
    return st.lists(
        orders(signs),
        min_size=1,
        max_size=4,
        unique_by=lambda each: (each.header.customer, each.header.customer_ref),
    )
