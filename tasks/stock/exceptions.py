"""What becomes of a line that stock gave up: is it asked for anew or ignored?

Each choice has a name and a reason and leaves an event; the question that the
delivery step had opened is closed with it.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sqlalchemy import Connection

from adv_domain.calendars import public_holidays
from adv_domain.rules.calendar_rules import weekdays_of
from adv_domain.rules.orders.delivery_days import (
    ANY_WORKING_DAY,
    DeliveryCalendar,
    delivery_day_from,
)
from adv_domain.rules.orders.states import OrderState
from adv_domain.rules.stock.fulfilment import (
    LineFacts,
    asked_anew,
    ignored_rest,
    states_after,
)
from adv_domain.rules.stock.handoff import HandoffLine, HandoffOrder
from adv_domain.store.engine import writing
from adv_domain.store.orders.heads import find_orders
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.stock.feedback import (
    OrderAtStock,
    close_questions,
    open_questions,
    orders_named,
    write_lines,
    write_order_states,
)
from adv_domain.store.stock.order_for_stock import read_orders_to_hand_off
from tasks.resources import now, resources
from tasks.stock.feedback_ledger import GIVEN_UP_QUESTION
from tasks.stock.next_versions import tell_next_versions


class Choice(StrEnum):
    """What a person may choose for the rest of a line."""

    RECREATE = "recreate"
    IGNORE = "ignore"


CHOICES = {"recreate": Choice.RECREATE, "ignore": Choice.IGNORE, "drop": Choice.IGNORE}
"""The words for them: to ignore the rest of a line is to drop it."""


_TOLD = {
    Choice.RECREATE: "asked of stock anew",
    Choice.IGNORE: "what stock gave up is dropped",
}


def choice_of(word: str) -> Choice:
    """Return the choice that the word stands for; raises KeyError."""
    return CHOICES[word]


class NoException(ValueError):
    """There is no such line, or stock did not give it up."""

    def __init__(self, *, name: str, line_no: int) -> None:
        super().__init__(
            f"line {line_no} of order {name} is none that stock gave up; "
            "adv order shows its lines"
        )
        self.name = name
        self.line_no = line_no


@dataclass(frozen=True, slots=True)
class Resolved:
    """What became of the line and of its order."""

    order_no: str
    line_no: int
    line_state: str
    order_state: str


def resolve_exception(
    *, name: str, line_no: int, choice: Choice, by: str, reason: str, on: date
) -> Resolved:
    """Ask stock anew for the rest of a line, or give it up.

    name is our order number or the customer's reference. Raises NoException.
    """
    with writing(resources().engine) as connection:
        order = _order(connection, name, line_no)
        line = order.lines[line_no]
        story = f"line {line_no}: {_TOLD[choice]}: {reason}"
        happening = Happening("order", order.order_id, choice, by, reason=story)
        happenings = [happening]
        if choice is Choice.RECREATE:
            after = asked_anew(line)
            write_lines(connection, [after])
            _tell_stock(connection, order, line_no=line_no, on=on)
        else:
            after = ignored_rest(line, on=on)
            write_lines(connection, [after])
            happenings += _moved(connection, order, after, by, story)
        record_events(connection, happenings, business_date=on, now=now())
        if choice is Choice.IGNORE:
            # the wording of mails loads only where one is written
            from tasks.stock.cancellations import tell_cancelled

            tell_cancelled(connection, order.order_id, by=by, on=on)
        asked = open_questions(connection, [order.order_id], kind=GIVEN_UP_QUESTION)
        keys = asked.get(line.line_id, [])
        close_questions(connection, keys, by=by, result=story, at=now())
        return Resolved(order.order_no, line_no, after.state, order.state)


def _order(connection: Connection, name: str, line_no: int) -> OrderAtStock:
    numbers = [one.order_no for one in find_orders(connection, name)]
    found = orders_named(connection, order_nos=numbers, customer_refs=())
    given_up = [
        order
        for order in found
        if line_no in order.lines and order.lines[line_no].state == "exception"
    ]
    if len(given_up) != 1:
        raise NoException(name=name, line_no=line_no)
    return given_up[0]


def _tell_stock(
    connection: Connection, order: OrderAtStock, *, line_no: int, on: date
) -> None:
    """Queue the order's next version, with all that is open, for the handoff step.

    The line is asked for on a day that is still to come.
    """
    [known] = read_orders_to_hand_off(connection, [order.order_id])
    lines = [
        _wanted_from(on, line, known.order) if line.line_no == line_no else line
        for line in known.order.lines
    ]
    wanted = replace(known.order, lines=lines)
    tell_next_versions(connection, {order.order_id: wanted}, on=on)


def _wanted_from(on: date, line: HandoffLine, order: HandoffOrder) -> HandoffLine:
    """Ask for a line whose day has passed on the next one of a delivery."""
    wanted = line.requested_on or order.requested_on
    if wanted is None or wanted >= on:
        return line
    company, weekdays = resources().policy.company, order.carriage.weekdays
    calendar = DeliveryCalendar(
        weekdays_of(weekdays) if weekdays else ANY_WORKING_DAY,
        public_holidays(company.country, company.region, on.year, on.year + 1),
    )
    return line._replace(requested_on=delivery_day_from(on, calendar))


def _moved(
    connection: Connection, order: OrderAtStock, line: LineFacts, by: str, story: str
) -> list[Happening]:
    """Move the order on where nothing of it is open any more."""
    order.lines[line.line_no] = line
    lines = list(order.lines.values())
    happenings = []
    for state in states_after(state=OrderState(order.state), lines=lines):
        happenings.append(
            Happening("order", order.order_id, state, by, order.state, state, story)
        )
        order.state = state
    write_order_states(connection, [order])
    return happenings
