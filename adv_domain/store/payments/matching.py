"""What must matching know: the money to match, and the items it may be for?"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, Select, exists, func, or_, select, text

from adv_domain.rules.payments.open_items import OpenItem, with_offer
from adv_domain.store.billing.early_offers import offers_of_credited
from adv_domain.store.engine import is_sqlite
from adv_domain.store.rows import among, named_rows
from adv_domain.store.tables import (
    allocation,
    customer,
    instalment,
    invoice,
    payment,
    run,
    series,
)

_AMOUNT_DIGITS = 3
# SQLite takes a partial index only where its condition stands in the statement
_STILL_OPEN = (text("instalment.open_amount <> 0"), instalment.c.open_amount > 0)


def claim_new_money(
    connection: Connection, *, after: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Claim movements that no rule has looked at yet: (id, entry_key), by id."""
    return connection.execute(
        select(payment.c.id, payment.c.entry_key)
        .where(payment.c.state == "new", payment.c.id > (after or 0))
        .order_by(payment.c.id)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
    ).all()


def claim_open_questions(
    connection: Connection, *, after: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Claim money in review or unmatched that no person has ever touched.

    A payment with an allocation, be it undone, was a person's: it stays theirs.
    """
    touched = exists().where(allocation.c.payment_id == payment.c.id)
    return connection.execute(
        select(payment.c.id, payment.c.entry_key)
        .where(
            payment.c.state.in_(("review", "unmatched")),
            payment.c.id > (after or 0),
            payment.c.kind == "bank",
            ~touched,
        )
        .order_by(payment.c.id)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
    ).all()


def has_news_for_matching(connection: Connection, *, run_id: int) -> bool:
    """Tell whether invoices or customers changed since the last finished run.

    Before the first one ended there is no open question to look at again.
    """
    last = connection.execute(
        select(func.max(run.c.started_at)).where(
            run.c.step == "payments", run.c.id < run_id, run.c.ended_at.is_not(None)
        )
    ).scalar()
    if last is None:
        return False
    newer = select(
        or_(
            exists().where(invoice.c.posted_at >= last),
            exists().where(customer.c.changed_at >= last),
        )
    )
    return bool(connection.execute(newer).scalar())


def read_payments(connection: Connection, ids: Collection[int]) -> Sequence[Row[Any]]:
    """Read the movements by id."""
    return named_rows(
        connection.execute(
            select(payment)
            .where(among(connection, payment.c.id, ids))
            .order_by(payment.c.id)
        )
    )


def series_prefixes(connection: Connection) -> tuple[tuple[str, int], ...]:
    """Return prefix and fiscal year of every document series."""
    rows = connection.execute(
        select(series.c.prefix, series.c.fiscal_year).order_by(series.c.id)
    )
    return tuple(rows.tuples().all())


def invoices_named(
    connection: Connection, *, numbers: Collection[str], references: Collection[str]
) -> set[int]:
    """Return the ids of the invoices with one of the numbers or references."""
    found: set[int] = set()
    for column, values in (
        (invoice.c.invoice_no, numbers),
        (invoice.c.rf_reference, references),
    ):
        if values:
            rows = connection.execute(
                select(invoice.c.id).where(
                    among(connection, column, values), invoice.c.kind == "invoice"
                )
            )
            found.update(rows.scalars())
    return found


def payers_of(
    connection: Connection, ibans: Collection[str]
) -> dict[str, frozenset[int]]:
    """Return which customers are known to pay from each IBAN.

    A customer's IBAN may be written compact or in groups of four.
    """
    known: dict[str, set[int]] = {}
    if ibans:
        spelled = {*ibans, *(_in_groups(iban) for iban in ibans)}
        rows = connection.execute(
            select(customer.c.iban, customer.c.id).where(
                among(connection, customer.c.iban, spelled)
            )
        )
        for iban, customer_id in rows:
            known.setdefault(iban.replace(" ", ""), set()).add(customer_id)
    return {iban: frozenset(ids) for iban, ids in known.items()}


def _in_groups(iban: str) -> str:
    return " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))


def items_of_invoices(
    connection: Connection, invoice_ids: Collection[int]
) -> list[OpenItem]:
    """Read all instalments of the invoices, settled ones too, and lock them."""
    if not invoice_ids:
        return []
    wanted = among(connection, instalment.c.invoice_id, invoice_ids)
    return _items(connection, _items_where().where(wanted))


def items_of_customers(
    connection: Connection, customer_ids: Collection[int]
) -> list[OpenItem]:
    """Read what the customers owe, and lock it."""
    if not customer_ids:
        return []
    wanted = among(connection, instalment.c.customer_id, customer_ids)
    return _items(connection, _items_where().where(wanted, *_STILL_OPEN))


def items_of_amounts(
    connection: Connection, amounts: Collection[Decimal]
) -> list[OpenItem]:
    """Read the open items of exactly these amounts, and lock them."""
    if not amounts:
        return []
    wanted = among_amounts(connection, instalment.c.open_amount, amounts)
    return _items(connection, _items_where().where(wanted, *_STILL_OPEN))


def among_amounts(
    connection: Connection, column: Any, amounts: Iterable[Decimal]
) -> Any:
    """Say that the amount column is one of the amounts."""
    if is_sqlite(connection):
        scaled = [int(amount.scaleb(_AMOUNT_DIGITS)) for amount in amounts]
        return among(connection, column, scaled)
    return among(connection, column, list(amounts))


def payments_to_return(
    connection: Connection, amounts: Collection[Decimal], *, earliest_on: date
) -> Sequence[Row[Any]]:
    """Read standing money in of these amounts, which a bank may have taken back."""
    if not amounts:
        return []
    return connection.execute(
        select(payment)
        .where(
            among_amounts(connection, payment.c.amount, amounts),
            payment.c.booked_on >= earliest_on,
            payment.c.reversed_amount == 0,
            payment.c.state.in_(("new", "matched", "review", "unmatched")),
        )
        .order_by(payment.c.booked_on.desc(), payment.c.id)
        .with_for_update(key_share=True)
    ).all()


def _items_where() -> Select[Any]:
    return (
        # in the order of OpenItem's fields, then the invoice
        select(
            instalment.c.id,
            invoice.c.invoice_no,
            func.coalesce(invoice.c.rf_reference, ""),
            instalment.c.customer_id,
            instalment.c.currency,
            instalment.c.due_on,
            instalment.c.open_amount,
            (invoice.c.gross + invoice.c.rounding).label("payable"),
            instalment.c.issued_on,
            invoice.c.early_until,
            invoice.c.early_amount,
            invoice.c.id.label("invoice_id"),
        )
        .join(invoice, invoice.c.id == instalment.c.invoice_id)
        .where(instalment.c.amount > 0)
        .order_by(instalment.c.id)
        .with_for_update(key_share=True, of=instalment)
    )


def _items(connection: Connection, statement: Select[Any]) -> list[OpenItem]:
    """Read the items; an offer to pay early is that of what credit notes left."""
    rows = connection.execute(statement).all()
    offers = offers_of_credited(
        connection, {row.invoice_id for row in rows if row.early_until}
    )
    return [
        with_offer(OpenItem(*values), offers[invoice_id])
        if invoice_id in offers
        else OpenItem(*values)
        for *values, invoice_id in rows
    ]
