"""How do a person's acts on money and items reach the tables?

Functions read with a lock what they are about to change, and never commit.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, exists, func, select, update

from adv_domain.rules.payments.hand_match import HandItem, with_offer
from adv_domain.store.billing.early_offers import offers_of_credited
from adv_domain.store.company import COMPANY_ID
from adv_domain.store.rows import among, insert_rows, take_ids
from adv_domain.store.tables import (
    customer,
    dispute,
    event,
    instalment,
    invoice,
    payment,
    promise,
)


@dataclass(frozen=True, slots=True)
class HandPayment:
    """Money that a person saw come in, outside any bank file.

    reference makes it unique: the same reference of a customer is refused twice.
    """

    customer_id: int
    amount: Decimal
    currency: str
    booked_on: date
    reference: str = ""

    @property
    def key(self) -> str:
        """Return what tells it from all others, empty without a reference."""
        return f"manual:{self.customer_id}:{self.reference}" if self.reference else ""


def find_customer(connection: Connection, code: str) -> Row[Any] | None:
    """Return the customer of this code."""
    return connection.execute(
        select(customer).where(
            customer.c.company_id == COMPANY_ID, customer.c.code == code
        )
    ).one_or_none()


def find_payment(connection: Connection, payment_id: int) -> Row[Any] | None:
    """Return the payment, locked."""
    return connection.execute(
        select(payment)
        .where(payment.c.id == payment_id)
        .with_for_update(key_share=True)
    ).one_or_none()


def find_entry(connection: Connection, entry_key: str) -> int | None:
    """Return the id of the payment with this key."""
    return connection.execute(
        select(payment.c.id).where(payment.c.entry_key == entry_key)
    ).scalar()


def same_hand_payment(
    connection: Connection, given: HandPayment, *, recorded_on: date
) -> int | None:
    """Return the id of the same money recorded by hand for that business date.

    The customer is locked, so that two clicks at once see each other.
    """
    connection.execute(
        select(customer.c.id)
        .where(customer.c.id == given.customer_id)
        .with_for_update(key_share=True)
    )
    was_recorded = exists().where(
        event.c.entity == "payment",
        event.c.entity_id == payment.c.id,
        event.c.what == "recorded",
        event.c.business_date == recorded_on,
    )
    return connection.execute(
        select(func.max(payment.c.id)).where(
            payment.c.kind == "manual",
            payment.c.customer_id == given.customer_id,
            payment.c.amount == given.amount,
            payment.c.currency == given.currency,
            payment.c.booked_on == given.booked_on,
            was_recorded,
        )
    ).scalar()


def items_by_number(
    connection: Connection, numbers: Sequence[str]
) -> dict[str, list[HandItem]]:
    """Return the instalments of the invoices by number, locked, oldest due first.

    A number that is no invoice's has no entry.
    """
    rows = connection.execute(
        select(
            instalment.c.id,
            invoice.c.invoice_no,
            instalment.c.customer_id,
            instalment.c.currency,
            instalment.c.due_on,
            instalment.c.issued_on,
            instalment.c.open_amount,
            customer.c.code,
            invoice.c.gross + invoice.c.rounding,
            invoice.c.early_until,
            invoice.c.early_amount,
            invoice.c.id.label("invoice_id"),
        )
        .join(invoice, invoice.c.id == instalment.c.invoice_id)
        .join(customer, customer.c.id == instalment.c.customer_id)
        .where(
            among(connection, invoice.c.invoice_no, numbers),
            invoice.c.kind == "invoice",
        )
        .order_by(instalment.c.due_on, instalment.c.id)
        .with_for_update(key_share=True, of=instalment)
    )
    read = rows.all()
    offers = offers_of_credited(connection, {row.invoice_id for row in read})
    found: dict[str, list[HandItem]] = {}
    for *values, invoice_id in read:
        item = HandItem(*values)
        if invoice_id in offers:
            item = with_offer(item, offers[invoice_id])
        found.setdefault(item.invoice_no, []).append(item)
    return found


def invoice_ids(connection: Connection, numbers: Collection[str]) -> dict[str, int]:
    """Return the ids of the invoices by number."""
    rows = connection.execute(
        select(invoice.c.invoice_no, invoice.c.id).where(
            among(connection, invoice.c.invoice_no, numbers)
        )
    )
    return dict(rows.tuples().all())


def write_hand_payment(
    connection: Connection, given: HandPayment, *, reason: str, at: datetime
) -> int:
    """Write a payment recorded by hand, unapplied; return its id."""
    [payment_id] = take_ids(connection, payment, 1)
    row = {
        "id": payment_id,
        "company_id": COMPANY_ID,
        "kind": "manual",
        "state": "unmatched",
        "entry_key": given.key or f"manual:{payment_id}",
        "booked_on": given.booked_on,
        "value_on": given.booked_on,
        "amount": given.amount,
        "currency": given.currency,
        "remittance": given.reference or None,
        "customer_id": given.customer_id,
        "unapplied_amount": given.amount,
        "reason": reason,
        "recorded_at": at,
    }
    insert_rows(connection, payment, [row])
    return payment_id


def write_disputes(
    connection: Connection,
    parts: Sequence[tuple[int, Decimal]],
    *,
    code: str,
    note: str,
    owner: str,
    opened: tuple[date, str],
) -> None:
    """Write a dispute of each part; opened is the day and who opened it."""
    on, by = opened
    insert_rows(
        connection,
        dispute,
        [
            {
                "instalment_id": instalment_id,
                "amount": amount,
                "reason": code,
                "note": note,
                "owner": owner,
                "opened_on": on,
                "opened_by": by,
            }
            for instalment_id, amount in parts
        ],
    )


def disputed_parts(
    connection: Connection, instalment_ids: Collection[int]
) -> dict[int, Decimal]:
    """Return how much of each instalment is in dispute."""
    parts: dict[int, Decimal] = {}
    rows = connection.execute(
        select(dispute.c.instalment_id, dispute.c.amount).where(
            among(connection, dispute.c.instalment_id, instalment_ids),
            dispute.c.closed_on.is_(None),
        )
    )
    for instalment_id, amount in rows:
        parts[instalment_id] = parts.get(instalment_id, Decimal(0)) + amount
    return parts


def close_disputes(
    connection: Connection,
    instalment_ids: Collection[int],
    *,
    result: str,
    on: date,
    by: str,
) -> int:
    """Close the open disputes of the instalments; return how many."""
    closed = connection.execute(
        update(dispute)
        .where(
            among(connection, dispute.c.instalment_id, instalment_ids),
            dispute.c.closed_on.is_(None),
        )
        .values(closed_on=on, closed_by=by, result=result)
    )
    return int(closed.rowcount)


def write_promises(
    connection: Connection,
    parts: Sequence[tuple[int, int, Decimal]],
    *,
    promised_on: date,
    made_on: date,
    by: str,
) -> None:
    """Write an open promise for each (customer, instalment, amount).

    An open promise for the same instalment is withdrawn: the new one replaces it.
    """
    connection.execute(
        update(promise)
        .where(
            among(connection, promise.c.instalment_id, [item for _, item, _ in parts]),
            promise.c.state == "open",
        )
        .values(state="withdrawn", decided_on=made_on)
    )
    insert_rows(
        connection,
        promise,
        [
            {
                "customer_id": customer_id,
                "instalment_id": instalment_id,
                "amount": amount,
                "promised_on": promised_on,
                "made_on": made_on,
                "made_by": by,
                "state": "open",
            }
            for customer_id, instalment_id, amount in parts
        ],
    )


def pause_dunning(
    connection: Connection, customer_id: int, *, until: date | None, reason: str
) -> None:
    """Keep reminders from the customer up to a day; None lets them go again."""
    connection.execute(
        update(customer)
        .where(customer.c.id == customer_id)
        .values(
            dunning_paused_until=until,
            dunning_pause_reason=reason if until else None,
        )
    )
