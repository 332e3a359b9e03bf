"""Which changes of orders wait, and what was decided on them?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, literal_column, select, union_all

from adv_domain.store.bulk_update import update_rows
from adv_domain.store.rows import among, insert_rows
from adv_domain.store.tables import (
    amendment,
    amendment_change,
    handoff_message,
    sales_order,
)

_UNDECIDED = ("proposed", "held")
_OVER = ("rejected", "cancelled", "fulfilled", "closed")
DECISION = (
    "state",
    "order_id",
    "held_for",
    "reason",
    "faults",
    "decided_on",
    "decided_by",
    "handoff_message_id",
    "version",
)


class OpenAmendment(NamedTuple):
    """A change that is not settled, as it stands; asked is the document's form."""

    id: int
    company_id: int
    customer_code: str
    customer_ref: str
    kind: str
    state: str
    order_id: int | None
    asked: Mapping[str, Any]
    received_at: datetime
    received_on: date
    held_for: str | None
    reason: str | None
    faults: Sequence[Mapping[str, Any]] | None
    decided_on: date | None
    decided_by: str | None
    handoff_message_id: int | None
    version: int | None


class UnansweredAmendment(NamedTuple):
    """A change that stock was asked about by a message of ours."""

    id: int
    order_no: str
    message_key: str


@dataclass(frozen=True, slots=True)
class AskedMessage:
    """A message of ours that stock answers, and the change it asked about, if any."""

    message_id: int
    message_key: str
    order_id: int
    version: int
    state: str
    amendment_id: int | None
    amendment_state: str | None


def claim_amendments(
    connection: Connection, *, after: int | None, limit: int
) -> list[tuple[int, str]]:
    """Return id and customer's reference of changes to decide on, by id.

    Those that stock was asked about are met only where their order has ended
    meanwhile.
    """
    parts = [_in_state(state, after, limit) for state in _UNDECIDED]
    parts.append(_overtaken(after, limit))
    whole = union_all(*(select(part.c.id, part.c.customer_ref) for part in parts))
    found = whole.subquery()
    rows = connection.execute(
        select(found.c.id, found.c.customer_ref).order_by(found.c.id).limit(limit)
    )
    return [(row.id, row.customer_ref) for row in rows]


def _in_state(state: str, after: int | None, limit: int) -> Any:
    """Select one state by the partial index, which needs the state as a literal."""
    return (
        select(amendment.c.id, amendment.c.customer_ref)
        .where(
            amendment.c.state == literal_column(f"'{state}'"),
            amendment.c.id > (after or 0),
        )
        .order_by(amendment.c.id)
        .limit(limit)
        .subquery(state)
    )


def _overtaken(after: int | None, limit: int) -> Any:
    return (
        select(amendment.c.id, amendment.c.customer_ref)
        .join(sales_order, sales_order.c.id == amendment.c.order_id)
        .where(
            amendment.c.state == literal_column("'waiting_stock'"),
            amendment.c.id > (after or 0),
            sales_order.c.state.in_(_OVER),
        )
        .order_by(amendment.c.id)
        .limit(limit)
        .subquery("overtaken")
    )


def read_amendments(
    connection: Connection, ids: Collection[int]
) -> list[OpenAmendment]:
    """Read changes and lock them, by id; those being decided are left out."""
    rows = connection.execute(
        select(*(amendment.c[name] for name in OpenAmendment._fields))
        .where(among(connection, amendment.c.id, ids))
        .order_by(amendment.c.id)
        .with_for_update(key_share=True, skip_locked=True)
    )
    return [OpenAmendment._make(row) for row in rows]


def write_decisions(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write rows of id and DECISION."""
    update_rows(connection, amendment, DECISION, rows)


def write_changes(
    connection: Connection,
    amendment_ids: Collection[int],
    rows: Sequence[Mapping[str, Any]],
) -> None:
    """Write old and new values as the decision found them; earlier ones are replaced,
    since the order may have moved meanwhile."""
    if not amendment_ids:
        return
    connection.execute(
        delete(amendment_change).where(
            among(connection, amendment_change.c.amendment_id, amendment_ids)
        )
    )
    insert_rows(connection, amendment_change, rows)


def messages_answered(
    connection: Connection, keys: Collection[str]
) -> dict[str, AskedMessage]:
    """Return our messages of these keys, and the change that each asked about."""
    rows = connection.execute(
        select(
            handoff_message.c.id,
            handoff_message.c.message_key,
            handoff_message.c.order_id,
            handoff_message.c.version,
            handoff_message.c.state,
            amendment.c.id.label("amendment_id"),
            amendment.c.state.label("amendment_state"),
        )
        .outerjoin(amendment, amendment.c.handoff_message_id == handoff_message.c.id)
        .where(among(connection, handoff_message.c.message_key, keys))
    )
    return {row.message_key: AskedMessage(*row) for row in rows}


def unanswered_amendments(
    connection: Connection, *, until: date
) -> list[UnansweredAmendment]:
    """Return what stock was asked about up to the day and has not answered."""
    rows = connection.execute(
        select(amendment.c.id, sales_order.c.order_no, handoff_message.c.message_key)
        .join(sales_order, sales_order.c.id == amendment.c.order_id)
        .join(handoff_message, handoff_message.c.id == amendment.c.handoff_message_id)
        .where(
            amendment.c.state == literal_column("'waiting_stock'"),
            amendment.c.decided_on <= until,
        )
        .order_by(amendment.c.id)
    )
    return [UnansweredAmendment._make(row) for row in rows]
