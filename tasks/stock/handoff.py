"""How does stock learn of accepted orders, each once?

Deciding and doing are apart: a message row is written together with the order's new
state; its file is written after that commit and then confirmed. A file written twice
by a crash in between has the same name, key and content.
"""

from collections.abc import Sequence
from functools import partial
from urllib.parse import quote

from sqlalchemy import Connection

from adv_domain.files.outbox_folder import write_files
from adv_domain.rules.orders.states import OrderState, next_state
from adv_domain.rules.stock.handoff import HandoffOrder, handoff_message
from adv_domain.store.engine import reading, writing
from adv_domain.store.leases import keep_lease
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.stock.handoff import (
    NewMessage,
    QueuedMessage,
    ToHandOff,
    confirm_messages,
    count_awaiting_payment,
    orders_to_hand_off,
    queued_messages,
    read_orders_to_hand_off,
    write_messages,
)
from tasks.batches import BatchResult, Claimed, decided, work_through
from tasks.progress import report
from tasks.resources import now, resources
from tasks.step import Call, Outcome, RunRef, StepFlow, step

OUTBOX = "outbox/stock"


class NothingToShip(ValueError):
    """An accepted order has no line with anything open."""

    def __init__(self, order_no: str) -> None:
        super().__init__(f"order {order_no} has nothing to ship: cancel or close it")
        self.order_no = order_no


@step(name="hand off orders", retries=3, run_name="hand off {run.on}")
def hand_off(run: RunRef) -> Outcome:
    """Tell stock of each accepted order; key: order and version.

    One body for both halves: the calls of a plan may run side by side, and a file
    must not be looked for before its message is decided.
    """
    outcome = work_through(run, claim=_claim, handle=partial(_handle, run))
    with reading(resources().engine) as connection:
        unpaid = count_awaiting_payment(connection)
    waiting = Outcome(skipped={"awaiting payment": unpaid} if unpaid else {})
    return outcome + waiting + _files_sent(run)


def _files_sent(run: RunRef) -> Outcome:
    """Write the file of each queued message; the same file whenever repeated.

    A disk fault ends the run with its cause; what is not confirmed stays queued.
    """
    outcome, after = Outcome(), 0
    while messages := _queued_after(after):
        after = messages[-1].message_id
        outcome = outcome + _send(run, messages)
        report(stage=run.step, event="batch", done=len(messages))
    return outcome


def _claim(
    connection: Connection, *, after: int | None, limit: int
) -> Sequence[Claimed]:
    found = orders_to_hand_off(connection, after=after, limit=limit)
    return [Claimed(key=order_id, name=order_no) for order_id, order_no in found]


def _handle(
    run: RunRef, connection: Connection, claimed: Sequence[Claimed]
) -> BatchResult:
    result = BatchResult()
    orders = read_orders_to_hand_off(connection, [one.key for one in claimed])
    pairs = decided(
        orders, _message, name_of=lambda one: one.order.order_no, result=result
    )
    messages = [message for _, message in pairs]
    write_messages(connection, messages, decided_on=run.on)
    happenings = [
        Happening(
            entity="order",
            entity_id=message.order_id,
            what="handed_off",
            actor=run.actor,
            from_state=OrderState.ACCEPTED,
            to_state=next_state(OrderState.ACCEPTED, OrderState.HANDED_OFF),
            reason=f"message {message.message_key} to stock",
        )
        for message in messages
    ]
    record_events(
        connection, happenings, business_date=run.on, now=now(), run_id=run.run_id
    )
    result.done["handed off"] += len(messages)
    return result


def _message(found: ToHandOff) -> NewMessage:
    if not found.order.lines:
        raise NothingToShip(found.order.order_no)
    return new_message(found.order_id, found.order)


def new_message(order_id: int, order: HandoffOrder) -> NewMessage:
    """Make the message of an order version and name its file after them.

    No order number leads out of the folder.
    """
    payload = handoff_message(order)
    return NewMessage(
        order_id=order_id,
        version=order.version,
        kind=order.kind,
        message_key=payload["message_id"],
        payload=payload,
        file_name=f"{quote(order.order_no, safe='')}-v{order.version}.json",
    )


def _queued_after(after: int) -> list[QueuedMessage]:
    known = resources()
    with reading(known.engine) as connection:
        return queued_messages(connection, after=after, limit=known.settings.batch_size)


def _send(run: RunRef, messages: Sequence[QueuedMessage]) -> Outcome:
    known = resources()
    contents = {one.file_name: f"{one.text}\n".encode() for one in messages}
    write_files(known.settings.home / OUTBOX, contents)
    with writing(known.engine) as connection:
        keep_lease(connection, run.lease, now=now())
        confirm_messages(connection, [one.message_id for one in messages], now=now())
    return Outcome(done={"files written": len(messages)})


HANDOFF = StepFlow(name="handoff", plan=lambda run: [Call(hand_off, {"run": run})])
