"""What do the tables know of each open item: dispute, promise, mail, last level?

Every function is one statement over the open items of a set of customers and
returns a mapping by instalment or invoice id.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select, text

from adv_domain.rules.dunning.items import InvoiceMail, LatePayment
from adv_domain.store.rows import among, named_rows
from adv_domain.store.tables import (
    allocation,
    dispute,
    dunning_notice,
    instalment,
    invoice,
    not_chased,
    outbox,
    payment,
    promise,
)

IS_OPEN = instalment.c.open_amount != text("0")
"""The zero is a literal: with a parameter no database would use the partial index."""

_COMPLETED = frozenset(("completed", "waived"))
_PENDING = frozenset(("decided", "unknown"))
_MAIL_STATES = {
    "sent": InvoiceMail.SENT,
    "unknown": InvoiceMail.UNKNOWN,
    "failed": InvoiceMail.FAILED,
}
_MAIL_RANK = (
    InvoiceMail.SENT,
    InvoiceMail.UNKNOWN,
    InvoiceMail.NOT_SENT,
    InvoiceMail.FAILED,
)


@dataclass(slots=True)
class Progress:
    """How far an item has come; attempts are those of each level so far."""

    last_level: int = 0
    completed_on: date | None = None
    pending_level: int | None = None
    outbox_key: str | None = None
    attempts: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Received:
    """What came late for an item, and whether money given to it went back."""

    late: list[LatePayment] = field(default_factory=list)
    was_returned: bool = False


def items_of(
    connection: Connection, customer_ids: Collection[int]
) -> ColumnElement[bool]:
    """Say that an instalment is open and of one of the customers."""
    return IS_OPEN & among(connection, instalment.c.customer_id, customer_ids)


def open_rows(connection: Connection, customer_ids: Collection[int]) -> Sequence[Any]:
    """Return the open instalments with what a mail says of their invoice."""
    columns = instalment.c
    rows = connection.execute(
        select(
            columns.id,
            columns.customer_id,
            columns.instalment_no,
            columns.currency,
            columns.due_on,
            columns.open_amount,
            columns.means_of_payment,
            columns.legacy_level,
            columns.legacy_level_on,
            columns.invoice_id,
            invoice.c.invoice_no,
            invoice.c.issued_on,
            invoice.c.origin,
            invoice.c.rf_reference,
        )
        .join_from(instalment, invoice, invoice.c.id == columns.invoice_id)
        .where(items_of(connection, customer_ids))
        .order_by(columns.id)
    )
    return named_rows(rows)


def progress(
    connection: Connection, customer_ids: Collection[int]
) -> Mapping[int, Progress]:
    """Return how far each item has come by our own notices."""
    columns = dunning_notice.c
    rows = connection.execute(
        select(
            columns.instalment_id,
            columns.level,
            columns.attempt,
            columns.state,
            columns.decided_on,
            columns.completed_on,
            columns.outbox_key,
        )
        .join_from(dunning_notice, instalment, instalment.c.id == columns.instalment_id)
        .where(items_of(connection, customer_ids))
        .order_by(columns.instalment_id, columns.level, columns.attempt)
    )
    found: defaultdict[int, Progress] = defaultdict(Progress)
    for row in named_rows(rows):
        one = found[row.instalment_id]
        one.attempts[row.level] = row.attempt
        if row.state in _PENDING:
            one.pending_level = row.level
        elif row.state in _COMPLETED:
            one.last_level = row.level
            one.completed_on = row.completed_on or row.decided_on
            one.outbox_key = row.outbox_key or one.outbox_key
    return found


def disputed(
    connection: Connection, customer_ids: Collection[int], *, on: date
) -> Mapping[int, Decimal]:
    """Return the disputed amount of each item as of the day."""
    rows = connection.execute(
        select(dispute.c.instalment_id, dispute.c.amount)
        .join_from(dispute, instalment, instalment.c.id == dispute.c.instalment_id)
        .where(
            items_of(connection, customer_ids),
            dispute.c.opened_on <= on,
            or_(dispute.c.closed_on.is_(None), dispute.c.closed_on > on),
        )
    )
    found: defaultdict[int, Decimal] = defaultdict(Decimal)
    for instalment_id, amount in rows:
        found[instalment_id] += amount
    return found


def promised(
    connection: Connection, customer_ids: Collection[int], *, on: date
) -> Mapping[int, tuple[date, Decimal]]:
    """Return day and amount of each item's latest promise that stands open."""
    rows = connection.execute(
        select(promise.c.instalment_id, promise.c.promised_on, promise.c.amount)
        .join_from(promise, instalment, instalment.c.id == promise.c.instalment_id)
        .where(
            items_of(connection, customer_ids),
            promise.c.made_on <= on,
            promise.c.state == "open",
        )
        .order_by(promise.c.promised_on, promise.c.id)
    )
    return {row.instalment_id: (row.promised_on, row.amount) for row in rows}


def received(
    connection: Connection, customer_ids: Collection[int]
) -> Mapping[int, Received]:
    """Return the money that came after the due date, and what went back."""
    paid_on = func.coalesce(
        payment.c.value_on, payment.c.booked_on, allocation.c.allocated_on
    )
    rows = connection.execute(
        select(
            allocation.c.instalment_id,
            allocation.c.amount,
            allocation.c.reversed_on,
            paid_on.label("paid_on"),
            instalment.c.due_on,
        )
        .join_from(
            allocation, instalment, instalment.c.id == allocation.c.instalment_id
        )
        .outerjoin(payment, payment.c.id == allocation.c.payment_id)
        .where(items_of(connection, customer_ids))
        .order_by(allocation.c.id)
    )
    found: defaultdict[int, Received] = defaultdict(Received)
    for row in rows:
        if row.reversed_on is not None:
            found[row.instalment_id].was_returned = True
        elif row.paid_on > row.due_on:
            late = LatePayment(row.amount, row.paid_on)
            found[row.instalment_id].late.append(late)
    return found


def invoice_mails(
    connection: Connection, customer_ids: Collection[int]
) -> Mapping[int, InvoiceMail]:
    """Return by invoice id what became of its own mail, the best of several."""
    invoice_ids = select(instalment.c.invoice_id).where(
        items_of(connection, customer_ids)
    )
    rows = connection.execute(
        select(outbox.c.entity_id, outbox.c.state).where(
            outbox.c.entity == "invoice",
            outbox.c.template == "invoice",
            outbox.c.entity_id.in_(invoice_ids),
        )
    )
    found: dict[int, InvoiceMail] = {}
    for invoice_id, state in rows:
        mail = _MAIL_STATES.get(state, InvoiceMail.NOT_SENT)
        known = found.get(invoice_id, mail)
        found[invoice_id] = min(mail, known, key=_MAIL_RANK.index)
    return found


def standing_reasons(
    connection: Connection, customer_ids: Collection[int]
) -> Mapping[int, tuple[str, date | None, str | None]]:
    """Return (reason, until, detail) of each item that was last left out."""
    rows = connection.execute(
        select(
            not_chased.c.instalment_id,
            not_chased.c.reason,
            not_chased.c.until,
            not_chased.c.detail,
        )
        .join_from(
            not_chased, instalment, instalment.c.id == not_chased.c.instalment_id
        )
        .where(items_of(connection, customer_ids))
    )
    return {item_id: (reason, until, detail) for item_id, reason, until, detail in rows}
