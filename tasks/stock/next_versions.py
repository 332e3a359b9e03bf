"""How does stock learn that an order which it knows is otherwise now?

A change message says the order as it stands, with all that is still to be shipped, in
its next version.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from adv_domain.rules.stock.handoff import HandoffOrder, MessageKind
from adv_domain.store.stock.handoff import next_versions, queue_messages, write_versions
from tasks.stock.messages import new_message


def tell_next_versions(
    connection: Connection,
    orders: Mapping[int, HandoffOrder],
    *,
    on: date,
    kind: MessageKind = MessageKind.CHANGE,
) -> None:
    """Queue the next version of each order, by id, for the handoff step to send."""
    versions = next_versions(connection, list(orders))
    messages = [
        new_message(order_id, replace(order, version=versions[order_id], kind=kind))
        for order_id, order in orders.items()
    ]
    queue_messages(connection, messages, decided_on=on)
    write_versions(connection, versions)
