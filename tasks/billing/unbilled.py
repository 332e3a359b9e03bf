"""What is delivered and not invoiced, as of any day, and how does the list leave?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from adv_domain.files.csv_out import csv_bytes
from adv_domain.rules.billing.issue_deadlines import issue_deadline
from adv_domain.rules.billing.unbilled import (
    DeliveredGoods,
    UnbilledTotal,
    totals,
    unbilled_at,
)
from adv_domain.rules.plain_numbers import plain_number
from adv_domain.store.billing.unbilled import read_unbilled
from adv_domain.store.engine import reading
from tasks.resources import resources

_COLUMNS = (
    "customer",
    "customer_name",
    "order",
    "line",
    "delivery",
    "shipped_on",
    "invoice_by",
    "product",
    "description",
    "qty",
    "unit",
    "unit_price",
    "discount_percent",
    "value",
    "currency",
)


@dataclass(frozen=True, slots=True)
class Unbilled:
    """The goods, oldest first, and their totals by currency.

    country is the seller's: its law says until when goods are invoiced.
    """

    as_of_on: date
    country: str
    goods: Sequence[DeliveredGoods]
    totals: Sequence[UnbilledTotal]

    def invoice_by(self, one: DeliveredGoods) -> date:
        """Return the last lawful day of the goods' invoice."""
        return issue_deadline(self.country, supplied_on=one.shipped_on).last_on

    @property
    def late(self) -> list[DeliveredGoods]:
        """Return the goods whose invoice the law wanted before this day."""
        return [one for one in self.goods if self.invoice_by(one) < self.as_of_on]


def unbilled_as_of(on: date) -> Unbilled:
    """Return what was delivered and not invoiced at the close of the day."""
    with reading(resources().engine) as connection:
        return read_unbilled_at(connection, on=on)


def read_unbilled_at(connection: Connection, *, on: date) -> Unbilled:
    """Return the same from an open connection; a constant number of statements."""
    goods = unbilled_at(read_unbilled(connection, first=on, last=on), on)
    country = resources().policy.company.country
    return Unbilled(on, country, goods, totals(goods))


def unbilled_csv(unbilled: Unbilled) -> bytes:
    """Write the list as CSV, a row for each part of a delivery line."""
    return csv_bytes(
        _COLUMNS,
        [
            (
                one.customer,
                one.customer_name,
                one.order_no,
                one.line_no,
                one.delivery_no,
                one.shipped_on,
                unbilled.invoice_by(one),
                one.product,
                one.description,
                plain(one.qty),
                one.unit,
                plain(one.unit_price),
                plain(one.discount_rate * 100),
                one.value,
                one.currency,
            )
            for one in unbilled.goods
        ],
    )


def plain(number: Decimal | None) -> Decimal | None:
    """Drop the zeros that the table's six decimals add."""
    return None if number is None else Decimal(plain_number(number))
