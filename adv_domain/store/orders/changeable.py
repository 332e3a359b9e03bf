"""How do the orders stand that a change may mean, and how is it written into them?

Read and written in a constant number of statements, whatever the batch.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, exists, select, union_all, update

from adv_domain.rules.amendments.terms import (
    HeaderTerms,
    LineTerms,
    StandingLine,
    StandingOrder,
)
from adv_domain.rules.orders.states import OrderState
from adv_domain.store.bulk_update import update_rows
from adv_domain.store.orders.validation import WaitingOrder
from adv_domain.store.rows import among, among_pairs, insert_rows
from adv_domain.store.tables import (
    amendment,
    milestone,
    order_fault,
    order_line,
    sales_order,
)

OrderKey = tuple[str, str]
_IS_PLANNED = (
    exists().where(milestone.c.order_id == sales_order.c.id).label("is_planned")
)
ORDER_CHANGE = (
    *HeaderTerms._fields,
    "state",
    "version",
    "held_for",
    "held_on",
    "net",
    "gross",
    "goods_key",
    "document_total",
    "shipping_policy",
    "priority",
)


class LineRow(NamedTuple):
    """What of an order line a change can touch, as it stands in the table."""

    line_no: int
    product_id: int | None
    product_code: str
    qty: Decimal
    unit: str
    asked_price: Decimal | None
    asked_discount_rate: Decimal
    requested_on: date | None
    description: str | None
    customer_article: str | None
    gtin: str | None
    line_ref: str | None
    note: str | None
    tax_category: str | None
    tax_rate: Decimal | None
    qty_cancelled: Decimal
    state: str
    unit_price: Decimal | None
    discount_rate: Decimal
    price_source: str | None
    net: Decimal | None
    first_confirmed_on: date | None
    confirmed_on: date | None
    amended_on: date | None
    cancelled_on: date | None

    def terms(self) -> LineTerms:
        """Say what the line asks for, less what was cancelled of it."""
        names = (TERM_COLUMNS.get(name, name) for name in LineTerms._fields)
        asked = LineTerms(*(getattr(self, name) for name in names))
        return asked._replace(quantity=self.qty - self.qty_cancelled)


TERM_COLUMNS = {
    "product": "product_code",
    "quantity": "qty",
    "price": "asked_price",
    "discount_rate": "asked_discount_rate",
}
"""Terms of a line that have a column of another name."""


@dataclass(frozen=True, slots=True)
class ChangeableOrder:
    """An order as a change meets it: for the rules, for validation, as its rows."""

    standing: StandingOrder
    head: WaitingOrder
    version: int
    rows: dict[int, LineRow]


@dataclass(slots=True)
class OrderWrites:
    """What is to be written: rows of id and ORDER_CHANGE, lines by id, new lines.

    unwaived are pairs of order and line whose waivers do not cover what it says now.
    """

    orders: list[tuple[Any, ...]] = field(default_factory=list)
    lines: list[tuple[Any, ...]] = field(default_factory=list)
    new_lines: list[dict[str, Any]] = field(default_factory=list)
    unwaived: set[tuple[int, int]] = field(default_factory=set)


def read_changeable(
    connection: Connection, *, company_id: int, keys: Collection[OrderKey]
) -> dict[OrderKey, list[ChangeableOrder]]:
    """Read the orders of these customers and references with their lines.

    An order that a person gave another name is found by the one it came with too.
    They stay locked until the transaction ends.
    """
    names = _names(connection, company_id, keys)
    rows = connection.execute(
        select(sales_order, _IS_PLANNED)
        .where(among(connection, sales_order.c.id, {one.id for one in names}))
        .order_by(sales_order.c.id)
        .with_for_update(key_share=True)
    ).all()
    ids = [row.id for row in rows]
    lines = _lines(connection, ids)
    waiting = _waiting_changes(connection, ids)
    orders = {
        row.id: _order(row, lines.get(row.id, []), waiting.get(row.id)) for row in rows
    }
    found: dict[OrderKey, list[ChangeableOrder]] = {}
    for one in names:
        key = (one.customer_code, one.customer_ref)
        found.setdefault(key, []).append(orders[one.id])
    return found


def _names(
    connection: Connection, company_id: int, keys: Collection[OrderKey]
) -> list[Row[Any]]:
    """Find the orders in the form that the indexes of both names answer."""
    order = sales_order.c
    parts = [
        select(
            order.id, customer.label("customer_code"), reference.label("customer_ref")
        ).where(is_used, among_pairs(connection, (customer, reference), keys))
        for customer, reference, is_used in (
            (order.customer_code, order.customer_ref, order.company_id == company_id),
            (order.given_customer, order.given_ref, order.given_ref.is_not(None)),
        )
    ]
    both = union_all(*parts).subquery()
    return list(connection.execute(select(both).order_by(both.c.id)))


def _order(row: Any, lines: Sequence[Any], waits_for: int | None) -> ChangeableOrder:
    kept = {
        line.line_no: LineRow(*(getattr(line, name) for name in LineRow._fields))
        for line in lines
    }
    standing = StandingOrder(
        order_id=row.id,
        order_no=row.order_no,
        state=OrderState(row.state),
        header=HeaderTerms(*(getattr(row, name) for name in HeaderTerms._fields)),
        lines={
            line.line_no: StandingLine(
                line_id=line.id,
                line_no=line.line_no,
                terms=kept[line.line_no].terms(),
                qty_shipped=line.qty_shipped,
                qty_invoiced=line.qty_invoiced,
                is_billed_by_order=line.billed_by_order,
            )
            for line in lines
        },
        waits_for=waits_for,
        is_planned=row.is_planned,
    )
    head = WaitingOrder(*(getattr(row, name) for name in WaitingOrder._fields))
    return ChangeableOrder(standing, head, row.version, kept)


def _lines(connection: Connection, order_ids: Collection[int]) -> dict[int, list[Any]]:
    rows = connection.execute(
        select(
            order_line.c.id,
            order_line.c.order_id,
            order_line.c.qty_shipped,
            order_line.c.qty_invoiced,
            sales_order.c.billed_by_order,
            *(order_line.c[name] for name in LineRow._fields),
        )
        .join(sales_order, sales_order.c.id == order_line.c.order_id)
        .where(among(connection, order_line.c.order_id, order_ids))
        .order_by(order_line.c.order_id, order_line.c.line_no)
    )
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.order_id, []).append(row)
    return found


def _waiting_changes(
    connection: Connection, order_ids: Collection[int]
) -> dict[int, int]:
    rows = connection.execute(
        select(amendment.c.order_id, amendment.c.id).where(
            among(connection, amendment.c.order_id, order_ids),
            amendment.c.state == "waiting_stock",
        )
    )
    return {row.order_id: row.id for row in rows}


def write_changed_orders(connection: Connection, writes: OrderWrites) -> None:
    """Write what changes did to their orders, which are to be confirmed anew."""
    rows = [(*row, True) for row in writes.orders]
    update_rows(connection, sales_order, (*ORDER_CHANGE, "to_confirm"), rows)
    update_rows(connection, order_line, LineRow._fields[1:], writes.lines)
    insert_rows(connection, order_line, writes.new_lines)
    _unwaive(connection, writes.unwaived)


def _unwaive(connection: Connection, pairs: Collection[tuple[int, int]]) -> None:
    """Take back the waivers of lines that now say something else than was waived."""
    if not pairs:
        return
    waived = connection.execute(
        select(order_fault.c.id, order_fault.c.order_id, order_fault.c.line_no).where(
            among(connection, order_fault.c.order_id, {order for order, _ in pairs}),
            order_fault.c.waived_by.is_not(None),
        )
    )
    gone = [row.id for row in waived if (row.order_id, row.line_no) in pairs]
    connection.execute(
        update(order_fault)
        .where(among(connection, order_fault.c.id, gone))
        .values(waived_by=None, waived_reason=None)
    )
