"""Which accepted orders are asked for an advance, and which requests stand?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)

from adv_domain.rules.advances.paid_ahead import Bases
from adv_domain.rules.billing.charges import TaxedAt
from adv_domain.store.billing.ordered_rest import LINE_REST
from adv_domain.store.bulk_update import update_rows
from adv_domain.store.columns import AMOUNT
from adv_domain.store.rows import among, insert_rows
from adv_domain.store.tables import (
    customer,
    milestone,
    order_line,
    payment_request,
    sales_order,
)

_GIVEN_UP = ("rejected", "cancelled")


@dataclass(frozen=True, slots=True)
class AskedOrder:
    """An order to ask an advance for; received is what came for it already."""

    order_id: int
    rate: Decimal
    gross: Decimal | None
    last_no: int
    received: Decimal


def wants_advance() -> ColumnElement[bool]:
    """Say that a part or all of an order is asked for in advance.

    Correlated to sales_order.
    """
    return (
        exists()
        .where(customer.c.id == sales_order.c.customer_id, _RATE > 0)
        .correlate(sales_order)
    )


_HAS_MILESTONES = or_(
    func.coalesce(sales_order.c.milestones, customer.c.milestones).is_not(None),
    exists().where(milestone.c.order_id == sales_order.c.id).correlate(sales_order),
)
_RATE = case(
    (sales_order.c.advance_rate.is_not(None), sales_order.c.advance_rate),
    (customer.c.advance_rate > 0, customer.c.advance_rate),
    (
        and_(sales_order.c.shipping_policy == "after_payment", ~_HAS_MILESTONES),
        literal(1, sales_order.c.advance_rate.type),
    ),
    else_=literal(0, sales_order.c.advance_rate.type),
)
"""What is asked of an order before stock is told: its own share, else its customer's,
else all of one that ships after payment; the milestones of an order ask for it."""


def awaits_payment() -> ColumnElement[bool]:
    """Say that money comes first: the order's policy or its customer's advance."""
    return and_(
        ~sales_order.c.is_prepaid,
        or_(
            and_(sales_order.c.shipping_policy == "after_payment", ~_has("paid")),
            and_(wants_advance(), or_(~_has("paid"), _has("open"))),
        ),
    )


def _has(state: str) -> ColumnElement[bool]:
    return (
        exists()
        .where(
            payment_request.c.order_id == sales_order.c.id,
            payment_request.c.state == state,
        )
        .correlate(sales_order)
    )


def orders_to_ask(
    connection: Connection, *, after: int | None, limit: int
) -> Sequence[tuple[int, str]]:
    """Claim accepted orders that no request stands for as they are, by id."""
    request = payment_request.c
    stands = exists().where(
        request.order_id == sales_order.c.id,
        request.state.in_(("open", "paid")),
        request.order_gross.is_not_distinct_from(sales_order.c.gross),
        # a share of the order's own may have been said since
        func.coalesce(sales_order.c.advance_rate, request.rate) == request.rate,
    )
    rows = connection.execute(
        select(sales_order.c.id, sales_order.c.order_no)
        .where(
            sales_order.c.state == "accepted",
            ~sales_order.c.is_prepaid,
            sales_order.c.id > (after or 0),
            wants_advance(),
            ~stands,
        )
        .order_by(sales_order.c.id)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True, of=sales_order)
    )
    return [(row.id, row.order_no) for row in rows]


def read_asked(
    connection: Connection, order_ids: Sequence[int]
) -> dict[int, AskedOrder]:
    """Read by id what asking for an advance of the orders needs."""
    of_order = payment_request.c.order_id == sales_order.c.id
    last = func.max(payment_request.c.request_no)
    ahead = func.sum(payment_request.c.received, type_=AMOUNT)
    nothing = literal(0, AMOUNT)
    rows = connection.execute(
        select(
            sales_order.c.id,
            _RATE,
            sales_order.c.gross,
            func.coalesce(select(last).where(of_order).scalar_subquery(), 0),
            func.coalesce(
                select(ahead).where(of_order).scalar_subquery(), nothing, type_=AMOUNT
            ),
        )
        .join(customer, customer.c.id == sales_order.c.customer_id)
        .where(among(connection, sales_order.c.id, order_ids))
    )
    return {row[0]: AskedOrder(*row) for row in rows}


def write_requests(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert open requests."""
    insert_rows(connection, payment_request, rows)


def withdraw_open(
    connection: Connection, order_ids: Collection[int], *, on: date, reason: str
) -> None:
    """Withdraw the open requests of the orders."""
    connection.execute(
        update(payment_request)
        .where(
            among(connection, payment_request.c.order_id, order_ids),
            payment_request.c.state == "open",
        )
        .values(state="withdrawn", withdrawn_on=on, reason=reason)
    )


def close_covered(connection: Connection, covered: Sequence[AskedOrder]) -> None:
    """Write that what came pays the last request of each order as it is now."""
    request = payment_request.c
    rows = connection.execute(
        select(func.max(request.id), request.order_id)
        .where(
            among(connection, request.order_id, [one.order_id for one in covered]),
            request.state.in_(("open", "paid")),
        )
        .group_by(request.order_id)
    )
    known = {one.order_id: one for one in covered}
    update_rows(
        connection,
        payment_request,
        ("state", "order_gross", "rate"),
        [
            (request_id, "paid", known[order_id].gross, known[order_id].rate)
            for request_id, order_id in rows
        ],
    )


def withdraw_unwanted(connection: Connection, *, on: date) -> list[int]:
    """Withdraw what is asked for orders that come to nothing, are invoiced in full,
    were paid otherwise or are to be paid in advance no more; return their ids."""
    rows = connection.execute(
        select(
            payment_request.c.id,
            payment_request.c.order_id,
            case(
                (sales_order.c.state.in_(_GIVEN_UP), "the order is given up"),
                (sales_order.c.is_prepaid, "the order was paid otherwise"),
                (~_has_rest(), "nothing of the order is left to invoice"),
                else_="no advance is asked for any more",
            ),
        )
        .join(sales_order, sales_order.c.id == payment_request.c.order_id)
        .where(
            payment_request.c.state == "open",
            or_(
                sales_order.c.state.in_(_GIVEN_UP),
                sales_order.c.is_prepaid,
                ~wants_advance(),
                ~_has_rest(),
            ),
        )
        .order_by(payment_request.c.id)
        .with_for_update(key_share=True, of=payment_request)
    ).all()
    update_rows(
        connection,
        payment_request,
        ("state", "withdrawn_on", "reason"),
        [(request_id, "withdrawn", on, reason) for request_id, _, reason in rows],
    )
    return sorted({order_id for _, order_id, _ in rows})


def _has_rest() -> ColumnElement[bool]:
    """Say that something of an order is still to be invoiced."""
    return (
        exists()
        .where(order_line.c.order_id == sales_order.c.id, LINE_REST > 0)
        .correlate(sales_order)
    )


def bases_as_json(bases: Bases) -> list[list[str]]:
    """Write amounts by tax group."""
    return [
        [group.category, str(group.rate), str(group.surcharge_rate), str(amount)]
        for group, amount in bases.items()
    ]


def bases_from_json(written: Sequence[Sequence[str]]) -> dict[TaxedAt, Decimal]:
    """Read amounts by tax group."""
    return {
        TaxedAt(category, Decimal(rate), Decimal(surcharge)): Decimal(amount)
        for category, rate, surcharge, amount in written
    }
