"""Which orders wait for a decision, what do they say, and what was decided?

A batch is read and written in a constant number of statements, whatever its size.
Rows come back as named tuples: they are made by the hundred thousand.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, literal_column, select, union_all

from adv_domain.rules.orders.twins import Twin
from adv_domain.store.billing.order_charges import charge_amounts
from adv_domain.store.bulk_update import update_rows
from adv_domain.store.rows import among, insert_rows
from adv_domain.store.tables import order_fault, order_line, sales_order

_WAITING = ("received", "held")
_GIVEN_UP = ("rejected", "cancelled")
_TWIN = ("id", "order_no", "customer_ref", "ordered_on")


class WaitingOrder(NamedTuple):
    """An order that is received or held, as it stands."""

    id: int
    company_id: int
    order_no: str
    customer_id: int | None
    customer_code: str
    customer_ref: str
    occurrence: int
    currency: str
    ordered_on: date
    requested_on: date | None
    state: str
    net: Decimal | None
    gross: Decimal | None
    is_prepaid: bool
    prepaid: Decimal
    held_for: str | None
    held_on: date | None
    received_at: datetime
    goods_key: int | None
    ship_to_id: str | None
    ship_to_address: str | None
    ship_to_city: str | None
    ship_to_country: str | None
    buyer_reference: str | None
    payment_terms: str | None
    shipping_policy: str
    priority: int | None
    charges: list[dict[str, str | None]] | None

    @property
    def charged(self) -> Decimal:
        """What the order's charges come to, less its allowances, before tax."""
        return sum(self.charge_amounts, Decimal(0))

    @property
    def charge_amounts(self) -> tuple[Decimal, ...]:
        """What each of its charges and, negative, allowances comes to."""
        return charge_amounts(self.charges, self.currency)


class WaitingLine(NamedTuple):
    """A line of a waiting order: what was asked, and the price decided so far."""

    id: int
    order_id: int
    line_no: int
    product_id: int | None
    product_code: str
    qty: Decimal
    requested_on: date | None
    asked_price: Decimal | None
    asked_discount_rate: Decimal
    unit_price: Decimal | None
    discount_rate: Decimal
    price_source: str | None
    net: Decimal | None
    first_confirmed_on: date | None
    confirmed_on: date | None
    amended_on: date | None
    unit: str


class KnownFault(NamedTuple):
    """A fault on record; resolved_on is None while it stands."""

    id: int
    order_id: int
    line_no: int
    code: str
    message: str
    clash: Mapping[str, str]
    severity: str
    owner: str
    resolved_on: date | None
    waived_by: str | None
    waived_reason: str | None


def claim_waiting(
    connection: Connection, *, after: int | None, limit: int
) -> Sequence[tuple[int, str]]:
    """Return id and number of the next received or held orders, by id."""
    parts = [_waiting_in(state, after, limit) for state in _WAITING]
    both = union_all(*(select(part.c.id, part.c.order_no) for part in parts)).subquery()
    rows = connection.execute(
        select(both.c.id, both.c.order_no).order_by(both.c.id).limit(limit)
    )
    return [(row.id, row.order_no) for row in rows.all()]


def _waiting_in(state: str, after: int | None, limit: int) -> Any:
    """Select one state by its partial index, which needs the state as a literal."""
    return (
        select(sales_order.c.id, sales_order.c.order_no)
        .where(
            sales_order.c.state == literal_column(f"'{state}'"),
            sales_order.c.id > (after or 0),
        )
        .order_by(sales_order.c.id)
        .limit(limit)
        .subquery(state)
    )


def read_waiting(
    connection: Connection, order_ids: Collection[int]
) -> list[WaitingOrder]:
    """Read the orders and lock them, by id; those being decided are left out."""
    rows = connection.execute(
        select(*(sales_order.c[name] for name in WaitingOrder._fields))
        .where(among(connection, sales_order.c.id, order_ids))
        .order_by(sales_order.c.id)
        .with_for_update(key_share=True, skip_locked=True)
    )
    # told here, not in SQL: PostgreSQL would look for the few that wait by their state
    found = (WaitingOrder._make(row) for row in rows.all())
    return [order for order in found if order.state in _WAITING]


def read_lines(
    connection: Connection, order_ids: Collection[int]
) -> dict[int, list[WaitingLine]]:
    """Read the lines by order, in line order; cancelled ones are left out."""
    rows = connection.execute(
        select(*(order_line.c[name] for name in WaitingLine._fields))
        .where(
            among(connection, order_line.c.order_id, order_ids),
            order_line.c.state != "cancelled",
        )
        .order_by(order_line.c.order_id, order_line.c.line_no)
    )
    found: dict[int, list[WaitingLine]] = {order_id: [] for order_id in order_ids}
    for row in rows.all():
        line = WaitingLine._make(row)
        found[line.order_id].append(line)
    return found


def read_known_faults(
    connection: Connection, order_ids: Collection[int]
) -> dict[int, list[KnownFault]]:
    """Read the faults on record, by order."""
    rows = connection.execute(
        select(*(order_fault.c[name] for name in KnownFault._fields))
        .where(among(connection, order_fault.c.order_id, order_ids))
        .order_by(order_fault.c.id)
    )
    found: dict[int, list[KnownFault]] = {}
    for row in rows.all():
        fault = KnownFault._make(row)
        found.setdefault(fault.order_id, []).append(fault)
    return found


def read_orders_for_goods(
    connection: Connection, goods_keys: Collection[int]
) -> dict[int, list[Twin]]:
    """Read the orders that ask for these goods, by key; those given up are none."""
    rows = connection.execute(
        select(sales_order.c.goods_key, *(sales_order.c[name] for name in _TWIN))
        .where(
            among(connection, sales_order.c.goods_key, goods_keys),
            sales_order.c.state.not_in(_GIVEN_UP),
        )
        .order_by(sales_order.c.id)
    )
    found: dict[int, list[Twin]] = {}
    for goods_key, *twin in rows.all():
        found.setdefault(goods_key, []).append(Twin(*twin))
    return found


ORDER_DECISION = (
    "state",
    "customer_id",
    "net",
    "gross",
    "is_prepaid",
    "held_for",
    "held_on",
    "goods_key",
    "accepted_on",
    "to_confirm",
)
LINE_DECISION = (
    "product_id",
    "unit_price",
    "discount_rate",
    "price_source",
    "net",
    "first_confirmed_on",
    "confirmed_on",
)
FAULT_CHANGE = (
    "message",
    "clash",
    "severity",
    "owner",
    "resolved_on",
    "waived_by",
    "waived_reason",
)


def write_orders(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write rows of id and ORDER_DECISION; read_waiting has locked the orders."""
    update_rows(connection, sales_order, ORDER_DECISION, rows)


def write_lines(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write rows of id and LINE_DECISION."""
    update_rows(connection, order_line, LINE_DECISION, rows)


def write_new_faults(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Record faults found for the first time."""
    insert_rows(connection, order_fault, rows)


def write_known_faults(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write rows of id and FAULT_CHANGE for faults already on record."""
    update_rows(connection, order_fault, FAULT_CHANGE, rows)
