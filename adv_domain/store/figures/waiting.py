"""What waits for a person now: how much, since when, and which cases first?"""

from datetime import date

from sqlalchemy import Connection, func, literal, select

from adv_domain.store.figures.waiting_cases import (
    WaitingCase,
    WaitingWork,
    counted_parts,
    read_parts,
)
from adv_domain.store.figures.waiting_orders import held_orders, late_orders
from adv_domain.store.tables import customer, failure, outbox, payment, task

_CREDIT = "credit control"


def waiting_work(connection: Connection, *, on: date, limit: int) -> list[WaitingWork]:
    """Return what waits, by kind, with at most limit cases of each named."""
    return [
        held_orders(connection, limit=limit),
        late_orders(connection, on=on, limit=limit),
        _review(connection, limit=limit),
        _failures(connection, limit=limit),
        _mails(connection, limit=limit),
        _tasks(connection, limit=limit),
    ]


def _review(connection: Connection, *, limit: int) -> WaitingWork:
    open_ones = payment.c.state.in_(("review", "unmatched"))
    parts = read_parts(
        connection,
        select(
            payment.c.currency,
            func.count().label("n"),
            func.sum(payment.c.amount).label("amount"),
            func.min(payment.c.booked_on).label("since"),
            literal(_CREDIT).label("team"),
        )
        .where(open_ones)
        .group_by(payment.c.currency)
        .order_by(payment.c.currency),
    )
    rows = connection.execute(
        select(payment, customer.c.name)
        .outerjoin(customer, customer.c.id == payment.c.customer_id)
        .where(open_ones)
        .order_by(payment.c.booked_on, payment.c.id)
        .limit(limit)
    )
    cases = tuple(
        WaitingCase(
            document=str(row.id),
            party=row.name or row.payer_name or "",
            reasons=(row.reason or row.state,),
            who=_CREDIT,
            amount=row.amount,
            currency=row.currency,
            since=row.booked_on,
        )
        for row in rows
    )
    return WaitingWork(kind="review", parts=parts, cases=cases)


def _failures(connection: Connection, *, limit: int) -> WaitingWork:
    rows = connection.execute(
        select(failure)
        .where(failure.c.resolved_at.is_(None))
        .order_by(failure.c.first_seen_at, failure.c.id)
    ).all()
    cases = tuple(
        WaitingCase(
            document=row.document,
            party=row.step,
            reasons=(row.message,),
            who=row.owner,
            since=row.first_seen_at.date(),
        )
        for row in rows
    )
    return WaitingWork(kind="failures", parts=counted_parts(cases), cases=cases[:limit])


def _mails(connection: Connection, *, limit: int) -> WaitingWork:
    rows = connection.execute(
        select(outbox)
        .where(outbox.c.state.in_(("unknown", "failed")))
        .order_by(outbox.c.state.desc(), outbox.c.id)
    ).all()
    cases = tuple(
        WaitingCase(
            document=row.outbox_key,
            party=row.to_address,
            reasons=(row.kind, row.state),
            who="operations" if row.state == "unknown" else "adv",
            since=row.business_date,
        )
        for row in rows
    )
    return WaitingWork(kind="unknown", parts=counted_parts(cases), cases=cases[:limit])


def _tasks(connection: Connection, *, limit: int) -> WaitingWork:
    is_open = task.c.state == "open"
    parts = read_parts(
        connection,
        select(
            task.c.team,
            task.c.currency,
            func.count().label("n"),
            func.sum(task.c.amount).label("amount"),
            func.min(task.c.opened_on).label("since"),
        )
        .where(is_open)
        .group_by(task.c.team, task.c.currency)
        .order_by(task.c.team, task.c.currency),
    )
    rows = connection.execute(
        select(task, customer.c.name)
        .outerjoin(customer, customer.c.id == task.c.customer_id)
        .where(is_open)
        .order_by(task.c.opened_on, task.c.id)
        .limit(limit)
    )
    cases = tuple(
        WaitingCase(
            document=row.kind,
            party=row.name or "",
            reasons=(row.text,),
            who=row.team,
            amount=row.amount,
            currency=row.currency or "",
            since=row.opened_on,
        )
        for row in rows
    )
    return WaitingWork(kind="tasks", parts=parts, cases=cases)
