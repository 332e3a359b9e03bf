"""Which delays does a customer hear of, and which silences need a person?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class OpenLine:
    """An order line with something open, and what the customer was told of it.

    told_on is the latest date of a delay notice, None where there was none.
    threshold_days comes from the customer or, without one of his, the policy.
    """

    line_id: int
    qty_open: Decimal
    first_confirmed_on: date | None
    confirmed_on: date | None
    told_on: date | None
    threshold_days: int

    @property
    def known_on(self) -> date | None:
        """The date that the customer last knew.

        What he was told before he wanted it later himself is no measure any more.
        """
        known = [day for day in (self.told_on, self.first_confirmed_on) if day]
        return max(known, default=None)


@dataclass(frozen=True, slots=True)
class Delay:
    """A slip worth a notice: the date that he knew, the new one, days between."""

    line_id: int
    old_on: date
    new_on: date
    days_late: int


def delay_of(line: OpenLine) -> Delay | None:
    """Decide whether the customer is told that a line comes later.

    Only a slip of more than threshold_days beyond the date that he last knew is
    told: a recovery is not, nor the same date twice (features 24 and 25).
    """
    if line.known_on is None or line.confirmed_on is None or line.qty_open <= 0:
        return None
    slip = (line.confirmed_on - line.known_on).days
    if slip <= line.threshold_days:
        return None
    return Delay(line.line_id, line.known_on, line.confirmed_on, slip)


def delays(lines: Iterable[OpenLine]) -> list[Delay]:
    """Return the delays to tell, in the order of the lines."""
    found = (delay_of(line) for line in lines)
    return [delay for delay in found if delay is not None]


def silent_lines(lines: Sequence[OpenLine], *, on: date) -> list[OpenLine]:
    """Return the lines whose confirmed day passed without shipment or new date.

    Nobody knows a new date, so that no mail can tell one: a person asks stock.
    The day itself is not yet over on the business date.
    """
    return [
        line
        for line in lines
        if line.qty_open > 0
        and line.confirmed_on is not None
        and line.confirmed_on < on
        and (on - line.confirmed_on).days > line.threshold_days
    ]
