"""The demo's warehouse ships no goods that it does not have, and some come late."""

from datetime import date, timedelta

from tasks.demo.company import demo_products
from tasks.demo.shelves import Shelves

MONDAY = date(2026, 1, 5)


def some_shelves(days=0):
    """Shelves after so many days on which each product is asked for and none left."""
    shelves = Shelves(7, demo_products())
    shelves.fill()
    for at in range(days):
        on = MONDAY + timedelta(days=at)
        shelves.receive(on)
        for code in shelves.on_hand:
            shelves.take({code: 6})
        shelves.order_more({}, on)
    return shelves


def test_goods_are_taken_all_or_none():
    shelves = some_shelves()
    scarce, other = "014-Pro", "011-S"
    shelves.on_hand |= {scarce: 3, other: 50}
    assert not shelves.take({scarce: 4, other: 1})
    assert (shelves.on_hand[scarce], shelves.on_hand[other]) == (3, 50)
    assert shelves.take({scarce: 3, other: 1})
    assert (shelves.on_hand[scarce], shelves.on_hand[other]) == (0, 49)
    assert not shelves.take({"777-??": 1})


def test_what_runs_low_is_ordered_and_comes_and_some_of_it_late():
    shelves = some_shelves(days=40)
    assert min(shelves.on_hand.values()) >= 0
    assert sum(qty < 6 for qty in shelves.on_hand.values()) <= 6  # the scarce ones
    came = [one for one in shelves.coming if one.received_on]
    assert any(one.received_on > one.said_on for one in came)
    assert any(one.received_on == one.said_on for one in came)


def test_a_receipt_is_told_when_it_is_ordered_and_once_more_when_it_came():
    shelves = some_shelves()
    shelves.order_more({"014-Pro": 500}, MONDAY)
    _, *ordered = shelves.receipt_rows()
    assert "014-Pro" in {row[0] for row in ordered}
    assert list(shelves.receipt_rows())[1:] == []
    shelves.receive(MONDAY + timedelta(days=30))
    assert {row[1] for row in list(shelves.receipt_rows())[1:]} == {
        row[1] for row in ordered
    }
    assert list(shelves.receipt_rows())[1:] == []
