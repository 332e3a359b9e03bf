"""What do a change's quantities come to on a line that was partly shipped?"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from adv_domain.rules.money import ZERO


class LineQuantities(NamedTuple):
    """The quantities of an order line and its state: open, exception, cancelled;
    cancelled_on is the day of the last cancellation."""

    qty: Decimal
    qty_cancelled: Decimal
    state: str
    cancelled_on: date | None = None


def changed_quantities(
    line: LineQuantities, *, wanted: Decimal, shipped: Decimal, on: date
) -> LineQuantities:
    """Return the line once so much of it is wanted in all; zero gives up the rest.

    What was given up is cancelled, not forgotten; what is only less is ordered less.
    """
    if wanted == line.qty - line.qty_cancelled:
        return line
    if wanted == ZERO:
        state = "open" if shipped else "cancelled"
        return LineQuantities(line.qty, line.qty - shipped, state, on)
    state = "open" if line.state == "cancelled" else line.state
    return LineQuantities(wanted, ZERO, state)
