"""What did customers ask to be changed, with which values, and what became of it?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select, true

from adv_domain.rules.amendments.states import OPEN_AMENDMENTS
from adv_domain.store.rows import among
from adv_domain.store.tables import (
    amendment,
    amendment_change,
    customer,
    handoff_message,
    sales_order,
    source_file,
)


@dataclass(frozen=True, slots=True)
class AmendmentRecord:
    """A change of an order, and each field with its old and new value."""

    head: Row[Any]
    changes: Sequence[Row[Any]]


def read_amendments_of(connection: Connection, order_id: int) -> list[AmendmentRecord]:
    """Read the changes of an order, as they came."""
    return _records(connection, amendment.c.order_id == order_id)


def read_amendment_list(
    connection: Connection, *, with_settled: bool
) -> list[AmendmentRecord]:
    """Read the changes that are not settled, or all of them, as they came."""
    is_open = amendment.c.state.in_(sorted(OPEN_AMENDMENTS))
    return _records(connection, true() if with_settled else is_open)


def _records(
    connection: Connection, wanted: ColumnElement[bool]
) -> list[AmendmentRecord]:
    heads = connection.execute(
        select(
            amendment,
            sales_order.c.order_no,
            sales_order.c.state.label("order_state"),
            customer.c.name.label("customer_name"),
            source_file.c.name.label("source_name"),
            handoff_message.c.message_key,
        )
        .outerjoin(sales_order, sales_order.c.id == amendment.c.order_id)
        .outerjoin(
            customer,
            (customer.c.company_id == amendment.c.company_id)
            & (customer.c.code == amendment.c.customer_code),
        )
        .outerjoin(source_file, source_file.c.id == amendment.c.source_file_id)
        .outerjoin(
            handoff_message, handoff_message.c.id == amendment.c.handoff_message_id
        )
        .where(wanted)
        .order_by(amendment.c.id)
    ).all()
    changes: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(
        select(amendment_change)
        .where(
            among(
                connection, amendment_change.c.amendment_id, [one.id for one in heads]
            )
        )
        .order_by(amendment_change.c.line_no, amendment_change.c.id)
    ):
        changes.setdefault(row.amendment_id, []).append(row)
    return [AmendmentRecord(one, changes.get(one.id, ())) for one in heads]
