"""What must a person do? Tasks are opened once by key and closed with a result."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Connection, select, update

from adv_domain.store.rows import among, insert_rows
from adv_domain.store.tables import task


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
