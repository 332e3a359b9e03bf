"""How did the last run of each step end, and how new is the newest data?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from adv_domain.rules.payments.statement_days import covered_until
from adv_domain.store.tables import (
    bank_statement,
    invoice,
    outbox,
    run,
    sales_order,
    stock_message,
    survey_answer,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRun:
    """One run of a step; done and skipped count by word."""

    step: str
    business_date: date
    state: str
    ended_at: datetime | None
    done: Mapping[str, int]
    skipped: Mapping[str, int]
    waiting: int
    failed: int
    message: str


def last_runs(connection: Connection) -> list[StepRun]:
    """Return the newest run of every step that ever ran, in order of their end."""
    newest = select(func.max(run.c.id)).group_by(run.c.step)
    rows = connection.execute(
        select(run).where(run.c.id.in_(newest)).order_by(run.c.ended_at, run.c.id)
    )
    return [_run(row) for row in rows]


def runs_of_day(connection: Connection, *, on: date) -> list[StepRun]:
    """Return the runs for the business date, in the order of their start."""
    rows = connection.execute(
        select(run).where(run.c.business_date == on).order_by(run.c.id)
    )
    return [_run(row) for row in rows]


def _run(row: Any) -> StepRun:
    return StepRun(
        step=row.step,
        business_date=row.business_date,
        state=row.state,
        ended_at=row.ended_at,
        done=row.done or {},
        skipped=row.skipped or {},
        waiting=row.waiting,
        failed=row.failed,
        message=row.message or "",
    )


def newest_data(connection: Connection, *, on: date) -> dict[str, date | None]:
    """Return the day of the newest order, stock answer, statement, invoice, survey.

    Statements count up to the business date.
    """
    newest = {
        "orders": func.max(sales_order.c.ordered_on),
        "stock": func.max(stock_message.c.dated_on),
        "bank": func.max(bank_statement.c.to_on),
        "invoices": func.max(invoice.c.issued_on),
        "survey": func.max(survey_answer.c.answered_on),
    }
    found = {
        kind: connection.execute(select(day)).scalar() for kind, day in newest.items()
    }
    return {**found, "bank": covered_until(found["bank"], on=on)}


def mail_states(connection: Connection) -> dict[str, int]:
    """Count the mails of the outbox by state."""
    rows = connection.execute(
        select(outbox.c.state, func.count()).group_by(outbox.c.state)
    )
    return {state: int(count) for state, count in rows}
