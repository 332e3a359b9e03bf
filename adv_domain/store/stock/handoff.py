"""What is stock to be told, in which version of each order?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from adv_domain.store.bulk_update import update_rows
from adv_domain.store.columns import JsonReady
from adv_domain.store.rows import among, insert_rows, take_ids
from adv_domain.store.tables import handoff_message, sales_order


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message decided for an order version, and the file it leaves in."""

    order_id: int
    version: int
    kind: str
    message_key: str
    payload: JsonReady
    file_name: str


def queue_messages(
    connection: Connection, messages: Sequence[NewMessage], *, decided_on: date
) -> list[int]:
    """Queue the messages, leave their orders as they are; return the messages' ids."""
    ids = list(take_ids(connection, handoff_message, len(messages)))
    insert_rows(
        connection,
        handoff_message,
        [
            {
                "id": message_id,
                "order_id": one.order_id,
                "version": one.version,
                "kind": one.kind,
                "message_key": one.message_key,
                "state": "queued",
                "payload": one.payload,
                "file_name": one.file_name,
                "decided_on": decided_on,
            }
            for message_id, one in zip(ids, messages, strict=True)
        ],
    )
    return ids


def next_versions(connection: Connection, order_ids: Collection[int]) -> dict[int, int]:
    """Return the version of the next message about each order.

    It lies beyond the order's own where stock was asked about a change and has not
    agreed, or did not.
    """
    told = func.max(handoff_message.c.version)
    rows = connection.execute(
        select(sales_order.c.id, sales_order.c.version, told)
        .outerjoin(handoff_message, handoff_message.c.order_id == sales_order.c.id)
        .where(among(connection, sales_order.c.id, order_ids))
        .group_by(sales_order.c.id, sales_order.c.version)
    )
    return {row[0]: max(row[1], row[2] or 0) + 1 for row in rows}


def write_versions(connection: Connection, versions: Mapping[int, int]) -> None:
    """Write the orders' new versions, by which stock tells its messages apart."""
    update_rows(connection, sales_order, ("version",), list(versions.items()))
