"""The handoff step: how does stock learn of accepted orders, each once?

Deciding and doing are apart: a message row is written together with the order's new
state; it leaves after that commit (tasks/stock/sending.py) and is then confirmed. What
leaves twice by a crash in between has the same key and content.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from adv_domain.rules.orders.states import OrderState, next_state
from adv_domain.store.advances.payment_requests_told import untold
from adv_domain.store.engine import reading
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.stock.handoff import NewMessage, queue_messages
from adv_domain.store.stock.order_for_stock import ToHandOff, read_orders_to_hand_off
from adv_domain.store.stock.to_hand_off import (
    count_awaiting_payment,
    orders_to_announce,
    orders_to_hand_off,
    orders_to_withdraw,
    write_told,
)
from tasks.advances.advances_overdue import overdue_advances_told
from tasks.advances.payment_requests import payment_requests_made
from tasks.batches import BatchResult, Claimed, decided, work_through
from tasks.resources import now, resources
from tasks.step import Call, Outcome, RunRef, StepFlow, step
from tasks.stock.acknowledging import wms_answers_heard
from tasks.stock.messages import order_message, pending_message, withdrawal
from tasks.stock.sending import messages_sent
from tasks.stock.silence import news_heard, silence_told


@dataclass(frozen=True, slots=True)
class _Telling:
    """One reason to tell stock of orders: which, what, and what it leaves behind.

    to_state is where the order goes with it; None: it stays as it is.
    """

    claim: Callable[..., Sequence[tuple[int, str]]]
    message: Callable[[ToHandOff], NewMessage]
    what: str
    counted_as: str
    to_state: OrderState | None = None
    is_pending: bool = False


_ACCEPTED = _Telling(
    claim=orders_to_hand_off,
    message=order_message,
    what="handed_off",
    counted_as="handed off",
    to_state=OrderState.HANDED_OFF,
)
_HELD = _Telling(
    claim=orders_to_announce,
    message=pending_message,
    what="pending_told",
    counted_as="pending told",
    is_pending=True,
)
_GIVEN_UP = _Telling(
    claim=orders_to_withdraw,
    message=withdrawal,
    what="pending_withdrawn",
    counted_as="pending withdrawn",
)


@step(name="hand off orders", retries=3, run_name="hand off {run.on}")
def hand_off(run: RunRef) -> Outcome:
    """Tell stock of each accepted order; key: order and version.

    One body for all parts: the calls of a plan may run side by side, and a message
    must not be looked for before it is decided.
    """
    outcome = wms_answers_heard(run) + news_heard(run)
    outcome = outcome + payment_requests_made(run) + _requests_told(run)
    outcome = outcome + overdue_advances_told(run)
    for telling in _tellings():
        outcome = outcome + work_through(
            run, claim=partial(_claim, telling), handle=partial(_handle, run, telling)
        )
    with reading(resources().engine) as connection:
        unpaid = count_awaiting_payment(connection)
    waiting = Outcome(skipped={"awaiting payment": unpaid} if unpaid else {})
    return outcome + waiting + messages_sent(run) + silence_told(run)


def _requests_told(run: RunRef) -> Outcome:
    """Tell customers what is asked of them; most runs have nobody to tell."""
    with reading(resources().engine) as connection:
        if not untold(connection, after=None, limit=1):
            return Outcome()
    # drawing and formatting: wanted where money is asked for, not when steps are loaded
    from tasks.advances.payment_requests_told import payment_requests_told

    return payment_requests_told(run)


def _tellings() -> list[_Telling]:
    """Return what stock is told of; what it plans for can always be withdrawn."""
    policy = resources().policy.handoff
    return [_ACCEPTED, *([_HELD] if policy.pending_demand else []), _GIVEN_UP]


def _claim(
    telling: _Telling, connection: Connection, *, after: int | None, limit: int
) -> Sequence[Claimed]:
    found = telling.claim(connection, after=after, limit=limit)
    return [Claimed(key=order_id, name=order_no) for order_id, order_no in found]


def _handle(
    run: RunRef, telling: _Telling, connection: Connection, claimed: Sequence[Claimed]
) -> BatchResult:
    result = BatchResult()
    orders = read_orders_to_hand_off(connection, [one.key for one in claimed])
    pairs = decided(
        orders,
        telling.message,
        name_of=lambda one: one.order.order_no,
        result=result,
    )
    queue_messages(connection, [message for _, message in pairs], decided_on=run.on)
    write_told(
        connection,
        {message.order_id: message.version for _, message in pairs},
        known={found.order_id: found.order.version for found, _ in pairs},
        state=telling.to_state,
        is_pending=telling.is_pending,
    )
    record_events(
        connection,
        [_happening(run, telling, message) for _, message in pairs],
        business_date=run.on,
        now=now(),
        run_id=run.run_id,
    )
    result.done[telling.counted_as] += len(pairs)
    return result


def _happening(run: RunRef, telling: _Telling, message: NewMessage) -> Happening:
    moved = telling.to_state is not None
    return Happening(
        entity="order",
        entity_id=message.order_id,
        what=telling.what,
        actor=run.actor,
        from_state=OrderState.ACCEPTED if moved else None,
        to_state=next_state(OrderState.ACCEPTED, telling.to_state)
        if telling.to_state
        else None,
        reason=f"message {message.message_key} to stock",
    )


HANDOFF = StepFlow(name="handoff", plan=lambda run: [Call(hand_off, {"run": run})])
