"""Which confirmed dates move because goods come later, or again in time?

The first confirmed date never moves, and no date comes to lie before it. What stock
said of a line is stock's word: until its day has passed it stands whatever the goods
say, and the line is at risk instead. A date that comes forward again never comes to
lie before the day on which goods can still be delivered. A line whose goods are not
even on their way keeps its date: nobody knows a better one. An order that ships
complete has one date, its latest.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import NamedTuple

from adv_domain.rules.stock.shipping import ShippingPolicy


class DatedLine(NamedTuple):
    """An open line with its dates, and when its goods are there.

    available_on is None where goods are missing that are not on their way; is_said
    tells that stock itself named the confirmed date; lead_days are the product's, 0
    where it has none of its own.
    """

    order_id: int
    line_id: int
    line_no: int
    first_confirmed_on: date
    confirmed_on: date
    is_said: bool
    available_on: date | None
    shipping_policy: str
    lead_days: int


class Move(NamedTuple):
    """A confirmed date that moves."""

    line: DatedLine
    new_on: date


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The business date, the delivery day of an order for a day on which its goods
    are there, and the first day on which a line can be delivered now."""

    on: date
    rolled: Callable[[int, date], date]
    soonest: Callable[[DatedLine], date]


def moves(lines: Iterable[DatedLine], reckoning: Reckoning) -> list[Move]:
    """Return the dates that move; lines come order by order."""
    found: list[Move] = []
    for _, of_order in groupby(lines, key=lambda line: line.order_id):
        found.extend(_moves_of_order(list(of_order), reckoning))
    return found


def _moves_of_order(lines: Sequence[DatedLine], reckoning: Reckoning) -> Iterator[Move]:
    days = [_day_of(line, reckoning) for line in lines]
    if lines[0].shipping_policy == ShippingPolicy.COMPLETE:
        days = [max(days)] * len(lines)
    for line, day in zip(lines, days, strict=True):
        if day != line.confirmed_on and not _stands(line, reckoning.on):
            yield Move(line, day)


def _stands(line: DatedLine, on: date) -> bool:
    return line.is_said and line.confirmed_on >= on


def _day_of(line: DatedLine, reckoning: Reckoning) -> date:
    if line.available_on is None or _stands(line, reckoning.on):
        return line.confirmed_on
    day = line.first_confirmed_on
    if line.available_on > day:
        day = reckoning.rolled(line.order_id, line.available_on)
    if day >= line.confirmed_on:
        return day
    return min(line.confirmed_on, max(day, reckoning.soonest(line)))
