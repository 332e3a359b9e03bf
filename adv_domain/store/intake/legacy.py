"""Which invoices of another system stand here, and how are they taken over or settled?

They have no series, number, hash or document; what was paid on them is a payment of
kind legacy, so that the money identities hold for them too.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from adv_domain.rules.money import ZERO
from adv_domain.store.bulk_update import update_rows
from adv_domain.store.company import COMPANY_ID
from adv_domain.store.rows import among, insert_rows, take_ids
from adv_domain.store.tables import allocation, dispute, instalment, invoice, payment

Row = Mapping[str, Any]


class KnownLegacy(NamedTuple):
    """An invoice number that is taken, with its only instalment."""

    invoice_no: str
    origin: str
    gross: Decimal
    instalment_id: int
    open_amount: Decimal
    settled_on: date | None


class Settled(NamedTuple):
    """Money that another system booked on one of its invoices."""

    invoice_no: str
    instalment_id: int
    customer_id: int
    amount: Decimal
    currency: str
    paid_on: date


def known_invoices(
    connection: Connection, numbers: Collection[str]
) -> dict[str, KnownLegacy]:
    """Return the invoices of these numbers, by number."""
    rows = connection.execute(
        select(
            invoice.c.invoice_no,
            invoice.c.origin,
            invoice.c.gross,
            instalment.c.id,
            instalment.c.open_amount,
            instalment.c.settled_on,
        )
        .join(instalment, instalment.c.invoice_id == invoice.c.id)
        .where(
            invoice.c.company_id == COMPANY_ID,
            among(connection, invoice.c.invoice_no, sorted(numbers)),
            instalment.c.instalment_no == 1,
        )
    )
    return {row[0]: KnownLegacy._make(row) for row in rows}


def insert_legacy(
    connection: Connection, invoices: Sequence[Row], instalments: Sequence[Row]
) -> list[int]:
    """Write the invoices, each with its one instalment; return the instalments' ids."""
    invoice_ids = take_ids(connection, invoice, len(invoices))
    item_ids = list(take_ids(connection, instalment, len(invoices)))
    insert_rows(
        connection,
        invoice,
        [
            {"id": invoice_id, "company_id": COMPANY_ID, "origin": "legacy", **row}
            for invoice_id, row in zip(invoice_ids, invoices, strict=True)
        ],
    )
    insert_rows(
        connection,
        instalment,
        [
            {
                "id": item_id,
                "company_id": COMPANY_ID,
                "invoice_id": invoice_id,
                "instalment_no": 1,
                **row,
            }
            for item_id, invoice_id, row in zip(
                item_ids, invoice_ids, instalments, strict=True
            )
        ],
    )
    return item_ids


def book_legacy_money(
    connection: Connection, settled: Sequence[Settled], *, now: datetime
) -> None:
    """Write what was paid on the invoices in the other system, fully allocated."""
    payment_ids = take_ids(connection, payment, len(settled))
    insert_rows(
        connection,
        payment,
        [
            {
                "id": payment_id,
                "company_id": COMPANY_ID,
                "kind": "legacy",
                "state": "matched",
                "entry_key": f"legacy:{one.invoice_no}",
                "booked_on": one.paid_on,
                "amount": one.amount,
                "currency": one.currency,
                "customer_id": one.customer_id,
                "unapplied_amount": Decimal(0),
                "recorded_at": now,
            }
            for payment_id, one in zip(payment_ids, settled, strict=True)
        ],
    )
    insert_rows(
        connection,
        allocation,
        [
            {
                "payment_id": payment_id,
                "instalment_id": one.instalment_id,
                "amount": one.amount,
                "allocated_on": one.paid_on,
                "evidence": "settled in the other system",
                "made_by": "legacy import",
                "made_at": now,
            }
            for payment_id, one in zip(payment_ids, settled, strict=True)
        ],
    )


def settle_instalments(connection: Connection, settled: Sequence[Settled]) -> None:
    """Close the instalments that the other system has settled since."""
    rows = [(one.instalment_id, ZERO, one.paid_on) for one in settled]
    update_rows(connection, instalment, ("open_amount", "settled_on"), rows)


def open_legacy_disputes(connection: Connection, rows: Sequence[Row]) -> None:
    """Write the disputes that the other system knew of."""
    insert_rows(connection, dispute, rows)
