"""What does the person on the phone say about an order: line by line, in one look?"""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from adv_domain.rules.money import ZERO, plain_amount, rounded_to_minor
from adv_domain.rules.orders.line_standing import (
    LineFacts,
    LineStanding,
    line_standing,
)
from adv_domain.rules.orders.states import OrderState
from adv_domain.rules.stock.shipping import waited_for
from adv_domain.store.orders.telling import ToldMail
from adv_domain.store.orders.view import OrderRecord
from tasks.advances.milestone_plans import PlanLine, Waits
from tasks.resources import resources

_AWAITED_NAMED = 3
_CUSTOMER = "the customer"
_NOT_UNDER_WAY = (OrderState.RECEIVED, OrderState.HELD)
_OPEN_CHANGES = ("proposed", "held", "waiting_stock")


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """A line with its standing; cause and note are of the last time its date moved,
    explanation is what the date hangs on.
    """

    row: Any
    standing: LineStanding
    cause: str
    note: str
    explanation: str


@dataclass(frozen=True, slots=True)
class Told:
    """A mail to the customer about the order, and what it said of which line."""

    kind: str
    to_address: str
    state: str
    day: date
    sent_at: datetime | None
    line_dates: Sequence[tuple[int, date | None]]
    outbox_key: str


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice or credit note of the order, and how it stands."""

    invoice_no: str
    kind: str
    issued_on: date
    currency: str
    gross: Decimal
    open: Decimal
    due_on: date | None
    settled_on: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class Act:
    """What someone must do before the order goes on."""

    team: str
    what: str
    since: date | None


@dataclass(frozen=True, slots=True)
class PhoneAnswer:
    """The order's lines, what its customer was told, its money, who must act, and by
    which milestones it is invoiced."""

    lines: Sequence[LineAnswer]
    told: Sequence[Told]
    bills: Sequence[Bill]
    acts: Sequence[Act]
    plan: Sequence[PlanLine] = ()

    @property
    def invoiced(self) -> Decimal:
        return sum((one.gross for one in self.bills), ZERO)

    @property
    def unpaid(self) -> Decimal:
        return sum((one.open for one in self.bills), ZERO)


def phone_answer(
    record: OrderRecord,
    *,
    on: date,
    explanations: Mapping[int, str] | None = None,
    plan: Sequence[PlanLine] = (),
) -> PhoneAnswer:
    """Answer for the order as of the day; explanations are by line id, plan are its
    milestones."""
    said = explanations or {}
    awaited = _awaited(record)
    lines = tuple(
        LineAnswer(
            row=row,
            standing=_standing(record, row, on=on, awaited=awaited),
            explanation=said.get(row.id, ""),
            **_last_move(record, row),
        )
        for row in record.lines
    )
    return PhoneAnswer(
        lines=lines,
        told=tuple(_told(record)),
        bills=tuple(_bills(record)),
        acts=(
            *_opened_acts(record),
            *_paying_acts(record),
            *_milestone_acts(record, plan),
            *_silent_acts(record, lines),
        ),
        plan=plan,
    )


def _awaited(record: OrderRecord) -> dict[int, str]:
    """Name, by number, the lines that the others of the order wait for."""
    days = {row.line_no: _day(row) for row in record.lines if _is_open(row)}
    found = waited_for(days, policy=record.head.shipping_policy)
    return {no: f"line {no} ({days[no] or 'no date yet'})" for no in found}


def _is_open(row: Any) -> bool:
    rest: Decimal = row.qty - row.qty_shipped - row.qty_cancelled
    return row.state != "cancelled" and rest > 0


def _day(row: Any) -> date | None:
    """Return the day on which the whole line is there, None where nobody knows it."""
    return None if row.state == "exception" else row.confirmed_on


def _last_move(record: OrderRecord, row: Any) -> dict[str, str]:
    moves = [one for one in record.date_changes if one.order_line_id == row.id]
    if not moves:
        return {"cause": "", "note": ""}
    return {"cause": moves[-1].cause, "note": moves[-1].note or ""}


def _standing(
    record: OrderRecord, row: Any, *, on: date, awaited: Mapping[int, str]
) -> LineStanding:
    state = OrderState(record.head.state)
    return line_standing(
        LineFacts(
            order_state=state,
            state=row.state,
            qty=row.qty,
            qty_shipped=row.qty_shipped,
            qty_cancelled=row.qty_cancelled,
            qty_returned=row.qty_returned,
            qty_over=row.qty_over,
            qty_given_up=row.qty_given_up,
            first_confirmed_on=row.first_confirmed_on,
            confirmed_on=row.confirmed_on,
            last_shipped_on=row.last_shipped_on,
            is_refused=_is_refused(record),
            awaits_payment=state is OrderState.ACCEPTED
            and bool(record.head.awaits_money),
            waits_for="" if row.line_no in awaited else _few(list(awaited.values())),
        ),
        on=on,
    )


def _few(names: Sequence[str]) -> str:
    left = len(names) - _AWAITED_NAMED
    named = ", ".join(names[:_AWAITED_NAMED])
    return f"{named} and {left} more" if left > 0 else named


def _is_refused(record: OrderRecord) -> bool:
    """Tell whether stock does not have the order: it took no message about it."""
    states = {one.state for one in record.messages}
    return "failed" in states and states.isdisjoint({"sent", "acknowledged"})


def _told(record: OrderRecord) -> Iterator[Told]:
    """Return all mails, each once, in the order of their days."""
    mails: dict[str, Any] = {one.outbox_key: one for one in record.mails}
    mails |= {one.outbox_key: one for one in record.told_mails}
    for one in sorted(mails.values(), key=lambda mail: mail.business_date):
        yield Told(
            kind=one.kind,
            to_address=one.to_address,
            state=one.state,
            day=one.business_date,
            sent_at=one.sent_at,
            line_dates=one.line_dates if isinstance(one, ToldMail) else (),
            outbox_key=one.outbox_key,
        )


def _bills(record: OrderRecord) -> Iterator[Bill]:
    for one in record.invoices:
        money = record.money.get(one.id)
        yield Bill(
            invoice_no=one.invoice_no,
            kind=one.kind,
            issued_on=one.issued_on,
            currency=one.currency,
            gross=rounded_to_minor(one.gross, one.currency),
            open=rounded_to_minor(money.open if money else ZERO, one.currency),
            due_on=money.due_on if money else None,
            settled_on=money.settled_on if money and not money.open else None,
            reason=one.reason or "",
        )


def _opened_acts(record: OrderRecord) -> Iterator[Act]:
    """Name who must act: on holds, changes, tasks, and what steps set aside."""
    for hold in record.holds:
        if hold.closed_at is None:
            yield Act(hold.team, "answer the held order", hold.opened_on)
    for one in record.amendments:
        if one.head.state in _OPEN_CHANGES:
            team = one.head.held_for or "stock"
            what = f"answer the customer's {one.head.kind} {one.head.id}"
            yield Act(team, what, one.head.received_on)
    for task in record.tasks:
        yield Act(task.team, f"{task.text} ({task.task_key})", task.opened_on)
    for failed in record.failures:
        yield Act(failed.owner, f"{failed.step} set it aside: {failed.message}", None)


def _paying_acts(record: OrderRecord) -> Iterator[Act]:
    """Name who must pay, ask, or say that an order is paid that stock waits for."""
    if record.head.state != OrderState.ACCEPTED or not record.head.awaits_money:
        return
    asked = [
        one
        for one in (record.advances.requests if record.advances else ())
        if one.state == "open"
    ]
    for one in asked:
        left = plain_amount(one.amount - one.received, one.currency)
        what = f"pay {left} {one.currency} asked in advance ({one.reference})"
        yield Act(_CUSTOMER, f"{what}, due {one.due_on}", one.asked_on)
    if asked:
        return
    if record.head.wants_advance:
        yield Act("the next handoff run", "ask the customer for his payment", None)
        return
    # milestones ask for it, or a person's word lets nobody ask
    team = resources().policy.owner_of_step("payments")
    paid = f"adv stock paid {record.head.order_no} --by NAME --reason WHY"
    yield Act(team, f"say when it is paid, nobody asks for it: {paid}", None)


def _milestone_acts(record: OrderRecord, plan: Sequence[PlanLine]) -> Iterator[Act]:
    """Name who says that a milestone was reached; before that it is not invoiced."""
    if record.head.state in _NOT_UNDER_WAY:
        return
    for one in plan:
        if one.waits_for is Waits.PERSON:
            name = shlex.quote(one.name)
            how = f"adv milestones {record.head.order_no} --reached {name}"
            yield Act(
                resources().policy.owner_of_step("invoicing"),
                f"say when {one.name} is reached: {how} --by NAME --reason WHY",
                None,
            )


def _silent_acts(record: OrderRecord, lines: Sequence[LineAnswer]) -> Iterator[Act]:
    """Name stock for lines whose day has passed, where no task asks it already."""
    asked = {one.entity_id for one in record.tasks if one.entity == "order_line"}
    for line in lines:
        if line.standing.is_silent and line.row.id not in asked:
            number, day = line.row.line_no, line.row.confirmed_on
            yield Act("stock", f"tell a new date of line {number}, {day} passed", day)
