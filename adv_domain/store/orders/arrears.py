"""What do customers owe past its due date, and what of their money is not used?"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Integer,
    Select,
    case,
    cast,
    func,
    null,
    or_,
    select,
    text,
    union_all,
)

from adv_domain.rules.money import ZERO
from adv_domain.rules.orders.arrears import PastDue
from adv_domain.store.columns import AMOUNT
from adv_domain.store.rows import among
from adv_domain.store.tables import (
    dispute,
    dunning_notice,
    instalment,
    payment,
    promise,
)

_ZERO = text("0")
"""A literal: with a parameter no database would use the partial indexes."""


@dataclass(frozen=True, slots=True)
class ArrearsQuestion:
    """As of which day, overdue since before which, and which promises still stand.

    A promise stands while its day is not before promised_since; None lets none count.
    """

    on: date
    overdue_before: date
    promised_since: date | None


@dataclass(frozen=True, slots=True)
class CustomerArrears:
    """What one customer owes past its due date, and his unused money by currency."""

    past_due: list[PastDue]
    unused: dict[str, Decimal]


def read_arrears(
    connection: Connection, customer_ids: Collection[int], question: ArrearsQuestion
) -> dict[int, CustomerArrears]:
    """Read both in one statement; customers who owe nothing past due are left out."""
    rows = connection.execute(
        union_all(
            _past_due(connection, customer_ids, question),
            _unused(
                instalment.c.customer_id,
                instalment.c.currency,
                -instalment.c.open_amount,
            ).where(
                among(connection, instalment.c.customer_id, customer_ids),
                instalment.c.open_amount < _ZERO,
            ),
            _unused(
                payment.c.customer_id, payment.c.currency, payment.c.unapplied_amount
            ).where(
                among(connection, payment.c.customer_id, customer_ids),
                payment.c.unapplied_amount > _ZERO,
            ),
        )
    ).all()
    found: dict[int, CustomerArrears] = {}
    for row in rows:
        if row.level is not None:
            part = PastDue(row.currency, row.level, row.amount, row.overdue, row.since)
            one = found.setdefault(row.customer_id, CustomerArrears([], {}))
            one.past_due.append(part)
    for row in rows:
        if row.level is None and row.customer_id in found:
            unused = found[row.customer_id].unused
            unused[row.currency] = unused.get(row.currency, ZERO) + row.amount
    return found


def _past_due(
    connection: Connection, customer_ids: Collection[int], question: ArrearsQuestion
) -> Select[Any]:
    """Select by currency and level what is left of the items past due."""
    item = instalment.c
    left = item.open_amount - _disputed(question.on)
    if question.promised_since is not None:
        left = left - _promised(question.promised_since)
    items = (
        select(
            item.customer_id,
            item.currency,
            item.due_on,
            left.label("left"),
            _level().label("level"),
        )
        .where(
            among(connection, item.customer_id, customer_ids),
            item.open_amount != _ZERO,
            item.due_on < question.on,
        )
        .subquery()
    )
    is_overdue = items.c.due_on < question.overdue_before
    by = (items.c.customer_id, items.c.currency, items.c.level)
    return (
        select(
            *by,
            func.sum(items.c.left, type_=AMOUNT).label("amount"),
            func.sum(case((is_overdue, items.c.left), else_=_ZERO), type_=AMOUNT).label(
                "overdue"
            ),
            func.min(case((is_overdue, items.c.due_on)), type_=Date).label("since"),
        )
        .where(items.c.left > _ZERO)
        .group_by(*by)
    )


def _disputed(on: date) -> ColumnElement[Any]:
    amount = func.sum(dispute.c.amount, type_=AMOUNT)
    of_item = select(amount).where(
        dispute.c.instalment_id == instalment.c.id,
        dispute.c.opened_on <= on,
        or_(dispute.c.closed_on.is_(None), dispute.c.closed_on > on),
    )
    return func.coalesce(of_item.scalar_subquery(), _ZERO)


def _promised(since: date) -> ColumnElement[Any]:
    """Sum the promises of an item that are not broken yet."""
    amount = func.sum(promise.c.amount, type_=AMOUNT)
    of_item = select(amount).where(
        promise.c.instalment_id == instalment.c.id,
        promise.c.state == "open",
        promise.c.promised_on >= since,
    )
    return func.coalesce(of_item.scalar_subquery(), _ZERO)


def _level() -> ColumnElement[int]:
    """Say how far an item was reminded, by us or by the system before."""
    legacy = func.coalesce(instalment.c.legacy_level, _ZERO)
    reached = func.coalesce(
        select(func.max(dunning_notice.c.level))
        .where(
            dunning_notice.c.instalment_id == instalment.c.id,
            dunning_notice.c.state == "completed",
        )
        .scalar_subquery(),
        _ZERO,
    )
    return case((reached > legacy, reached), else_=legacy)


def _unused(
    customer_id: ColumnElement[Any],
    currency: ColumnElement[Any],
    amount: ColumnElement[Any],
) -> Select[Any]:
    return select(
        customer_id,
        currency,
        cast(null(), Integer),
        func.sum(amount, type_=AMOUNT),
        cast(null(), AMOUNT),
        cast(null(), Date),
    ).group_by(customer_id, currency)
