"""What does each customer owe, and what more has been promised to him?

Open items and unapplied money carry tax; orders are read net, with the customer's
and product's tax classes, so that the caller can add it.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, func, or_, select, text

from adv_domain.rules.billing.invoicing import line_net
from adv_domain.rules.exchange import ExchangeRate, ExchangeRates, exchange_rates
from adv_domain.rules.money import ZERO
from adv_domain.store.rows import among
from adv_domain.store.tables import (
    customer,
    exchange_rate,
    instalment,
    order_line,
    payment,
    product,
    sales_order,
)

_UNDER_WAY = ("accepted", "handed_off", "in_fulfilment", "fulfilled")


class Standing(NamedTuple):
    """One class of a customer's money in one currency."""

    customer_id: int
    currency: str
    amount: Decimal
    customer_category: str = ""
    product_class: str = ""


@dataclass(frozen=True, slots=True)
class Standings:
    """The four classes that exposure is made of."""

    open_items: tuple[Standing, ...]
    unapplied: tuple[Standing, ...]
    unbilled: tuple[Standing, ...]
    accepted_orders: tuple[Standing, ...]


def read_standings(connection: Connection, customer_ids: Collection[int]) -> Standings:
    """Read the four classes for the customers in four statements."""
    moved = _moved_lines(connection, customer_ids)
    return Standings(
        open_items=_summed(
            connection,
            select(
                instalment.c.customer_id,
                instalment.c.currency,
                func.sum(instalment.c.open_amount),
            )
            .where(
                among(connection, instalment.c.customer_id, customer_ids),
                text("instalment.open_amount <> 0"),
            )
            .group_by(instalment.c.customer_id, instalment.c.currency),
        ),
        unapplied=_summed(
            connection,
            select(
                payment.c.customer_id,
                payment.c.currency,
                func.sum(payment.c.unapplied_amount),
            )
            .where(
                among(connection, payment.c.customer_id, customer_ids),
                payment.c.unapplied_amount > 0,
            )
            .group_by(payment.c.customer_id, payment.c.currency),
        ),
        unbilled=tuple(_part(moved, _unbilled_qty)),
        accepted_orders=(
            *_untouched_orders(connection, customer_ids),
            *_part(moved, _unshipped_qty),
        ),
    )


def read_exchange_rates(
    connection: Connection, *, currencies: Collection[str], on: date
) -> ExchangeRates:
    """Read the dated rates of the currencies up to the day."""
    rows = connection.execute(
        select(
            exchange_rate.c.currency,
            exchange_rate.c.base,
            exchange_rate.c.rate,
            exchange_rate.c.valid_from,
        ).where(
            or_(
                among(connection, exchange_rate.c.currency, currencies),
                among(connection, exchange_rate.c.base, currencies),
            ),
            exchange_rate.c.valid_from <= on,
        )
    )
    return exchange_rates(ExchangeRate(*row) for row in rows)


def _summed(connection: Connection, statement: Any) -> tuple[Standing, ...]:
    return tuple(Standing(*row) for row in connection.execute(statement))


def _under_way(connection: Connection, customer_ids: Collection[int]) -> Any:
    return and_(
        among(connection, sales_order.c.customer_id, customer_ids),
        sales_order.c.state.in_(_UNDER_WAY),
        sales_order.c.is_prepaid.is_(False),
    )


_UNTOUCHED = and_(
    order_line.c.qty_shipped == 0,
    order_line.c.qty_invoiced == 0,
    order_line.c.qty_cancelled == 0,
)


def _untouched_orders(
    connection: Connection, customer_ids: Collection[int]
) -> tuple[Standing, ...]:
    return _summed(
        connection,
        select(
            sales_order.c.customer_id,
            sales_order.c.currency,
            func.sum(order_line.c.net),
            customer.c.tax_category,
            product.c.tax_class,
        )
        .join(order_line, order_line.c.order_id == sales_order.c.id)
        .join(customer, customer.c.id == sales_order.c.customer_id)
        .join(product, product.c.id == order_line.c.product_id)
        .where(_under_way(connection, customer_ids), _UNTOUCHED)
        .group_by(
            sales_order.c.customer_id,
            sales_order.c.currency,
            customer.c.tax_category,
            product.c.tax_class,
        ),
    )


def _moved_lines(
    connection: Connection, customer_ids: Collection[int]
) -> list[Row[Any]]:
    """Read the lines of which a part was shipped, invoiced or cancelled, not all."""
    return list(
        connection.execute(
            select(
                sales_order.c.customer_id,
                sales_order.c.currency,
                order_line.c.qty,
                order_line.c.qty_shipped,
                order_line.c.qty_invoiced,
                order_line.c.qty_cancelled,
                order_line.c.unit_price,
                order_line.c.discount_rate,
                customer.c.tax_category,
                product.c.tax_class,
            )
            .join(order_line, order_line.c.order_id == sales_order.c.id)
            .join(customer, customer.c.id == sales_order.c.customer_id)
            .join(product, product.c.id == order_line.c.product_id)
            .where(
                _under_way(connection, customer_ids),
                ~_UNTOUCHED,
                order_line.c.qty_invoiced + order_line.c.qty_cancelled
                < order_line.c.qty,
            )
        )
    )


def _unbilled_qty(line: Row[Any]) -> Decimal:
    unbilled: Decimal = line.qty_shipped - line.qty_invoiced
    return max(ZERO, unbilled)


def _unshipped_qty(line: Row[Any]) -> Decimal:
    gone = max(line.qty_shipped, line.qty_invoiced)
    unshipped: Decimal = line.qty - line.qty_cancelled - gone
    return max(ZERO, unshipped)


def _part(
    lines: Iterable[Row[Any]], qty_of: Callable[[Row[Any]], Decimal]
) -> Iterable[Standing]:
    sums: dict[tuple[int, str, str, str], Decimal] = {}
    for line in lines:
        key = (line.customer_id, line.currency, line.tax_category, line.tax_class)
        value = line_net(
            qty=qty_of(line),
            unit_price=line.unit_price,
            discount_rate=line.discount_rate,
            currency=line.currency,
        )
        sums[key] = sums.get(key, ZERO) + value
    return (
        Standing(customer_id, currency, amount, category, tax_class)
        for (customer_id, currency, category, tax_class), amount in sums.items()
        if amount
    )
