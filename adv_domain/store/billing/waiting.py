"""How many documents wait for their posting on a day, and what are they worth?

due says by customer's schedule (None: the company's) until which day of supply the
turn has come; None where none has.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    distinct,
    false,
    func,
    or_,
    select,
)

from adv_domain.rules.billing.invoicing import line_net
from adv_domain.store.columns import AMOUNT, UNIT
from adv_domain.store.table_growth import tell_growth
from adv_domain.store.tables import (
    customer,
    delivery,
    delivery_line,
    order_line,
    sales_order,
)

_ZERO = Decimal(0)
Due = Mapping[str | None, date | None]
Schedules = Collection[str | None]
# what came back before it was billed never will be
_BILLABLE = delivery_line.c.qty - delivery_line.c.qty_ignored


def know_what_left(connection: Connection) -> None:
    """Have PostgreSQL count deliveries that it has never counted.

    Of 5,000 that a stock file has just brought it took 15 s to find those that wait.
    """
    tell_growth(connection, (delivery_line, delivery), rows=1)


def schedules_waiting(connection: Connection) -> list[str | None]:
    """Return the schedules of customers with anything to invoice."""
    rows = connection.execute(
        select(distinct(customer.c.invoicing))
        .join(sales_order, sales_order.c.customer_id == customer.c.id)
        .where(sales_order.c.to_invoice, ~sales_order.c.billed_by_order)
    )
    return list(rows.scalars())


def documents_waiting(connection: Connection, *, due: Due, collected: Schedules) -> int:
    """Count the orders in turn; those of a schedule that collects, by customer."""
    one = case(
        (of_schedules(collected), -sales_order.c.customer_id),
        else_=delivery_line.c.order_id,
    )
    return int(
        connection.execute(_waiting(due, func.count(distinct(one)))).scalar_one()
    )


def net_waiting(connection: Connection, *, due: Due) -> dict[str, Decimal]:
    """Return what is in turn, net by currency; two statements.

    Lines that left whole are summed where they lie; the others by the rule of lines.
    """
    whole = _waiting(
        due, sales_order.c.currency, func.sum(order_line.c.net, type_=AMOUNT)
    ).where(order_line.c.qty == _BILLABLE)
    worth = {
        currency: amount or _ZERO
        for currency, amount in connection.execute(
            whole.group_by(sales_order.c.currency)
        )
    }
    for row in _parts(connection, due):
        net = line_net(
            qty=row.qty,
            unit_price=row.unit_price,
            discount_rate=row.discount_rate,
            currency=row.currency,
        )
        worth[row.currency] = worth.get(row.currency, _ZERO) + net
    return worth


def of_schedules(schedules: Schedules) -> ColumnElement[bool]:
    """Say that the order's customer is invoiced by one of the schedules."""
    # also where he has none: NOT of this must find him
    return func.coalesce(customer.c.invoicing, "").in_([one or "" for one in schedules])


def _parts(connection: Connection, due: Due) -> Sequence[Row[Any]]:
    return connection.execute(
        _waiting(
            due,
            sales_order.c.currency,
            func.sum(_BILLABLE, type_=UNIT).label("qty"),
            order_line.c.unit_price,
            order_line.c.discount_rate,
        )
        .where(
            order_line.c.qty != _BILLABLE,
            order_line.c.unit_price.is_not(None),
        )
        .group_by(
            order_line.c.id,
            sales_order.c.currency,
            order_line.c.unit_price,
            order_line.c.discount_rate,
        )
    ).all()


def _waiting(due: Due, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(delivery_line)
        .join(delivery, delivery.c.id == delivery_line.c.delivery_id)
        .join(order_line, order_line.c.id == delivery_line.c.order_line_id)
        .join(sales_order, sales_order.c.id == delivery_line.c.order_id)
        .join(customer, customer.c.id == sales_order.c.customer_id)
        .where(
            delivery_line.c.invoice_line_id.is_(None),
            delivery_line.c.ignored_on.is_(None),
            sales_order.c.to_invoice,
            ~sales_order.c.billed_by_order,
            _in_turn(due),
        )
    )


def _in_turn(due: Due) -> ColumnElement[bool]:
    return or_(
        false(),
        *(
            and_(of_schedules([schedule]), delivery.c.shipped_on <= until)
            for schedule, until in due.items()
            if until is not None
        ),
    )
