"""What must a person do? Tasks are opened once by key and closed with a result."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, Select, select, update

from adv_domain.store.rows import among, insert_rows
from adv_domain.store.tables import customer, task


@dataclass(frozen=True, slots=True)
class PersonTask:
    """Something a team must do; task_key is unique, opening it again does nothing."""

    task_key: str
    kind: str
    team: str
    text: str
    customer_id: int | None = None
    entity: str | None = None
    entity_id: int | None = None
    amount: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task that waits, with the customer whom it concerns, if any."""

    task_key: str
    kind: str
    team: str
    text: str
    customer_id: int | None
    customer_code: str | None
    customer_name: str | None
    entity: str | None
    entity_id: int | None
    amount: Decimal | None
    currency: str | None
    opened_on: date


def read_open_tasks(
    connection: Connection, *, team: str | None = None, kind: str | None = None
) -> list[OpenTask]:
    """Read what waits, oldest first; of one team or kind where they are given."""
    statement = _waiting().order_by(task.c.opened_on, task.c.id)
    if team is not None:
        statement = statement.where(task.c.team == team)
    if kind is not None:
        statement = statement.where(task.c.kind == kind)
    return [OpenTask(**row) for row in connection.execute(statement).mappings()]


def find_open_task(connection: Connection, task_key: str) -> OpenTask | None:
    """Return the open task of this key, None where there is none."""
    found = connection.execute(_waiting().where(task.c.task_key == task_key))
    row = found.mappings().one_or_none()
    return None if row is None else OpenTask(**row)


def _waiting() -> Select[Any]:
    return (
        select(
            task.c.task_key,
            task.c.kind,
            task.c.team,
            task.c.text,
            task.c.customer_id,
            customer.c.code.label("customer_code"),
            customer.c.name.label("customer_name"),
            task.c.entity,
            task.c.entity_id,
            task.c.amount,
            task.c.currency,
            task.c.opened_on,
        )
        .outerjoin(customer, customer.c.id == task.c.customer_id)
        .where(task.c.state == "open")
    )


def open_tasks(
    connection: Connection, tasks: Sequence[PersonTask], *, opened_on: date
) -> int:
    """Open the tasks whose key is new; return how many."""
    if not tasks:
        return 0
    known = set(
        connection.execute(
            select(task.c.task_key).where(
                among(connection, task.c.task_key, [one.task_key for one in tasks])
            )
        ).scalars()
    )
    return insert_rows(
        connection,
        task,
        [
            {
                "task_key": one.task_key,
                "kind": one.kind,
                "team": one.team,
                "state": "open",
                "customer_id": one.customer_id,
                "entity": one.entity,
                "entity_id": one.entity_id,
                "text": one.text,
                "amount": one.amount,
                "currency": one.currency,
                "opened_on": opened_on,
            }
            for one in tasks
            if one.task_key not in known
        ],
    )


def close_task(
    connection: Connection, task_key: str, *, by: str, result: str, now: datetime
) -> bool:
    """Close an open task with a result; False where no such task is open."""
    closed = connection.execute(
        update(task)
        .where(task.c.task_key == task_key, task.c.state == "open")
        .values(state="done", closed_at=now, closed_by=by, result=result)
    )
    return closed.rowcount == 1


def close_tasks(
    connection: Connection,
    kind: str,
    *,
    about: Collection[str],
    by: str,
    result: str,
    now: datetime,
) -> None:
    """Drop the open tasks of a kind whose key names one of these after the kind.

    What follows a colon in the key does not count: it tells several tasks apart.
    """
    wanted = tuple(f"{kind}:{one}" for one in about)
    if not wanted:
        return
    open_keys = connection.execute(
        select(task.c.task_key).where(task.c.kind == kind, task.c.state == "open")
    ).scalars()
    chosen = [
        key for key in open_keys if key in wanted or key.rpartition(":")[0] in wanted
    ]
    if chosen:
        connection.execute(
            update(task)
            .where(among(connection, task.c.task_key, chosen), task.c.state == "open")
            .values(state="dropped", closed_at=now, closed_by=by, result=result)
        )


def close_tasks_about(
    connection: Connection,
    entity: str,
    entity_ids: Collection[int],
    *,
    kinds: Collection[str],
    by: str,
    now: datetime,
) -> None:
    """Drop the open tasks of these kinds about the entities: they have moved on."""
    if not entity_ids:
        return
    connection.execute(
        update(task)
        .where(
            task.c.entity == entity,
            among(connection, task.c.entity_id, entity_ids),
            task.c.kind.in_(tuple(kinds)),
            task.c.state == "open",
        )
        .values(state="dropped", closed_at=now, closed_by=by, result="it has moved on")
    )


def tasks_about(
    connection: Connection, entity: str, entity_ids: Collection[int], *, kind: str
) -> Sequence[Row[Any]]:
    """Return key, state and result of all tasks of a kind about the entities."""
    return connection.execute(
        select(task.c.task_key, task.c.state, task.c.result).where(
            task.c.entity == entity,
            among(connection, task.c.entity_id, entity_ids),
            task.c.kind == kind,
        )
    ).all()


def drop_tasks(
    connection: Connection,
    keys: Collection[str],
    *,
    by: str,
    result: str,
    now: datetime,
) -> None:
    """Drop the open ones of these tasks."""
    if not keys:
        return
    connection.execute(
        update(task)
        .where(among(connection, task.c.task_key, keys), task.c.state == "open")
        .values(state="dropped", closed_at=now, closed_by=by, result=result)
    )


def close_tasks_of_kind(
    connection: Connection, kind: str, *, by: str, result: str, now: datetime
) -> int:
    """Close all open tasks of a kind with a result; return how many."""
    closed = connection.execute(
        update(task)
        .where(task.c.kind == kind, task.c.state == "open")
        .values(state="done", closed_at=now, closed_by=by, result=result)
    )
    return int(closed.rowcount)
