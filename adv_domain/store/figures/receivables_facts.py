"""What is owed, paid and sold, in groups of equal dates and currency?

Grouped by date so that the sums of many days need a handful of statements; which
bucket an amount lies in on which day is the rule's business.
"""

from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, case, func, or_, select, union_all

from adv_domain.rules.exchange import ExchangeRate, exchange_rates
from adv_domain.rules.figures.receivables_days import Ledger, OpenGroup, SoldGroup
from adv_domain.rules.figures.receivables_kpis import Settled
from adv_domain.store.columns import AMOUNT
from adv_domain.store.tables import allocation, exchange_rate, instalment


def read_ledger(
    connection: Connection, *, currency: str, first: date, last: date
) -> Ledger:
    """Read all that the receivables figures of the days first to last need.

    currency is the company's. Items settled before the first day are left out of
    what is owed; sales are read as a whole, for the count-back.
    """
    rates = connection.execute(
        select(
            exchange_rate.c.currency,
            exchange_rate.c.base,
            exchange_rate.c.rate,
            exchange_rate.c.valid_from,
        ).where(exchange_rate.c.valid_from <= last)
    )
    return Ledger(
        owed=[
            *_open_items(connection, first=first, last=last),
            *_money_given(connection, first=first, last=last),
        ],
        sold=_sold(connection, last=last),
        rates=exchange_rates(ExchangeRate(*row) for row in rates),
        currency=currency,
    )


def _open_items(connection: Connection, *, first: date, last: date) -> list[OpenGroup]:
    by = (
        instalment.c.issued_on,
        instalment.c.due_on,
        instalment.c.settled_on,
        instalment.c.currency,
    )
    rows = connection.execute(
        select(*by, func.sum(instalment.c.amount), func.count())
        .where(
            instalment.c.issued_on <= last,
            or_(instalment.c.settled_on.is_(None), instalment.c.settled_on >= first),
        )
        .group_by(*by)
    )
    return [
        OpenGroup(
            issued_on=issued_on,
            due_on=due_on,
            from_on=issued_on,
            until_on=settled_on,
            currency=currency,
            amount=amount,
            items=int(items),
        )
        for issued_on, due_on, settled_on, currency, amount, items in rows
    ]


def _money_given(connection: Connection, *, first: date, last: date) -> list[OpenGroup]:
    """Return allocations as what they take from the items, while they stand.

    A credit note's own item is negative: what it gives makes it rise.
    """
    to_item = select(
        allocation.c.instalment_id.label("item_id"),
        allocation.c.amount,
        allocation.c.allocated_on,
        allocation.c.reversed_on,
    )
    from_credit = select(
        allocation.c.credit_instalment_id,
        allocation.c.amount,
        allocation.c.allocated_on,
        allocation.c.reversed_on,
    ).where(allocation.c.credit_instalment_id.is_not(None))
    given = union_all(to_item, from_credit).subquery()
    taken = case((instalment.c.amount < 0, given.c.amount), else_=-given.c.amount)
    by = (
        instalment.c.issued_on,
        instalment.c.due_on,
        instalment.c.settled_on,
        instalment.c.currency,
        given.c.allocated_on,
        given.c.reversed_on,
    )
    rows = connection.execute(
        select(*by, func.sum(taken, type_=AMOUNT))
        .join(instalment, instalment.c.id == given.c.item_id)
        .where(
            given.c.allocated_on <= last,
            or_(instalment.c.settled_on.is_(None), instalment.c.settled_on >= first),
        )
        .group_by(*by)
    )
    return [
        OpenGroup(
            issued_on=issued_on,
            due_on=due_on,
            from_on=max(issued_on, allocated_on),
            until_on=_earlier(settled_on, reversed_on),
            currency=currency,
            amount=amount,
            items=0,
        )
        for (
            issued_on,
            due_on,
            settled_on,
            currency,
            allocated_on,
            reversed_on,
            amount,
        ) in rows
    ]


def _earlier(one: date | None, other: date | None) -> date | None:
    known = [day for day in (one, other) if day is not None]
    return min(known, default=None)


def _sold(connection: Connection, *, last: date) -> list[SoldGroup]:
    by = (instalment.c.issued_on, instalment.c.currency)
    rows = connection.execute(
        select(*by, func.sum(instalment.c.amount))
        .where(instalment.c.issued_on <= last)
        .group_by(*by)
        .order_by(*by)
    )
    return [
        SoldGroup(issued_on=day, currency=currency, amount=amount)
        for day, currency, amount in rows
    ]


def settled_items(connection: Connection, *, first: date, last: date) -> list[Settled]:
    """Count the items settled in the range by due date; credit notes are none."""
    by = (instalment.c.due_on, instalment.c.settled_on)
    rows = connection.execute(
        select(*by, func.count())
        .where(
            instalment.c.settled_on >= first,
            instalment.c.settled_on <= last,
            instalment.c.issued_on <= last,
            instalment.c.amount > Decimal(0),
        )
        .group_by(*by)
    )
    return [
        Settled(due_on=due_on, settled_on=settled_on, items=int(items))
        for due_on, settled_on, items in rows
    ]
