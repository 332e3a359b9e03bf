"""Is every amount of money accounted for, and is what is open really open?"""

from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Subquery,
    func,
    literal,
    select,
    text,
    union_all,
)
from sqlalchemy import and_ as both
from sqlalchemy import or_ as either

from adv_domain.store.audit.check import CheckResult, by_query
from adv_domain.store.tables import allocation, instalment, invoice, payment

_ZERO = text("0")
_NEVER = date(1, 1, 1)
_LIVE = allocation.c.reversed_on.is_(None)


def money_checks(connection: Connection) -> list[CheckResult]:
    """Check payments against their allocations, items against both."""
    return [
        _money_in(connection),
        _open_amounts(connection),
        _open_not_negative(connection),
        _settled_when_nothing_is_open(connection),
        _settled_on_its_day(connection),
        _currencies(connection),
    ]


def _money_in(connection: Connection) -> CheckResult:
    given = _live_sums(allocation.c.payment_id)
    used = (
        func.coalesce(given.c.total, _ZERO)
        + payment.c.unapplied_amount
        + payment.c.refunded_amount
        + payment.c.reversed_amount
    )
    return by_query(
        connection,
        "money_in_is_allocated_or_unapplied",
        looked_at=payment,
        broken=select(payment.c.entry_key)
        .outerjoin(given, given.c.owner_id == payment.c.id)
        .where(used != payment.c.amount),
    )


def _open_amounts(connection: Connection) -> CheckResult:
    got = _live_sums(allocation.c.instalment_id)
    gave = _live_sums(allocation.c.credit_instalment_id)
    left = (
        instalment.c.amount
        - func.coalesce(got.c.total, _ZERO)
        + func.coalesce(gave.c.total, _ZERO)
    )
    return by_query(
        connection,
        "open_is_amount_less_allocations",
        looked_at=instalment,
        broken=_named()
        .outerjoin(got, got.c.owner_id == instalment.c.id)
        .outerjoin(gave, gave.c.owner_id == instalment.c.id)
        .where(left != instalment.c.open_amount),
    )


def _open_not_negative(connection: Connection) -> CheckResult:
    amount, left = instalment.c.amount, instalment.c.open_amount
    return by_query(
        connection,
        "open_amount_within_amount",
        looked_at=instalment,
        broken=_named().where(
            either(
                both(amount >= _ZERO, either(left < _ZERO, left > amount)),
                both(amount < _ZERO, either(left > _ZERO, left < amount)),
            )
        ),
    )


def _settled_when_nothing_is_open(connection: Connection) -> CheckResult:
    return by_query(
        connection,
        "settled_items_have_nothing_open",
        looked_at=instalment,
        broken=_named().where(
            instalment.c.settled_on.is_not(None), instalment.c.open_amount != _ZERO
        ),
    )


def _settled_on_its_day(connection: Connection) -> CheckResult:
    """The day is the one of the money that came last; an item of nothing was born so.

    What was written at one moment settled it together: its last day counts.
    """
    given = union_all(
        *(
            select(owner_id.label("owner_id"), allocation.c.made_at)
            .add_columns(allocation.c.allocated_on)
            .where(_LIVE, owner_id.is_not(None))
            for owner_id in (
                allocation.c.instalment_id,
                allocation.c.credit_instalment_id,
            )
        )
    ).subquery()
    turn = func.row_number().over(
        partition_by=given.c.owner_id,
        order_by=(given.c.made_at.desc(), given.c.allocated_on.desc()),
    )
    days = select(given.c.owner_id, given.c.allocated_on, turn.label("turn")).subquery()
    day = func.coalesce(days.c.allocated_on, instalment.c.issued_on)
    return by_query(
        connection,
        "settled_items_name_their_day",
        looked_at=instalment,
        broken=_named()
        .outerjoin(
            days, both(days.c.owner_id == instalment.c.id, days.c.turn == literal(1))
        )
        .where(
            instalment.c.open_amount == _ZERO,
            func.coalesce(instalment.c.settled_on, _NEVER) != day,
        ),
    )


def _currencies(connection: Connection) -> CheckResult:
    return by_query(
        connection,
        "money_keeps_its_currency",
        looked_at=allocation,
        broken=_named()
        .join(allocation, allocation.c.instalment_id == instalment.c.id)
        .join(payment, payment.c.id == allocation.c.payment_id)
        .where(_LIVE, payment.c.currency != instalment.c.currency),
    )


def _named() -> Any:
    return select(invoice.c.invoice_no, instalment.c.instalment_no).join_from(
        instalment, invoice, invoice.c.id == instalment.c.invoice_id
    )


def _live_sums(owner_id: ColumnElement[Any]) -> Subquery:
    return (
        select(owner_id.label("owner_id"), func.sum(allocation.c.amount).label("total"))
        .where(_LIVE, owner_id.is_not(None))
        .group_by(owner_id)
        .subquery()
    )
