"""Of which delivery comes what came back, and what of it is to be credited?"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.orders.states import OrderState
from adv_domain.rules.stock.believable import FeedbackRefused
from adv_domain.rules.stock.fulfilment import OrderFacts
from adv_domain.rules.stock.returns import Delivered, returned
from tests.rules.test_feedback_order import HEARD, TODAY, a_line, news


def out(number: int, left: str, over: str = "0", invoice: str | None = None):
    return Delivered(
        delivery_line_id=number,
        delivery_id=number,
        delivery_no=f"D{number}",
        shipped_on=TODAY - timedelta(days=10 - number),
        line_id=1,
        qty_left=Decimal(left),
        qty_over_left=Decimal(over),
        invoice=invoice,
        invoice_line=1 if invoice else None,
    )


def back(*delivered, state="in_fulfilment", **fields):
    order = OrderFacts(OrderState(state), TODAY, [a_line()])
    entry = news("return", **fields)
    parts = returned(order, entry=entry, heard=HEARD, delivered=delivered)
    return [
        (one.delivered.delivery_no, one.qty, one.qty_billed, one.qty_over)
        for one in parts
    ]


def test_goods_beyond_the_order_come_first_then_unbilled_then_billed_ones():
    delivered = out(1, "3", "1"), out(2, "4", invoice="F1"), out(3, "2")
    assert back(*delivered, qty="1") == [("D1", 0, 0, 1)]
    assert back(*delivered, qty="4") == [("D1", 1, 0, 1), ("D3", 2, 0, 0)]
    assert back(*delivered, qty="8") == [
        ("D1", 3, 0, 1),
        ("D3", 2, 0, 0),
        ("D2", 2, 2, 0),
    ]


def test_the_delivery_that_is_named_is_the_one_that_came_back():
    delivered = out(1, "3"), out(2, "4", invoice="F1")
    assert back(*delivered, qty="2", delivery_no="D2") == [("D2", 2, 2, 0)]


def test_without_a_quantity_all_that_left_came_back():
    assert back(out(1, "3"), out(2, "4"), qty=None, line_no=0) == [
        ("D2", 4, 0, 0),
        ("D1", 3, 0, 0),
    ]


@pytest.mark.parametrize("state", ["closed", "cancelled", "fulfilled"])
def test_goods_come_back_of_orders_that_have_ended(state):
    assert back(out(1, "3"), state=state, qty="1") == [("D1", 1, 0, 0)]


@pytest.mark.parametrize(
    ("state", "fields", "code"),
    [
        ("received", {"qty": "1"}, "order_not_at_stock"),
        ("fulfilled", {"qty": "4"}, "more_than_delivered"),
        ("fulfilled", {"qty": "1", "delivery_no": "D9"}, "more_than_delivered"),
        ("fulfilled", {"qty": "1", "on": date(2026, 1, 1)}, "more_than_delivered"),
        ("fulfilled", {"qty": "1", "on": date(1900, 1, 1)}, "date_before_order"),
        ("fulfilled", {"qty": None, "on": date(2026, 1, 1)}, "more_than_delivered"),
    ],
)
def test_what_cannot_have_come_back_is_refused(state, fields, code):
    with pytest.raises(FeedbackRefused) as caught:
        back(out(1, "3"), state=state, **fields)
    assert caught.value.code == code


amounts = st.integers(0, 5)


@given(
    st.lists(st.tuples(amounts, amounts, st.booleans()), min_size=1, max_size=5),
    st.integers(1, 60),
)
def test_parts_add_up_and_stay_within_what_left(deliveries, wanted):
    delivered = [
        out(at, str(left), str(over), "F1" if billed else None)
        for at, (left, over, billed) in enumerate(deliveries, start=1)
    ]
    total = sum(one.qty_left + one.qty_over_left for one in delivered)
    if wanted > total:
        with pytest.raises(FeedbackRefused):
            back(*delivered, qty=wanted)
        return
    parts = back(*delivered, qty=wanted)
    assert sum(qty + over for _, qty, _, over in parts) == wanted
    known = {one.delivery_no: one for one in delivered}
    for no, qty, billed, over in parts:
        assert qty <= known[no].qty_left and over <= known[no].qty_over_left
        assert billed == (qty if known[no].invoice else 0)
    if sum(billed for _, _, billed, _ in parts):
        free = [one for one in delivered if not one.invoice]
        came = {no: qty for no, qty, _, _ in parts}
        assert all(came.get(one.delivery_no, 0) == one.qty_left for one in free)
