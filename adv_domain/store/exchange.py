"""Which exchange rates are in force on a day?"""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, func, or_, select, text, tuple_

from adv_domain.rules.exchange import ExchangeRate, ExchangeRates, exchange_rates
from adv_domain.store.rows import among
from adv_domain.store.tables import exchange_rate


def read_exchange_rates(
    connection: Connection, *, currencies: Collection[str], on: date
) -> ExchangeRates:
    """Read the last rate on or before the day of each pair with these currencies."""
    return read_rates_between(connection, currencies=currencies, first=on, last=on)


def read_rates_between(
    connection: Connection, *, currencies: Collection[str], first: date, last: date
) -> ExchangeRates:
    """Read every rate that is in force on one of the days, both included."""
    pair = (exchange_rate.c.currency, exchange_rate.c.base)
    newest = (
        select(*pair, func.max(exchange_rate.c.valid_from))
        .where(
            or_(*(among(connection, column, currencies) for column in pair)),
            exchange_rate.c.valid_from <= first,
        )
        .group_by(*pair)
    )
    rows = connection.execute(
        select(*pair, exchange_rate.c.rate, exchange_rate.c.valid_from).where(
            or_(
                tuple_(*pair, exchange_rate.c.valid_from).in_(newest),
                exchange_rate.c.valid_from.between(first, last),
            ),
            # an older version took a rate of nothing in, which converts nothing
            exchange_rate.c.rate > text("0"),
        )
    )
    return exchange_rates(ExchangeRate(*row) for row in rows)
