"""Which invoices were cancelled, what was chosen for them, who has them?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    exists,
    select,
    update,
)

from adv_domain.store.rows import among, insert_rows
from adv_domain.store.tables import (
    cancelled_invoice,
    document,
    invoice,
    outbox,
)

_WAITING = ("queued", "retry")
_MAY_HAVE_ARRIVED = ("sending", "sent", "unknown")


@dataclass(frozen=True, slots=True)
class Cancelled:
    """An invoice that was taken back whole; note_id is the note that took the rest."""

    invoice_id: int
    note_id: int
    was_sent: bool
    choice: str
    on: date


def write_cancelled(connection: Connection, cancelled: Sequence[Cancelled]) -> None:
    """Note the cancelled invoices; each can be cancelled once."""
    insert_rows(
        connection,
        cancelled_invoice,
        [
            {
                "invoice_id": one.invoice_id,
                "note_id": one.note_id,
                "was_sent": one.was_sent,
                "choice": one.choice,
                "cancelled_on": one.on,
            }
            for one in cancelled
        ],
    )


def withdraw_mails(
    connection: Connection, invoices: ColumnElement[bool], *, why: str
) -> list[int]:
    """Withdraw the mails of these invoices that have not begun to leave; their ids.

    One statement: the sender marks a mail as being sent in one of its own, so that
    each mail is either withdrawn or on its way, never both.
    """
    about = select(invoice.c.id).where(invoices)
    return list(
        connection.execute(
            update(outbox)
            .where(
                outbox.c.entity == "invoice",
                outbox.c.entity_id.in_(about),
                outbox.c.state.in_(_WAITING),
            )
            .values(state="withdrawn", last_error=why)
            .returning(outbox.c.id)
        ).scalars()
    )


def may_have_arrived(connection: Connection, ids: Collection[int]) -> set[int]:
    """Return those of the invoices that their customer has, as far as is known.

    By mail, or as a PDF that never had one: such a page is handed over by a person.
    """
    mailed = and_(outbox.c.entity == "invoice", outbox.c.entity_id == invoice.c.id)
    by_mail = exists().where(mailed, outbox.c.state.in_(_MAY_HAVE_ARRIVED))
    by_hand = and_(
        exists().where(document.c.invoice_id == invoice.c.id), ~exists().where(mailed)
    )
    rows = connection.execute(
        select(invoice.c.id).where(
            among(connection, invoice.c.id, ids), by_mail | by_hand
        )
    )
    return set(rows.scalars())


def kept_in_house(connection: Connection, ids: Collection[int]) -> set[int]:
    """Return those of the documents that must not be mailed.

    A cancelled invoice that never left, and the credit note that cancels it.
    """
    unsent = cancelled_invoice.c.was_sent.is_(False)
    rows = connection.execute(
        select(cancelled_invoice.c.invoice_id, cancelled_invoice.c.note_id).where(
            unsent,
            among(connection, cancelled_invoice.c.invoice_id, ids)
            | among(connection, cancelled_invoice.c.note_id, ids),
        )
    )
    return {one for row in rows for one in row}


def cancelled_invoices(
    connection: Connection, wanted: ColumnElement[bool]
) -> Sequence[Row[Any]]:
    """Return and lock cancelled invoices, with what was chosen for their deliveries."""
    return connection.execute(
        select(
            cancelled_invoice.c.invoice_id,
            invoice.c.invoice_no,
            cancelled_invoice.c.choice,
            cancelled_invoice.c.decided_on,
            cancelled_invoice.c.decided_by,
            cancelled_invoice.c.reason,
        )
        .join(invoice, invoice.c.id == cancelled_invoice.c.invoice_id)
        .where(wanted)
        .order_by(cancelled_invoice.c.invoice_id)
        .with_for_update(key_share=True)
    ).all()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person chose for the deliveries of cancelled invoices, and why."""

    choice: str
    by: str
    reason: str
    on: date


def write_choice(
    connection: Connection, invoice_ids: Collection[int], decision: Decision
) -> None:
    """Write who chose what for these cancelled invoices."""
    connection.execute(
        update(cancelled_invoice)
        .where(among(connection, cancelled_invoice.c.invoice_id, invoice_ids))
        .values(
            choice=decision.choice,
            decided_on=decision.on,
            decided_by=decision.by,
            reason=decision.reason,
        )
    )
