"""Which orders are invoiced as they were ordered, and what are they worth?

Each from its acceptance on: a held, rejected or changed order that is not accepted yet
is not invoiced. What of them is billed: ordered_rest.
"""

from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    exists,
    func,
    or_,
    select,
    text,
)

from adv_domain.store.advances.payment_requests import awaits_payment, wants_advance
from adv_domain.store.billing.ordered_rest import LINE_REST
from adv_domain.store.columns import AMOUNT
from adv_domain.store.tables import customer, milestone, order_line, sales_order

BY_ORDER = "order"
_ACCEPTED = ("accepted", "handed_off", "in_fulfilment", "fulfilled")
_line = order_line.c
_ZERO = Decimal(0)


class Worth(NamedTuple):
    """What lines with nothing invoiced or cancelled come to, in a currency, or the
    quantity, price and discount of one that has."""

    currency: str
    net: Decimal | None
    qty: Decimal
    unit_price: Decimal | None
    discount_rate: Decimal


def is_by_order(*, by_default: bool) -> ColumnElement[bool]:
    """Say that an order, joined with its customer, is invoiced as it was ordered.

    by_default: so are those of customers with whom nothing is agreed. One with
    milestones is invoiced by these.
    """
    usual = BY_ORDER if by_default else ""
    agreed = func.coalesce(customer.c.invoicing, usual) == BY_ORDER
    has_plan = exists().where(milestone.c.order_id == sales_order.c.id)
    return or_(sales_order.c.billed_by_order, and_(agreed, ~has_plan))


def anything_by_order(connection: Connection) -> bool:
    """Tell whether any customer or order is invoiced so, whatever the policy says."""
    agreed = exists().where(customer.c.invoicing == BY_ORDER)
    # as the partial index says it, on both databases
    begun = exists(sales_order.c.id).where(text("sales_order.billed_by_order"))
    return bool(connection.execute(select(or_(agreed, begun))).scalar_one())


def orders_to_bill(
    connection: Connection,
    wanted: ColumnElement[bool],
    *,
    after: int | None,
    limit: int | None,
) -> list[Row[Any]]:
    """Claim accepted orders that are not invoiced as they stand, or only to be closed.

    Rows of id, customer_id, order_no, has_rest and awaits_advance, by id.
    """
    to_close = and_(
        sales_order.c.billed_by_order,
        sales_order.c.state == "fulfilled",
    )
    waits = _awaits_advance().label("awaits_advance")
    statement = (
        select(
            sales_order.c.id,
            sales_order.c.customer_id,
            sales_order.c.order_no,
            _has_rest().label("has_rest"),
            waits,
        )
        .join(customer, customer.c.id == sales_order.c.customer_id)
        .where(
            sales_order.c.id > (after or 0),
            wanted,
            _is_accepted(),
            or_(_has_rest(), to_close),
        )
        .order_by(sales_order.c.id)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True, of=sales_order)
    )
    return list(connection.execute(statement))


def count_to_bill(connection: Connection, *, by_default: bool) -> int:
    """Count the orders that are to be invoiced as they were ordered."""
    counted = (
        select(func.count())
        .select_from(sales_order)
        .join(customer, customer.c.id == sales_order.c.customer_id)
        .where(*_in_turn(by_default), _has_rest())
    )
    return int(connection.execute(counted).scalar_one())


def worth_to_bill(connection: Connection, *, by_default: bool) -> list[Worth]:
    """Return what these orders come to: whole lines by currency, the others by line."""
    is_whole = and_(_line.qty == LINE_REST, _line.net.is_not(None))
    source = (
        sales_order.join(customer, customer.c.id == sales_order.c.customer_id)
    ).join(order_line, _line.order_id == sales_order.c.id)
    wanted = (*_in_turn(by_default), LINE_REST > 0)
    whole = (
        select(sales_order.c.currency, func.sum(_line.net, type_=AMOUNT))
        .select_from(source)
        .where(*wanted, is_whole)
        .group_by(sales_order.c.currency)
    )
    parts = (
        select(
            sales_order.c.currency,
            LINE_REST.label("qty"),
            _line.unit_price,
            _line.discount_rate,
        )
        .select_from(source)
        .where(*wanted, ~is_whole, _line.unit_price.is_not(None))
    )
    found = [
        Worth(currency, net, _ZERO, None, _ZERO)
        for currency, net in connection.execute(whole)
    ]
    return found + [Worth(row[0], None, *row[1:]) for row in connection.execute(parts)]


def _in_turn(by_default: bool) -> tuple[ColumnElement[bool], ...]:
    return is_by_order(by_default=by_default), _is_accepted(), ~_awaits_advance()


def _awaits_advance() -> ColumnElement[bool]:
    return and_(sales_order.c.state == "accepted", wants_advance(), awaits_payment())


def _is_accepted() -> ColumnElement[bool]:
    """What was shipped of an order that is cancelled since is billed on."""
    begun = and_(sales_order.c.billed_by_order, sales_order.c.state == "cancelled")
    return or_(sales_order.c.state.in_(_ACCEPTED), begun)


def _has_rest() -> ColumnElement[bool]:
    return exists().where(_line.order_id == sales_order.c.id, LINE_REST > 0)
