"""What does it cost to look through many open lines for delays and silences?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from adv_domain.store.company import COMPANY_ID
from adv_domain.store.engine import writing
from adv_domain.store.rows import insert_rows
from adv_domain.store.tables import (
    customer,
    order_line,
    product,
    sales_order,
    stock_message,
)
from tasks.resources import resources

ON = date(2026, 3, 10)
_LINES_AN_ORDER = 3
_ORDERS_A_CUSTOMER = 5
_SLIPPED_OF_100, _SILENT_OF_100 = 12, 3
_AT = datetime(2026, 3, 9, 9, tzinfo=UTC)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OpenLines:
    """So many open lines: of a hundred, twelve have slipped by ten days and three
    were confirmed for a day that has passed."""

    lines: int

    @property
    def orders(self) -> int:
        return -(-self.lines // _LINES_AN_ORDER)

    @property
    def slipped(self) -> int:
        return sum(_kind(at) == "slipped" for at in range(self.lines))

    @property
    def silent(self) -> int:
        return sum(_kind(at) == "silent" for at in range(self.lines))

    def put(self) -> None:
        """Write customers, orders and lines straight into an empty database."""
        with writing(resources().engine) as connection:
            self._put_masters(connection)
            insert_rows(connection, sales_order, list(self._orders()))
            insert_rows(connection, order_line, list(self._lines()))
            news = {
                "message_key": "bench",
                "kind": "confirmation",
                "order_id": 1,
                "dated_on": ON,
                "received_at": datetime.now(UTC),
            }
            insert_rows(connection, stock_message, [news])

    def _put_masters(self, connection: Connection) -> None:
        customers = -(-self.orders // _ORDERS_A_CUSTOMER)
        insert_rows(
            connection, customer, [_customer(at) for at in range(1, customers + 1)]
        )
        goods = {
            "id": 1,
            "code": "P1",
            "name": "Bolt box M8",
            "unit": "C62",
            "tax_class": "standard",
            "changed_at": _AT,
        }
        insert_rows(connection, product, [goods])

    def _orders(self) -> Iterator[Row]:
        for at in range(self.orders):
            buyer = at // _ORDERS_A_CUSTOMER + 1
            yield {
                "id": at + 1,
                "company_id": COMPANY_ID,
                "order_no": f"S{at + 1:08d}",
                "customer_id": buyer,
                "customer_code": f"C{buyer}",
                "customer_ref": f"PO-{at + 1}",
                "ordered_on": ON - timedelta(days=20),
                "currency": "EUR",
                "state": "handed_off",
                "channel": "file",
                "shipping_policy": "partial",
                "content_hash": f"{at + 1:064d}",
                "received_at": _AT,
            }

    def _lines(self) -> Iterator[Row]:
        for at in range(self.lines):
            first_on = ON + timedelta(days=-4 if _kind(at) == "silent" else 30)
            slip = timedelta(days=10 if _kind(at) == "slipped" else 0)
            yield {
                "order_id": at // _LINES_AN_ORDER + 1,
                "line_no": at % _LINES_AN_ORDER + 1,
                "product_id": 1,
                "product_code": "P1",
                "qty": Decimal(5),
                "unit": "C62",
                "first_confirmed_on": first_on,
                "confirmed_on": first_on + slip,
                "state": "open",
            }


def _kind(at: int) -> str:
    place = at * 37 % 100
    if place < _SLIPPED_OF_100:
        return "slipped"
    return "silent" if place < _SLIPPED_OF_100 + _SILENT_OF_100 else "on time"


def _customer(at: int) -> Row:
    return {
        "id": at,
        "company_id": COMPANY_ID,
        "code": f"C{at}",
        "name": f"Customer {at}",
        "party_kind": "business",
        "country": "ES",
        "currency": "EUR",
        "language": ("es", "en", "fr")[at % 3],
        "email": f"c{at}@example.com",
        "payment_terms": "net30",
        "means_of_payment": "transfer",
        "tax_category": "standard",
        "changed_at": _AT,
    }
