"""What did an invoicing run post, what of it is still to undo, what could not be?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, exists, func, select, update

from adv_domain.store.columns import AMOUNT
from adv_domain.store.rows import insert_rows
from adv_domain.store.tables import (
    cancelled_invoice,
    credit_part,
    invoice,
    run,
    run_undo,
    run_volume,
)


@dataclass(frozen=True, slots=True)
class Undo:
    """A run to be undone: for one reason, with one choice for all its deliveries."""

    run_id: int
    reason_code: str
    reason: str
    choice: str
    by: str
    on: date


def recent_runs(connection: Connection, *, limit: int) -> Sequence[Row[Any]]:
    """Return the last invoicing runs that posted something, the newest first."""
    return connection.execute(
        select(
            run_volume.c.run_id,
            run_volume.c.business_date,
            run_volume.c.documents,
            run_volume.c.amount,
            run.c.state,
            run_undo.c.asked_by,
        )
        .join(run, run.c.id == run_volume.c.run_id)
        .outerjoin(run_undo, run_undo.c.run_id == run_volume.c.run_id)
        .where(run_volume.c.step == "invoicing")
        .order_by(run_volume.c.run_id.desc())
        .limit(limit)
    ).all()


def find_run(connection: Connection, run_id: int) -> Row[Any] | None:
    """Return and lock the run's row."""
    return connection.execute(
        select(run).where(run.c.id == run_id).with_for_update(key_share=True)
    ).one_or_none()


def mark_crashed(connection: Connection, run_id: int, *, now: datetime) -> None:
    """Note that a run that never ended was killed."""
    connection.execute(
        update(run)
        .where(run.c.id == run_id)
        .values(state="crashed", ended_at=now, message="the process ended mid-run")
    )


def begun_undo(connection: Connection, run_id: int) -> Undo | None:
    """Return how the run's undoing was begun; None where it was not."""
    row = connection.execute(
        select(run_undo).where(run_undo.c.run_id == run_id)
    ).one_or_none()
    if row is None:
        return None
    return Undo(
        run_id=row.run_id,
        reason_code=row.reason_code,
        reason=row.reason,
        choice=row.choice,
        by=row.asked_by,
        on=row.asked_on,
    )


def begin_undo(connection: Connection, undo: Undo, *, now: datetime) -> None:
    """Write that the run is being undone; whoever goes on does it for this reason."""
    insert_rows(
        connection,
        run_undo,
        [
            {
                "run_id": undo.run_id,
                "reason_code": undo.reason_code,
                "reason": undo.reason,
                "choice": undo.choice,
                "asked_by": undo.by,
                "asked_on": undo.on,
                "asked_at": now,
            }
        ],
    )


def gross_of_run(connection: Connection, run_id: int) -> dict[str, Decimal]:
    """Return what the run's invoices come to, gross by currency."""
    rows = connection.execute(
        select(invoice.c.currency, func.sum(invoice.c.gross, type_=AMOUNT))
        .where(invoice.c.run_id == run_id, invoice.c.kind == "invoice")
        .group_by(invoice.c.currency)
    )
    return dict(rows.tuples().all())


def last_day_of_run(connection: Connection, run_id: int) -> date | None:
    """Return the latest date that the run's invoices bear."""
    return connection.execute(
        select(func.max(invoice.c.issued_on)).where(
            invoice.c.run_id == run_id, invoice.c.kind == "invoice"
        )
    ).scalar()


def invoices_to_undo(
    connection: Connection,
    run_id: int,
    *,
    is_advance: bool,
    after: int | None,
    limit: int,
) -> list[Row[Any]]:
    """Claim the run's invoices that nothing has credited in full, by id; its advance
    invoices apart from the others."""
    note = invoice.alias("note")
    credited = (
        select(func.coalesce(func.sum(note.c.gross, type_=AMOUNT), 0))
        .where(note.c.corrects_id == invoice.c.id)
        .scalar_subquery()
    )
    in_parts = (
        select(func.coalesce(func.sum(credit_part.c.gross, type_=AMOUNT), 0))
        .where(credit_part.c.invoice_id == invoice.c.id)
        .scalar_subquery()
    )
    statement = (
        select(invoice.c.id, invoice.c.invoice_no)
        .where(
            invoice.c.run_id == run_id,
            invoice.c.kind == "invoice",
            invoice.c.is_advance.is_(is_advance),
            ~exists().where(cancelled_invoice.c.invoice_id == invoice.c.id),
            (invoice.c.gross + credited + in_parts != 0)
            | (invoice.c.gross == 0)
            | (invoice.c.deducted != 0),
        )
        .order_by(invoice.c.id)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(invoice.c.id > after)
    return list(connection.execute(statement))
