"""Does it matter in which order stock's news comes, or how often? Invariants 17, 21.

News that says its quantity and when it was told commutes: whatever the way of the
files, a line ends the same. The first confirmed date alone is the first that came.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.orders.states import TRANSITIONS, OrderState
from adv_domain.rules.stock.believable import FeedbackRefused, Hearing
from adv_domain.rules.stock.entries import (
    DATED,
    GIVEN_UP,
    DelayCause,
    EntryKind,
    StockEntry,
    content_hash,
)
from adv_domain.rules.stock.fulfilment import (
    LineFacts,
    OrderFacts,
    asked_anew,
    changes,
    ignored_rest,
    states_after,
)

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
HEARD = Hearing(on=TODAY, newest_on=TODAY, at=NOW)
EMPTY = StockEntry(
    message_id="M1",
    kind=EntryKind.SHIPMENT,
    order_no="SO-1",
    customer=None,
    customer_ref=None,
    line_no=1,
    qty=None,
    on=TODAY,
    cause=DelayCause.STOCK,
    note=None,
    delivery_no=None,
    carrier=None,
    tracking=None,
    source_row=2,
)


def news(kind: str, **fields: Any) -> StockEntry:
    if fields.get("qty") is not None:
        fields["qty"] = Decimal(fields["qty"])
    return EMPTY._replace(kind=EntryKind(kind), **fields)


def a_line(qty: str = "10", **fields: Any) -> LineFacts:
    return LineFacts(1, 1, Decimal(qty), unit="C62", **fields)


def after(line: LineFacts, *entries: StockEntry) -> LineFacts:
    return played([line], entries)[0][0]


def played(
    lines: list[LineFacts], entries: Any
) -> tuple[list[LineFacts], list[OrderState]]:
    """Apply the entries; return the lines and the states on the way."""
    held = {line.line_no: line for line in lines}
    states = [OrderState.HANDED_OFF]
    for entry in entries:
        order = OrderFacts(states[-1], TODAY, list(held.values()))
        for change in changes(order, entry=entry, heard=HEARD):
            held[change.line.line_no] = change.line
        states += states_after(state=states[-1], lines=list(held.values()))
    return list(held.values()), states


def once(entries: list[StockEntry]) -> list[StockEntry]:
    """Leave out messages that came before, as the books do."""
    return list({one.message_id: one for one in entries}.values())


def test_a_part_that_stock_refuses_waits_and_the_rest_still_ships():
    line = after(a_line(), news("refusal", qty=4, on=None))
    assert (line.state, line.qty_given_up, line.qty_open) == ("exception", 4, 10)
    line = after(line, news("shipment", qty=6))
    assert (line.state, line.qty_given_up, line.qty_open) == ("exception", 4, 4)
    dropped, anew = ignored_rest(line, on=NOW.date()), asked_anew(line)
    assert (dropped.qty_cancelled, dropped.state, dropped.qty_open) == (4, "open", 0)
    assert (anew.qty_given_up, anew.state, anew.qty_open) == (0, "open", 4)


def test_a_later_word_counts_whichever_comes_first():
    early = news("confirmation", on=date(2026, 3, 9), told_at=NOW - timedelta(hours=2))
    late = news("new_date", on=date(2026, 3, 20), told_at=NOW - timedelta(hours=1))
    for first, second in ((early, late), (late, early)):
        line = after(a_line(), first, second)
        assert line.confirmed_on == late.on
        assert line.first_confirmed_on == first.on


def test_news_that_does_not_say_when_it_was_told_counts_as_it_comes():
    first = news("new_date", on=date(2026, 3, 20))
    second = news("new_date", on=date(2026, 3, 12))
    assert after(a_line(), first, second).confirmed_on == second.on
    older = news(
        "new_date", on=date(2026, 3, 30), told_at=NOW - timedelta(days=1), qty=None
    )
    assert after(a_line(), first, older).confirmed_on == first.on


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (news("shipment", on=date(1900, 1, 1)), "date_before_order"),
        (news("confirmation", on=date(1900, 1, 1)), "date_before_order"),
        (news("new_date", on=date(2199, 1, 1)), "date_far_off"),
        (news("new_date", on=TODAY - timedelta(days=1)), "new_date_passed"),
        (
            news(
                "new_date",
                on=TODAY - timedelta(days=4),
                told_at=NOW - timedelta(days=3),
            ),
            "new_date_passed",
        ),
        (news("shipment", on=TODAY + timedelta(days=2)), "date_in_future"),
        (news("refusal", on=TODAY + timedelta(days=2)), "date_in_future"),
        (
            news("new_date", told_at=NOW + timedelta(days=2)),
            "date_in_future",
        ),
        (news("shipment", qty=1, unit="KGM"), "other_unit"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(entry: StockEntry, code: str):
    with pytest.raises(FeedbackRefused, match=r"correct|send") as caught:
        after(a_line(), entry)
    assert caught.value.code == code


@pytest.mark.parametrize("unit", ["C62", "pcs", "EA", " c62 "])
def test_pieces_go_by_several_codes(unit: str):
    assert after(a_line(), news("shipment", qty=1, unit=unit)).qty_shipped == 1


def test_what_says_the_same_has_the_same_hash_and_other_news_another():
    first = news("shipment", qty="2", told_at=NOW)
    assert content_hash(first) == content_hash(news("shipment", qty="2.000"))
    for other in (
        news("shipment", qty=3),
        news("return", qty=2),
        news("shipment", qty=2, on=TODAY - timedelta(days=1)),
        news("shipment", qty=2, delivery_no="D1"),
    ):
        assert content_hash(other) != content_hash(first)


_KINDS = [*DATED, *GIVEN_UP, EntryKind.SHIPMENT, EntryKind.SHIPMENT]


@st.composite
def sequences(draw: Any) -> tuple[list[StockEntry], list[StockEntry]]:
    """Return news that says all of itself, in two orders, some of it twice."""
    entries = []
    for number in range(draw(st.integers(1, 10))):
        kind = draw(st.sampled_from(_KINDS))
        days = draw(st.integers(0, 60))
        entries.append(
            EMPTY._replace(
                message_id=f"M{number}",
                kind=kind,
                line_no=draw(st.integers(1, 2)),
                qty=None
                if kind in DATED
                else draw(st.decimals("0.001", "12", places=3)),
                on=TODAY + timedelta(days=days if kind in DATED else -days),
                told_at=NOW - timedelta(minutes=draw(st.integers(0, 5))),
            )
        )
    again = draw(st.permutations([*entries, *draw(st.lists(st.sampled_from(entries)))]))
    return entries, list(again)


def _comparable(lines: list[LineFacts]) -> list[LineFacts]:
    """Leave out the first date, which is the first that came, and the dates of what is
    done, which nobody waits for."""
    return [
        line._replace(first_confirmed_on=None)
        if line.qty_open
        else line._replace(
            first_confirmed_on=None, confirmed_on=None, date_told_at=None
        )
        for line in lines
    ]


@given(both=sequences())
def test_the_end_does_not_depend_on_order_or_repetition(
    both: tuple[list[StockEntry], list[StockEntry]],
):
    two = [a_line(), a_line("7.5")._replace(line_id=2, line_no=2)]
    (first, states), (second, others) = (played(two, once(each)) for each in both)
    assert _comparable(first) == _comparable(second)
    assert states[-1] == others[-1]
    for passed in (states, others):
        for before, following in pairwise(passed):
            assert following in TRANSITIONS[before]


@given(both=sequences())
def test_invariant_17_quantities_are_what_an_independent_count_says(
    both: tuple[list[StockEntry], list[StockEntry]],
):
    two = [a_line(), a_line("7.5")._replace(line_id=2, line_no=2)]
    lines, _ = played(two, once(both[1]))
    for line in lines:
        of_line = [one for one in both[0] if one.line_no == line.line_no]
        sent = sum(one.qty or 0 for one in of_line if one.kind is EntryKind.SHIPMENT)
        refused = sum(one.qty or 0 for one in of_line if one.kind in GIVEN_UP)
        assert line.qty_shipped == min(sent, line.qty)
        assert line.qty_over == max(Decimal(0), sent - line.qty)
        assert line.qty_open == line.qty - line.qty_shipped >= 0
        assert line.qty_given_up == min(line.qty_open, refused)
        assert (line.state == "exception") == (line.qty_given_up > 0)
