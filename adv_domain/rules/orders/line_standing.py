"""Where is a line of an order, when does it come, and how late is that?

The words are for the person who has the customer on the phone.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from adv_domain.rules.money import ZERO
from adv_domain.rules.orders.states import OrderState
from adv_domain.rules.plain_numbers import plain_number

_NOT_ACCEPTED = (OrderState.RECEIVED, OrderState.HELD)
_ENDED = (OrderState.REJECTED, OrderState.CANCELLED)


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What a line's standing hangs on; state is the line's, qty_given_up what stock
    gave up of it and nobody has decided on yet; is_refused: stock did not take the
    order; awaits_payment: it is told of the order once that is paid; waits_for names
    the other lines that one of an order that ships complete waits for.
    """

    order_state: OrderState
    state: str
    qty: Decimal
    qty_shipped: Decimal = ZERO
    qty_cancelled: Decimal = ZERO
    qty_returned: Decimal = ZERO
    qty_over: Decimal = ZERO
    qty_given_up: Decimal = ZERO
    first_confirmed_on: date | None = None
    confirmed_on: date | None = None
    last_shipped_on: date | None = None
    is_refused: bool = False
    awaits_payment: bool = False
    waits_for: str = ""

    @property
    def qty_open(self) -> Decimal:
        return self.qty - self.qty_shipped - self.qty_cancelled

    @property
    def qty_to_come(self) -> Decimal:
        """What is open and was not given up; a line given up whole names no part."""
        return self.qty_open - (self.qty_given_up or self.qty_open)


@dataclass(frozen=True, slots=True)
class LineStanding:
    """Where the line is and when it comes, in words; days_late against the date first
    confirmed, 0 in time, None while there is no date. is_silent: its day has passed
    and stock has said nothing.
    """

    where: str
    comes: str
    days_late: int | None
    is_silent: bool = False


def line_standing(line: LineFacts, *, on: date) -> LineStanding:
    """Say where the line is on the day."""
    if line.order_state in _ENDED:
        left = f": {_ended(line)}" if line.qty_shipped else ""
        return LineStanding(f"the order is {line.order_state}{left}", "", None)
    if line.qty_open <= 0 or line.state == "cancelled":
        late = _days(line.first_confirmed_on, line.last_shipped_on)
        return LineStanding(_ended(line), "", late)
    is_passed = line.confirmed_on is not None and line.confirmed_on < on
    late = _days(line.first_confirmed_on, on if is_passed else line.confirmed_on)
    if line.state != "exception":
        is_silent = is_passed and not (line.is_refused or line.awaits_payment)
        comes = _comes(line, is_passed=is_passed)
        return LineStanding(_under_way(line), comes, late, is_silent)
    if line.qty_to_come <= 0:
        return LineStanding(_given_up(line), "no date until then", None)
    where = f"{_under_way(line)}, of which {_given_up(line)}"
    rest = f"the other {plain_number(line.qty_to_come)}"
    comes = f"{line.confirmed_on} has passed" if is_passed else _comes(line)
    return LineStanding(where, f"{rest}: {comes}", late)


def _days(promised_on: date | None, on: date | None) -> int | None:
    if promised_on is None or on is None:
        return None
    return max(0, (on - promised_on).days)


def _ended(line: LineFacts) -> str:
    if not line.qty_shipped:
        return "cancelled, nothing was shipped"
    parts = [
        f"{plain_number(line.qty_shipped)} shipped, the last on {line.last_shipped_on}"
    ]
    if line.qty_cancelled:
        parts.append(f"{plain_number(line.qty_cancelled)} cancelled")
    return ", ".join([*parts, *_beside(line)])


def _beside(line: LineFacts) -> list[str]:
    """Tell what came back, and what left beyond what was ordered."""
    parts = []
    if line.qty_over:
        parts.append(f"{plain_number(line.qty_over)} beyond the order")
    if line.qty_returned:
        parts.append(f"{plain_number(line.qty_returned)} came back")
    return parts


def _under_way(line: LineFacts) -> str:
    left = plain_number(line.qty_open)
    if line.order_state in _NOT_ACCEPTED:
        return f"{left} not accepted yet"
    parts = []
    if line.qty_shipped:
        parts.append(
            f"{plain_number(line.qty_shipped)} shipped on {line.last_shipped_on}"
        )
    parts.append(f"{left} open")
    if line.qty_cancelled:
        parts.append(f"{plain_number(line.qty_cancelled)} cancelled")
    return ", ".join([*parts, *_beside(line)])


def _given_up(line: LineFacts) -> str:
    gone = plain_number(line.qty_given_up or line.qty_open)
    return f"stock gave up {gone}: a person decides (adv stock resolve)"


def _comes(line: LineFacts, *, is_passed: bool = False) -> str:
    if line.awaits_payment:
        return "waits for the customer's payment"
    day = _day_said(line, is_passed=is_passed)
    if not line.waits_for:
        return day
    return f"{day}; the order ships complete and waits for {line.waits_for}"


def _day_said(line: LineFacts, *, is_passed: bool) -> str:
    if line.confirmed_on is None:
        return "no date confirmed yet"
    if is_passed and line.is_refused:
        return f"{line.confirmed_on} has passed and stock does not have the order"
    if is_passed:
        return f"{line.confirmed_on} has passed and stock has said nothing"
    return f"{'ready' if line.waits_for else 'comes'} {line.confirmed_on}"
