"""Which lines are due soon and have no goods in time?"""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple


class WaitingLine(NamedTuple):
    """An open line that the goods in stock do not do for.

    qty is what is open of it, qty_waiting what of that is not in stock for it.
    available_on is the day on which all of it can leave, None where goods are missing
    that are not even on their way; receipt_ref is the receipt that completes it.
    """

    order_id: int
    order_no: str
    customer_id: int
    customer_code: str
    customer_name: str
    line_id: int
    line_no: int
    product_code: str
    qty: Decimal
    qty_waiting: Decimal
    first_confirmed_on: date | None
    confirmed_on: date | None
    is_said: bool
    available_on: date | None
    receipt_ref: str | None
    expected_on: date | None
    waits_since: date


def due_until(on: date, *, days: int) -> date:
    """Return the last day that counts as soon."""
    return on + timedelta(days=days)


def is_at_risk(line: WaitingLine, *, on: date, days: int) -> bool:
    """Tell whether the line is due within so many days, or was due, and its goods come
    later than its confirmed date, or are not even on their way."""
    if line.confirmed_on is None or line.confirmed_on > due_until(on, days=days):
        return False
    return line.available_on is None or line.available_on > line.confirmed_on


def lines_at_risk(
    lines: Iterable[WaitingLine], *, on: date, days: int
) -> list[WaitingLine]:
    """Return the lines at risk, in the order of the lines."""
    return [line for line in lines if is_at_risk(line, on=on, days=days)]
