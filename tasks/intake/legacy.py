"""How are receivables of another system taken over, open and settled ones?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import Connection

from adv_domain.rules.faults import FileFault
from adv_domain.rules.money import ZERO
from adv_domain.rules.orders.master_data import LegacyInvoiceRecord
from adv_domain.store.intake.customers import add_bare_customers, customer_ids
from adv_domain.store.intake.legacy import (
    KnownLegacy,
    Settled,
    book_legacy_money,
    insert_legacy,
    known_invoices,
    open_legacy_disputes,
    settle_instalments,
)
from tasks.intake.tally import RecordAt, Taking
from tasks.resources import now, resources

_FROZEN = ("code", "name", "vat_id", "address", "postal_code", "city", "country")


@dataclass(slots=True)
class _Work:
    """What a batch of legacy invoices leads to."""

    fresh: list[LegacyInvoiceRecord] = field(default_factory=list)
    settled_since: list[tuple[LegacyInvoiceRecord, Decimal]] = field(
        default_factory=list
    )
    endings: list[bool | FileFault] = field(default_factory=list)


def take_legacy_invoices(
    connection: Connection, taking: Taking, records: Sequence[RecordAt]
) -> list[bool | FileFault]:
    """Write new invoices and settle those that were paid in the other system since.

    Customers who are not known are added by their code alone. Key: the invoice's
    number; another amount under a known number is a fault.
    """
    invoices = [
        (row_no, cast("LegacyInvoiceRecord", record)) for row_no, record in records
    ]
    known = known_invoices(connection, {one.invoice for _, one in invoices})
    work = _sorted_out(taking, invoices, known)
    customers = _customers(connection, taking, work)
    items = _insert(connection, taking, work.fresh, customers)
    items |= {number: one.instalment_id for number, one in known.items()}
    _book(connection, taking, work, customers, items)
    return work.endings


def _sorted_out(
    taking: Taking,
    invoices: Sequence[tuple[int, LegacyInvoiceRecord]],
    known: Mapping[str, KnownLegacy],
) -> _Work:
    work = _Work()
    here: dict[str, LegacyInvoiceRecord] = {}
    for row_no, record in invoices:
        standing = known.get(record.invoice)
        twin = here.setdefault(record.invoice, record)
        if twin is not record:
            is_same = twin == record
            work.endings.append(False if is_same else _other(taking, row_no, record))
        elif standing is None:
            work.fresh.append(record)
            work.endings.append(True)
        elif standing.origin != "legacy" or standing.gross != record.amount:
            work.endings.append(_other(taking, row_no, record))
        elif record.settled_on is not None and standing.open_amount:
            work.settled_since.append((record, standing.open_amount))
            work.endings.append(True)
        else:
            work.endings.append(False)
    return work


def _other(taking: Taking, row_no: int, record: LegacyInvoiceRecord) -> FileFault:
    message = (
        "an invoice of this number is here already with other values; "
        "correct the row or give a credit note"
    )
    return FileFault(
        taking.name, row_no, "invoice", "repeated_key", message, record.invoice
    )


def _customers(connection: Connection, taking: Taking, work: _Work) -> dict[str, int]:
    involved = [*work.fresh, *(record for record, _ in work.settled_since)]
    codes = {one.customer for one in involved}
    known = customer_ids(connection, codes)
    currencies = {
        one.customer: one.currency or taking.seller["currency"]
        for one in involved
        if one.customer not in known
    }
    if not currencies:
        return known
    add_bare_customers(
        connection,
        currencies,
        payment_terms=resources().policy.intake.default_payment_terms,
        now=now(),
    )
    return customer_ids(connection, codes)


def _insert(
    connection: Connection,
    taking: Taking,
    records: Sequence[LegacyInvoiceRecord],
    customers: Mapping[str, int],
) -> dict[str, int]:
    ids = insert_legacy(
        connection,
        [_invoice_row(taking, one, customers[one.customer]) for one in records],
        [_instalment_row(taking, one, customers[one.customer]) for one in records],
    )
    return {one.invoice: item for one, item in zip(records, ids, strict=True)}


def _invoice_row(
    taking: Taking, record: LegacyInvoiceRecord, customer_id: int
) -> dict[str, Any]:
    seller = taking.seller
    tax = record.tax or ZERO
    return {
        "kind": "credit_note" if record.amount < 0 else "invoice",
        "invoice_no": record.invoice,
        "customer_id": customer_id,
        "currency": record.currency or seller["currency"],
        "issued_on": record.issued_on,
        "net": record.amount - tax,
        "tax": tax,
        "gross": record.amount,
        "seller": {name: seller[name] for name in _FROZEN},
        "buyer": {"code": record.customer},
        "language": seller["language"],
        "posted_at": now(),
        "run_id": taking.run.run_id,
    }


def _instalment_row(
    taking: Taking, record: LegacyInvoiceRecord, customer_id: int
) -> dict[str, Any]:
    is_open = record.settled_on is None
    return {
        "customer_id": customer_id,
        "currency": record.currency or taking.seller["currency"],
        "issued_on": record.issued_on,
        "due_on": record.due_on,
        "amount": record.amount,
        "open_amount": record.amount if is_open else ZERO,
        "settled_on": record.settled_on,
        "means_of_payment": "transfer",
        "legacy_level": record.level,
        "legacy_level_on": record.level_on,
    }


def _book(
    connection: Connection,
    taking: Taking,
    work: _Work,
    customers: Mapping[str, int],
    items: Mapping[str, int],
) -> None:
    def _settled(record: LegacyInvoiceRecord, amount: Decimal) -> list[Settled]:
        if record.settled_on is None or not amount:
            return []
        return [
            Settled(
                invoice_no=record.invoice,
                instalment_id=items[record.invoice],
                customer_id=customers[record.customer],
                amount=amount,
                currency=record.currency or taking.seller["currency"],
                paid_on=record.settled_on,
            )
        ]

    new = [one for record in work.fresh for one in _settled(record, record.amount)]
    since = [one for pair in work.settled_since for one in _settled(*pair)]
    settle_instalments(connection, since)
    book_legacy_money(connection, new + since, now=now())
    open_legacy_disputes(
        connection,
        [
            _dispute_row(taking, one, items[one.invoice])
            for one in work.fresh
            if one.disputed and one.amount > 0
        ],
    )


def _dispute_row(
    taking: Taking, record: LegacyInvoiceRecord, item_id: int
) -> dict[str, Any]:
    closed_by = None if record.settled_on is None else taking.run.actor
    return {
        "instalment_id": item_id,
        "amount": record.amount,
        "reason": "legacy",
        "note": "disputed in the other system",
        "owner": "adv",
        "opened_on": record.issued_on,
        "opened_by": taking.run.actor,
        "closed_on": record.settled_on,
        "closed_by": closed_by,
    }
