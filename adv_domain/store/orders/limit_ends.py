"""Whose credit limit ends soon, and of whom has that been told?"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    cast,
    literal,
    or_,
    select,
    update,
)

from adv_domain.store.rows import among
from adv_domain.store.tables import customer, task

KIND = "credit_limit_ends"


class EndingLimit(NamedTuple):
    """A customer's limit, its source and its last day."""

    id: int
    code: str
    name: str
    currency: str
    credit_limit: Decimal
    credit_limit_source: str | None
    credit_limit_until: date

    @property
    def task_key(self) -> str:
        """Name the task that tells of this end: another end is told again."""
        return f"{KIND}:{self.code}:{self.credit_limit_until}"


def claim_ending_limits(
    connection: Connection, *, first: date, last: date, after: int, limit: int
) -> Sequence[tuple[int, str]]:
    """Return id and code of the next customers whose limit ends in these days and of
    whom no task has told.
    """
    told = select(task.c.id).where(task.c.task_key == _key()).exists()
    rows = connection.execute(
        select(customer.c.id, customer.c.code)
        .where(
            customer.c.id > after,
            customer.c.credit_limit.is_not(None),
            customer.c.credit_limit_until.between(first, last),
            ~told,
        )
        .order_by(customer.c.id)
        .limit(limit)
    )
    return [(row.id, row.code) for row in rows]


def read_ending_limits(
    connection: Connection, customer_ids: Collection[int]
) -> list[EndingLimit]:
    """Read the limits of the customers, by id."""
    rows = connection.execute(
        select(*(customer.c[name] for name in EndingLimit._fields))
        .where(among(connection, customer.c.id, customer_ids))
        .order_by(customer.c.id)
    )
    return [EndingLimit._make(row) for row in rows]


def close_outdated(connection: Connection, *, by: str, at: datetime) -> int:
    """Close the open tasks of limits that end on another day now, or not at all."""
    outdated = (
        select(task.c.id)
        .join(customer, customer.c.id == task.c.customer_id)
        .where(
            task.c.kind == KIND,
            task.c.state == "open",
            or_(
                customer.c.credit_limit.is_(None),
                customer.c.credit_limit_until.is_(None),
                task.c.task_key != _key(),
            ),
        )
    )
    closed = connection.execute(
        update(task)
        .where(task.c.id.in_(outdated))
        .values(
            state="done", closed_at=at, closed_by=by, result="the limit was renewed"
        )
    )
    return closed.rowcount


def _key() -> ColumnElement[Any]:
    return (
        literal(f"{KIND}:")
        + customer.c.code
        + ":"
        + cast(customer.c.credit_limit_until, String)
    )
