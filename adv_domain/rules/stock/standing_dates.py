"""Which confirmed dates move because goods come later, or again in time?

The first confirmed date never moves, and no date comes to lie before it. What stock
said of a line is stock's word: it stands whatever the goods say, and the line is at
risk instead. A line whose goods are not even on their way keeps its date: nobody
knows a better one. An order that ships complete has one date, its latest.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from adv_domain.rules.stock.shipping import ShippingPolicy


class DatedLine(NamedTuple):
    """An open line with its dates, and when its goods are there.

    available_on is None where goods are missing that are not on their way; is_said
    tells that stock itself named the confirmed date.
    """

    order_id: int
    line_id: int
    line_no: int
    first_confirmed_on: date
    confirmed_on: date
    is_said: bool
    available_on: date | None
    shipping_policy: str


class Move(NamedTuple):
    """A confirmed date that moves."""

    line: DatedLine
    new_on: date


def moves(
    lines: Iterable[DatedLine], *, rolled: Callable[[int, date], date]
) -> list[Move]:
    """Return the dates that move; lines come order by order, rolled gives the delivery
    day of an order for a day on which its goods are there."""
    found: list[Move] = []
    for _, of_order in groupby(lines, key=lambda line: line.order_id):
        found.extend(_moves_of_order(list(of_order), rolled))
    return found


def _moves_of_order(
    lines: Sequence[DatedLine], rolled: Callable[[int, date], date]
) -> Iterator[Move]:
    days = [_day_of(line, rolled) for line in lines]
    if lines[0].shipping_policy == ShippingPolicy.COMPLETE:
        days = [max(days)] * len(lines)
    for line, day in zip(lines, days, strict=True):
        if day != line.confirmed_on and not line.is_said:
            yield Move(line, day)


def _day_of(line: DatedLine, rolled: Callable[[int, date], date]) -> date:
    if line.is_said or line.available_on is None:
        return line.confirmed_on
    if line.available_on <= line.first_confirmed_on:
        return line.first_confirmed_on
    return rolled(line.order_id, line.available_on)
