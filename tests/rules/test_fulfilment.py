from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.orders.states import TRANSITIONS, OrderState
from adv_domain.rules.stock import fulfilment
from adv_domain.rules.stock.believable import FeedbackRefused, Hearing
from adv_domain.rules.stock.entries import (
    DelayCause,
    EntryKind,
    StockEntry,
    says_the_same,
)
from adv_domain.rules.stock.fulfilment import (
    LineFacts,
    OrderFacts,
    ignored_rest,
    states_after,
)

TODAY = date(2025, 3, 3)
NOW = datetime(2025, 3, 3, 18, tzinfo=UTC)


def changes(*, state, lines, entry, on):
    """Apply news on the day it is told: nothing newer has come."""
    order = OrderFacts(state, TODAY, lines)
    heard = Hearing(on=on, newest_on=on, at=NOW)
    return fulfilment.changes(order, entry=entry, heard=heard)


EMPTY = StockEntry(
    message_id="M1",
    kind=EntryKind.SHIPMENT,
    order_no="SO-1",
    customer=None,
    customer_ref=None,
    line_no=0,
    qty=None,
    on=TODAY,
    cause=DelayCause.STOCK,
    note=None,
    delivery_no=None,
    carrier=None,
    tracking=None,
    source_row=2,
)


def news(kind: str = "shipment", **fields: Any) -> StockEntry:
    if "qty" in fields:
        fields["qty"] = Decimal(fields["qty"])
    return EMPTY._replace(kind=EntryKind(kind), **fields)


def a_line(line_no: int = 1, qty: str = "10", **fields: Any) -> LineFacts:
    return LineFacts(line_no, line_no, Decimal(qty), **fields)


def after(lines: list[LineFacts], *entries: StockEntry) -> list[LineFacts]:
    held = {line.line_no: line for line in lines}
    for entry in entries:
        for change in changes(
            state=OrderState.IN_FULFILMENT,
            lines=list(held.values()),
            entry=entry,
            on=TODAY,
        ):
            held[change.line.line_no] = change.line
    return list(held.values())


def test_a_part_shipment_leaves_the_exact_rest_open():
    [line] = after([a_line(qty="10")], news(line_no=1, qty="3.25"))
    assert (line.qty_shipped, line.qty_open) == (Decimal("3.25"), Decimal("6.75"))


def test_news_without_line_and_quantity_ships_all_that_is_open():
    lines = after(
        [a_line(1), a_line(2, "5", qty_shipped=Decimal(2))],
        news(),
    )
    assert [line.qty_open for line in lines] == [0, 0]
    assert all(line.last_shipped_on == TODAY for line in lines)


def test_what_goes_beyond_the_order_is_flagged_and_not_counted_as_shipped():
    [change] = changes(
        state=OrderState.FULFILLED,
        lines=[a_line(qty="10", qty_shipped=Decimal(8))],
        entry=news(line_no=1, qty="5"),
        on=TODAY,
    )
    assert (change.shipped, change.over) == (5, 3)
    assert (change.line.qty_shipped, change.line.qty_over) == (10, 3)


def test_the_first_confirmed_date_is_never_overwritten():
    first_on, later_on, back_on = (TODAY + timedelta(days=n) for n in (5, 12, 7))
    [line] = after(
        [a_line()],
        news("confirmation", on=first_on),
        news("new_date", on=later_on),
        news("confirmation", on=back_on),
    )
    assert (line.first_confirmed_on, line.confirmed_on) == (first_on, back_on)


def test_the_same_date_again_moves_nothing():
    line = a_line(first_confirmed_on=TODAY, confirmed_on=TODAY)
    entry = news("new_date", on=TODAY)
    [found] = changes(
        state=OrderState.IN_FULFILMENT, lines=[line], entry=entry, on=TODAY
    )
    assert (found.moved_from, found.moved_to) == (None, None)
    assert found.line == line._replace(date_told_at=NOW)


def test_a_cancelled_move_is_an_exception_until_it_ships_or_a_person_chooses():
    [line] = after([a_line()], news("cancellation", on=None))
    assert (line.state, line.qty_open) == ("exception", 10)
    [shipped] = after([line], news())
    assert (shipped.state, shipped.qty_open) == ("open", 0)
    gone = ignored_rest(line, on=date(2026, 3, 9))
    assert (gone.state, gone.cancelled_on) == ("cancelled", date(2026, 3, 9))
    part = ignored_rest(line._replace(qty_shipped=Decimal(4)), on=date(2026, 3, 9))
    assert (part.state, part.qty_cancelled) == ("open", 6)


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        *(("shipment", state) for state in ("received", "held", "rejected")),
        *(
            (kind, state)
            for kind in ("new_date", "cancellation")
            for state in ("received", "held", "rejected", "closed", "cancelled")
        ),
    ],
)
def test_news_of_an_order_that_is_not_at_stock_is_refused(kind: str, state: str):
    entry = news(kind)
    with pytest.raises(FeedbackRefused, match=f"SO-1 is {state}") as caught:
        changes(state=OrderState(state), lines=[a_line()], entry=entry, on=TODAY)
    assert caught.value.code == "order_not_at_stock"


@pytest.mark.parametrize("state", ["closed", "cancelled"])
def test_row_26_what_left_for_an_order_that_has_ended_is_beyond_it(state: str):
    line = a_line(qty="10", qty_shipped=Decimal(4), qty_cancelled=Decimal(6))
    [change] = changes(
        state=OrderState(state),
        lines=[line],
        entry=news(line_no=1, qty="3"),
        on=TODAY,
    )
    assert (change.shipped, change.over) == (3, 3)
    assert (change.line.qty_shipped, change.line.qty_over) == (4, 3)
    assert states_after(state=OrderState(state), lines=[change.line]) == []


def test_news_of_an_unknown_line_names_the_known_ones():
    with pytest.raises(FeedbackRefused, match="no line 7, only 1, 2"):
        after([a_line(1), a_line(2)], news(line_no=7))


@pytest.mark.parametrize(
    ("state", "lines", "expected"),
    [
        ("accepted", [a_line()], ["handed_off", "in_fulfilment"]),
        ("handed_off", [a_line()], ["in_fulfilment"]),
        (
            "handed_off",
            [a_line(qty_shipped=Decimal(10))],
            ["in_fulfilment", "fulfilled"],
        ),
        ("in_fulfilment", [a_line()], []),
        ("in_fulfilment", [a_line(qty_cancelled=Decimal(10))], ["cancelled"]),
        (
            "in_fulfilment",
            [a_line(1, qty_shipped=Decimal(10)), a_line(2, qty_cancelled=Decimal(10))],
            ["fulfilled"],
        ),
        ("fulfilled", [a_line(qty_shipped=Decimal(10))], []),
        ("closed", [a_line()], []),
    ],
)
def test_the_state_follows_the_quantities(
    state: str, lines: list[LineFacts], expected: list[str]
):
    assert states_after(state=OrderState(state), lines=lines) == expected


quantities = st.decimals("0.001", "12", places=3)
entries = st.lists(
    st.builds(
        lambda kind, line_no, qty, days: EMPTY._replace(
            kind=kind,
            line_no=line_no,
            qty=qty if kind is EntryKind.SHIPMENT and line_no else None,
            on=TODAY + timedelta(days=days),
        ),
        st.sampled_from(EntryKind),
        st.integers(0, 2),
        st.none() | quantities,
        st.integers(0, 40),
    ),
    max_size=12,
)


@given(entries=entries)
def test_whatever_comes_quantities_stay_within_the_order(entries: list[StockEntry]):
    state = OrderState.HANDED_OFF
    lines = {1: a_line(1), 2: a_line(2, "7.5")}
    first_dates: dict[int, date] = {}
    for entry in entries:
        before_over = sum(line.qty_over for line in lines.values())
        told_on = max(TODAY, entry.on or TODAY)
        found = changes(
            state=state, lines=list(lines.values()), entry=entry, on=told_on
        )
        for change in found:
            lines[change.line.line_no] = change.line
        over = sum(change.over for change in found)
        assert sum(line.qty_over for line in lines.values()) == before_over + over
        for following in states_after(state=state, lines=list(lines.values())):
            assert following in TRANSITIONS[state]
            state = following
        for line in lines.values():
            assert 0 <= line.qty_shipped <= line.qty and line.qty_open >= 0
            if line.first_confirmed_on:
                first_on = first_dates.setdefault(line.line_no, line.first_confirmed_on)
                assert line.first_confirmed_on == first_on


def test_the_same_news_is_the_same_wherever_it_stands():
    first, same = news(line_no=1, qty="2"), news(line_no=1, qty="2.0", source_row=3)
    assert first.position == same.position
    assert says_the_same(first, same)
    assert not says_the_same(first, news(line_no=1, qty="3"))
