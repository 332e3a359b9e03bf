"""How is stock asked whether it can do otherwise, and told that it need not?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from adv_domain.store.orders.changeable import (
    ChangeableOrder,
    OrderWrites,
    write_changed_orders,
)
from adv_domain.store.stock.handoff import next_versions, queue_messages
from adv_domain.store.stock.order_for_stock import ToHandOff, read_orders_to_hand_off
from tasks.orders.amendments.applying import add_writes
from tasks.stock.messages import new_message
from tasks.stock.next_versions import tell_next_versions


@dataclass(frozen=True, slots=True)
class Question:
    """An order as it is and as it is to be, if stock agrees."""

    amendment_id: int
    before: ChangeableOrder
    after: ChangeableOrder
    is_cancel: bool

    @property
    def leaves_nothing(self) -> bool:
        """Tell whether nothing is left to be shipped: what is open is cancelled."""
        lines = self.after.standing.lines.values()
        return self.is_cancel or not any(
            line.terms.quantity > line.qty_shipped for line in lines
        )


@dataclass(frozen=True, slots=True)
class AskedWith:
    """The message that asks stock about a change."""

    message_id: int
    message_key: str
    version: int


def ask_stock(
    connection: Connection, questions: Sequence[Question], *, on: date
) -> dict[int, AskedWith]:
    """Queue a message of each order's next version; return them by amendment.

    A change says all that is to be shipped once it is done, a cancellation what is
    no longer wanted. The orders themselves stay as they are.
    """
    if not questions:
        return {}
    changes = [one for one in questions if not one.leaves_nothing]
    cancels = [one for one in questions if one.leaves_nothing]
    versions = next_versions(connection, [one.before.head.id for one in questions])
    told = _as_they_would_be(connection, changes)
    told |= _as_they_stand(connection, [one.before.head.id for one in cancels])
    messages = [
        new_message(
            one.before.head.id,
            replace(
                told[one.before.head.id].order,
                version=versions[one.before.head.id],
                kind="cancel" if one.leaves_nothing else "change",
                needs_answer=True,
            ),
        )
        for one in questions
    ]
    ids = queue_messages(connection, messages, decided_on=on)
    return {
        one.amendment_id: AskedWith(message_id, message.message_key, message.version)
        for one, message, message_id in zip(questions, messages, ids, strict=True)
    }


def tell_as_it_stands(connection: Connection, order_id: int, *, on: date) -> None:
    """Tell stock that an order stays as it is: what it was asked about is withdrawn."""
    known = _as_they_stand(connection, [order_id])[order_id].order
    if known.lines:
        tell_next_versions(connection, {order_id: known}, on=on)


def _as_they_stand(
    connection: Connection, order_ids: Collection[int]
) -> dict[int, ToHandOff]:
    if not order_ids:
        return {}
    found = read_orders_to_hand_off(connection, order_ids)
    return {one.order_id: one for one in found}


def _as_they_would_be(
    connection: Connection, changes: Sequence[Question]
) -> dict[int, ToHandOff]:
    """Write the changes, read what stock would be told, and undo them.

    So that a message says what an order says by one way only.
    """
    if not changes:
        return {}
    writes = OrderWrites()
    for one in changes:
        add_writes(writes, one.before, one.after)
    trial = connection.begin_nested()
    try:
        write_changed_orders(connection, writes)
        return _as_they_stand(connection, [one.before.head.id for one in changes])
    finally:
        trial.rollback()
