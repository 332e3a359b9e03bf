"""How many orders wait for their invoice on a day, and what are they worth?"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, Select, distinct, func, select

from adv_domain.rules.billing.invoicing import line_net
from adv_domain.store.columns import AMOUNT, UNIT
from adv_domain.store.table_growth import tell_growth
from adv_domain.store.tables import delivery, delivery_line, order_line, sales_order

_ZERO = Decimal(0)
# what came back before it was billed never will be
_BILLABLE = delivery_line.c.qty - delivery_line.c.qty_ignored


def know_what_left(connection: Connection) -> None:
    """Have PostgreSQL count deliveries that it has never counted.

    Of 5,000 that a stock file has just brought it took 15 s to find those that wait.
    """
    tell_growth(connection, (delivery_line, delivery), rows=1)


def orders_waiting(connection: Connection, *, on: date) -> int:
    """Count the orders of which something left by the day and is not billed."""
    return int(connection.execute(_waiting(on, _orders())).scalar_one())


def net_waiting(connection: Connection, *, on: date) -> dict[str, Decimal]:
    """Return what is to be billed on a day, net by currency; two statements.

    Lines that left whole are summed where they lie; the others by the rule of lines.
    """
    whole = _waiting(
        on, sales_order.c.currency, func.sum(order_line.c.net, type_=AMOUNT)
    ).where(order_line.c.qty == _BILLABLE)
    worth = {
        currency: amount or _ZERO
        for currency, amount in connection.execute(
            whole.group_by(sales_order.c.currency)
        )
    }
    for row in _parts(connection, on):
        net = line_net(
            qty=row.qty,
            unit_price=row.unit_price,
            discount_rate=row.discount_rate,
            currency=row.currency,
        )
        worth[row.currency] = worth.get(row.currency, _ZERO) + net
    return worth


def _parts(connection: Connection, on: date) -> Sequence[Row[Any]]:
    return connection.execute(
        _waiting(
            on,
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


def _orders() -> Any:
    return func.count(distinct(delivery_line.c.order_id))


def _waiting(on: date, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(delivery_line)
        .join(delivery, delivery.c.id == delivery_line.c.delivery_id)
        .join(order_line, order_line.c.id == delivery_line.c.order_line_id)
        .join(sales_order, sales_order.c.id == delivery_line.c.order_id)
        .where(
            delivery_line.c.invoice_line_id.is_(None),
            delivery_line.c.ignored_on.is_(None),
            delivery.c.shipped_on <= on,
            sales_order.c.to_invoice,
        )
    )
