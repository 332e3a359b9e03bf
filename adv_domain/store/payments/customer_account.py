"""What does a customer owe, what did he pay, and what is in question?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, Select, func, or_, select

from adv_domain.store.columns import AMOUNT
from adv_domain.store.payments.reviews import read_proposals
from adv_domain.store.rows import among
from adv_domain.store.tables import (
    allocation,
    customer,
    dispute,
    instalment,
    invoice,
    match_proposal,
    payment,
    promise,
)

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class CustomerAccount:
    """All that hangs on a customer's account, each list in its order of time.

    allocations and proposals are by payment, instalments by invoice, disputes and
    promises by invoice number.
    """

    invoices: Sequence[Row[Any]]
    instalments: dict[int, list[Row[Any]]]
    payments: Sequence[Row[Any]]
    allocations: dict[int, list[Row[Any]]]
    proposals: dict[int, list[Row[Any]]]
    disputes: Sequence[Row[Any]]
    promises: Sequence[Row[Any]]


@dataclass(frozen=True, slots=True)
class Balance:
    """What a customer owes in one currency; open − unapplied is the balance."""

    code: str
    currency: str
    open: Decimal
    unapplied: Decimal


def read_account(connection: Connection, customer_id: int) -> CustomerAccount:
    """Read the account in a constant number of statements."""
    invoices = connection.execute(
        select(invoice)
        .where(invoice.c.customer_id == customer_id)
        .order_by(invoice.c.issued_on, invoice.c.id)
    ).all()
    payments = _payments(connection, customer_id, [row.invoice_no for row in invoices])
    ids = [row.id for row in payments]
    return CustomerAccount(
        invoices=invoices,
        instalments=_grouped(
            connection,
            select(instalment)
            .where(instalment.c.customer_id == customer_id)
            .order_by(instalment.c.invoice_id, instalment.c.instalment_no),
            by="invoice_id",
        ),
        payments=payments,
        allocations=_allocations(connection, ids),
        proposals=read_proposals(connection, ids),
        disputes=_noted(connection, dispute, customer_id),
        promises=_noted(connection, promise, customer_id),
    )


def read_balances(
    connection: Connection, *, codes: Collection[str] | None = None
) -> list[Balance]:
    """Read what customers owe, one row a customer and currency, by code.

    A customer with nothing open has one row in the customer's own currency. Without
    codes all customers are meant.
    """
    heads = select(customer.c.id, customer.c.code, customer.c.currency)
    if codes is not None:
        heads = heads.where(among(connection, customer.c.code, codes))
    rows = connection.execute(heads.order_by(customer.c.code)).all()
    ids = None if codes is None else [row.id for row in rows]
    owed = _sums(connection, instalment, instalment.c.open_amount, ids)
    paid = _sums(connection, payment, payment.c.unapplied_amount, ids)
    return _balances(rows, owed, paid)


def _balances(
    rows: Sequence[Row[Any]],
    owed: dict[tuple[int, str], Decimal],
    paid: dict[tuple[int, str], Decimal],
) -> list[Balance]:
    currencies: dict[int, set[str]] = {}
    for customer_id, currency in (*owed, *paid):
        currencies.setdefault(customer_id, set()).add(currency)
    return [
        Balance(
            row.code,
            currency,
            owed.get((row.id, currency), _ZERO),
            paid.get((row.id, currency), _ZERO),
        )
        for row in rows
        for currency in sorted(
            {row.currency} | currencies.get(row.id, set()),
            key=lambda one, own=row.currency: (one != own, one),  # type: ignore[misc]  # default binds the row
        )
    ]


def _sums(
    connection: Connection, table: Any, amount: Any, ids: Collection[int] | None
) -> dict[tuple[int, str], Decimal]:
    total = func.sum(amount, type_=AMOUNT)
    statement = (
        select(table.c.customer_id, table.c.currency, total)
        .where(amount != 0, table.c.customer_id.is_not(None))
        .group_by(table.c.customer_id, table.c.currency)
    )
    if ids is not None:
        statement = statement.where(among(connection, table.c.customer_id, ids))
    rows = connection.execute(statement)
    return {(customer_id, currency): sum_ for customer_id, currency, sum_ in rows}


def _payments(
    connection: Connection, customer_id: int, numbers: Collection[str]
) -> Sequence[Row[Any]]:
    """Read the customer's payments, and those of nobody that may be for him."""
    asked = connection.execute(
        select(match_proposal.c.payment_id, match_proposal.c.invoices)
        .join(payment, payment.c.id == match_proposal.c.payment_id)
        .where(payment.c.customer_id.is_(None), payment.c.state == "review")
    )
    own = set(numbers)
    maybe = {payment_id for payment_id, invoices in asked if own & set(invoices)}
    return connection.execute(
        select(payment)
        .where(
            or_(
                payment.c.customer_id == customer_id,
                among(connection, payment.c.id, maybe),
            )
        )
        .order_by(payment.c.booked_on, payment.c.id)
    ).all()


def _allocations(
    connection: Connection, payment_ids: Collection[int]
) -> dict[int, list[Row[Any]]]:
    return _grouped(
        connection,
        select(
            allocation.c.payment_id,
            allocation.c.amount,
            allocation.c.evidence,
            allocation.c.is_manual,
            invoice.c.invoice_no,
        )
        .join(instalment, instalment.c.id == allocation.c.instalment_id)
        .join(invoice, invoice.c.id == instalment.c.invoice_id)
        .where(
            among(connection, allocation.c.payment_id, payment_ids),
            allocation.c.reversed_on.is_(None),
        )
        .order_by(allocation.c.id),
        by="payment_id",
    )


def _noted(connection: Connection, table: Any, customer_id: int) -> Sequence[Row[Any]]:
    return connection.execute(
        select(table, invoice.c.invoice_no, instalment.c.currency)
        .join(instalment, instalment.c.id == table.c.instalment_id)
        .join(invoice, invoice.c.id == instalment.c.invoice_id)
        .where(instalment.c.customer_id == customer_id)
        .order_by(table.c.id)
    ).all()


def _grouped(
    connection: Connection, statement: Select[Any], *, by: str
) -> dict[int, list[Row[Any]]]:
    groups: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(statement):
        groups.setdefault(getattr(row, by), []).append(row)
    return groups
