"""Is a correction read as it is written, and does it change what it names alone?"""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.orders.correction import (
    CorrectionWrong,
    corrected,
    corrected_fields,
    read_correction,
)
from adv_domain.rules.orders.incoming import IncomingHeader, IncomingLine
from adv_domain.rules.orders.order_content import incoming_order

ORDER = incoming_order(
    IncomingHeader(
        customer="C1",
        customer_ref="R1",
        ordered_on=date(2026, 1, 5),
        requested_on=date(2026, 1, 20),
        currency="EUR",
        payment_terms=None,
        channel="file",
        entered_by=None,
        ship_to_name=None,
        ship_to_address=None,
        ship_to_country=None,
        buyer_reference=None,
        instructions=None,
        prepaid=None,
    ),
    [
        IncomingLine(
            1, "P1", None, None, Decimal(3), "C62", Decimal(20), Decimal(0), None, 2
        ),
        IncomingLine(
            2,
            "P2",
            None,
            None,
            Decimal(1),
            "C62",
            None,
            Decimal(0),
            date(2026, 2, 1),
            3,
        ),
    ],
    lines_are_numbered=True,
)


def mend(line_no=None, **texts):
    after = corrected(ORDER, read_correction(texts, line_no=line_no))
    return [str(one) for one in corrected_fields(ORDER, after)]


@pytest.mark.parametrize(
    ("line_no", "texts", "told"),
    [
        (1, {"price": "10"}, ["line 1 price 20 → 10"]),
        (1, {"price": "Agreed"}, ["line 1 price 20 → agreed"]),
        (1, {"quantity": "2.5", "discount": "5"}, "all"),
        (2, {"product": " P9 "}, ["line 2 product P2 → P9"]),
        (
            2,
            {"requested_on": "2026-03-01"},
            ["line 2 requested_on 2026-02-01 → 2026-03-01"],
        ),
        (None, {"customer": "C2"}, ["customer C1 → C2"]),
        (None, {"currency": "usd"}, ["currency EUR → USD"]),
        (None, {"country": "fr", "price": ""}, ["country - → FR"]),
        (
            None,
            {"requested_on": "2026-03-01"},
            [
                "line 1 requested_on 2026-01-20 → 2026-03-01",
                "line 2 requested_on 2026-02-01 → 2026-03-01",
            ],
        ),
        (1, {"reference": "R2", "price": "20"}, ["reference R1 → R2"]),
        (1, {"price": "20.00"}, []),
    ],
    ids=str,
)
def test_row_16_it_says_old_and_new_values(line_no, texts, told):
    if told == "all":
        told = ["line 1 quantity 3 → 2.5", "line 1 discount 0 % → 5 %"]
    assert mend(line_no, **texts) == told


@pytest.mark.parametrize(
    ("line_no", "texts", "why"),
    [
        (None, {}, "say what is to be corrected"),
        (None, {"customer": "  "}, "say what is to be corrected"),
        (None, {"price": "10"}, "price: say of which line"),
        (1, {"customer": "C2"}, "line 1: say what of it"),
        (7, {"price": "10"}, "there is no line 7; there are: 1, 2"),
        (1, {"price": "ten"}, "price 'ten': write a number such as 12.50"),
        (1, {"price": "1,5"}, "price '1,5': write a number"),
        (1, {"price": "NaN"}, "write a number"),
        (1, {"price": "1e30"}, "write a number"),
        (1, {"price": "0.0000001"}, "at most six decimals"),
        (1, {"price": "-1"}, "not below zero"),
        (1, {"quantity": "0"}, "more than nothing"),
        (1, {"discount": "101"}, "per cent from 0 to 100"),
        (1, {"requested_on": "31/02/2026"}, "a day like 2026-11-23"),
        (None, {"requested_on": "2026-02-31"}, "a day like 2026-11-23"),
        (None, {"currency": "EURO"}, "an ISO code such as EUR"),
        (None, {"country": "Spain"}, "a code such as ES"),
        (None, {"address": "x" * 401}, "at most 400 characters"),
        (None, {"address": "a\nb"}, "one line of plain text"),
    ],
    ids=str,
)
def test_what_cannot_be_read_is_told_with_its_remedy(line_no, texts, why):
    with pytest.raises(CorrectionWrong, match=why.replace("(", r"\(")):
        mend(line_no, **texts)


@given(
    price=st.decimals(min_value=0, max_value=10**6, places=4),
    qty=st.decimals(min_value="0.0001", max_value=10**6, places=4),
)
def test_what_is_corrected_back_says_what_it_said(price, qty):
    there = read_correction({"price": f"{price:f}", "quantity": f"{qty:f}"}, line_no=1)
    back = read_correction({"price": "20", "quantity": "3"}, line_no=1)
    changed = corrected(ORDER, there)
    assert (changed.lines[0].unit_price, changed.lines[0].qty) == (price, qty)
    assert changed.lines[1:] == ORDER.lines[1:]
    assert corrected(changed, back) == ORDER
