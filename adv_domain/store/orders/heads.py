"""Which order does a person mean, and what does his decision change in it?"""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, Select, case, or_, select, update

from adv_domain.rules.orders.rule_settings import CREDIT
from adv_domain.store.rows import among
from adv_domain.store.tables import customer, order_fault, order_line, sales_order


class OrderHead(NamedTuple):
    """An order as a person's decision needs to know it."""

    id: int
    order_no: str
    customer_id: int | None
    customer_code: str
    customer_ref: str
    state: str
    held_for: str | None
    version: int
    currency: str
    net: Decimal | None


class HeldOrder(NamedTuple):
    """An entry of the work list: who waits for whom, since when."""

    id: int
    order_no: str
    customer_code: str
    customer_name: str | None
    held_for: str
    held_on: date
    currency: str
    net: Decimal | None


class WaitingForCredit(NamedTuple):
    """A held order, and a fault of credit that holds it."""

    order_no: str
    held_on: date
    currency: str
    gross: Decimal | None
    code: str
    message: str
    clash: Mapping[str, str]


class StandingFault(NamedTuple):
    """A fault that nobody has resolved or waived."""

    id: int
    order_id: int
    line_no: int
    code: str
    severity: str
    owner: str
    message: str
    clash: Mapping[str, str]


def find_orders(connection: Connection, name: str) -> list[OrderHead]:
    """Find an order by its number, else all by the customer's reference."""
    by_number = _heads(connection, _head().where(sales_order.c.order_no == name))
    if by_number:
        return by_number
    return _heads(
        connection,
        _head().where(sales_order.c.customer_ref == name).order_by(sales_order.c.id),
    )


def lock_order(connection: Connection, order_id: int) -> OrderHead:
    """Read the order and hold it until the transaction ends."""
    statement = (
        _head().where(sales_order.c.id == order_id).with_for_update(key_share=True)
    )
    return _heads(connection, statement)[0]


def _head() -> Select[tuple[object, ...]]:
    return select(*(sales_order.c[name] for name in OrderHead._fields))


def _heads(
    connection: Connection, statement: Select[tuple[object, ...]]
) -> list[OrderHead]:
    return [OrderHead._make(row) for row in connection.execute(statement)]


def held_orders(connection: Connection, *, team: str | None) -> list[HeldOrder]:
    """List held orders, the longest waiting first; team narrows to its own."""
    statement = (
        select(
            sales_order.c.id,
            sales_order.c.order_no,
            sales_order.c.customer_code,
            customer.c.name,
            sales_order.c.held_for,
            sales_order.c.held_on,
            sales_order.c.currency,
            sales_order.c.net,
        )
        .outerjoin(customer, customer.c.id == sales_order.c.customer_id)
        .where(sales_order.c.state == "held")
        .order_by(sales_order.c.held_on, sales_order.c.id)
    )
    found = [HeldOrder._make(row) for row in connection.execute(statement)]
    if team is None:
        return found
    return [one for one in found if team in (one.held_for or "").split(", ")]


def standing_faults(
    connection: Connection,
    order_ids: Collection[int],
    *,
    severities: Collection[str] = ("block",),
) -> dict[int, list[StandingFault]]:
    """Read the faults of the severities that were neither resolved nor waived.

    Without severities: those that hold the orders.
    """
    rows = connection.execute(
        select(*(order_fault.c[name] for name in StandingFault._fields))
        .where(
            among(connection, order_fault.c.order_id, order_ids),
            order_fault.c.severity.in_(severities),
            order_fault.c.resolved_on.is_(None),
            order_fault.c.waived_by.is_(None),
        )
        .order_by(order_fault.c.order_id, order_fault.c.line_no, order_fault.c.id)
    )
    found: dict[int, list[StandingFault]] = {}
    for row in rows:
        fault = StandingFault._make(row)
        found.setdefault(fault.order_id, []).append(fault)
    return found


def waiting_for_credit(
    connection: Connection, customer_id: int
) -> list[WaitingForCredit]:
    """List what of the customer's orders waits for credit, the longest first."""
    rows = connection.execute(
        select(
            sales_order.c.order_no,
            sales_order.c.held_on,
            sales_order.c.currency,
            sales_order.c.gross,
            order_fault.c.code,
            order_fault.c.message,
            order_fault.c.clash,
        )
        .join(order_fault, order_fault.c.order_id == sales_order.c.id)
        .where(
            sales_order.c.customer_id == customer_id,
            sales_order.c.state == "held",
            order_fault.c.family == CREDIT,
            order_fault.c.severity == "block",
            order_fault.c.resolved_on.is_(None),
            order_fault.c.waived_by.is_(None),
        )
        .order_by(sales_order.c.held_on, sales_order.c.id, order_fault.c.id)
    )
    return [WaitingForCredit._make(row) for row in rows]


def waive_faults(
    connection: Connection,
    fault_ids: Collection[int],
    *,
    by: str,
    reason: str,
    on: date,
) -> None:
    """Waive faults that hold an order."""
    connection.execute(
        update(order_fault)
        .where(among(connection, order_fault.c.id, fault_ids))
        .values(waived_by=by, waived_reason=reason, resolved_on=on)
    )


def unsellable_lines(connection: Connection, order_id: int) -> list[int]:
    """Return the lines that no release can mend: no product, price or quantity."""
    rows = connection.execute(
        select(order_line.c.line_no)
        .where(
            order_line.c.order_id == order_id,
            order_line.c.state != "cancelled",
            or_(
                order_line.c.product_id.is_(None),
                order_line.c.net.is_(None),
                order_line.c.qty <= 0,
            ),
        )
        .order_by(order_line.c.line_no)
    )
    return list(rows.scalars())


def close_order(
    connection: Connection, order_id: int, *, state: str, version: int
) -> None:
    """End the order as rejected or cancelled; nobody has to act on it any more."""
    connection.execute(
        update(sales_order)
        .where(sales_order.c.id == order_id)
        .values(state=state, version=version, held_for=None)
    )


def cancel_open_lines(connection: Connection, order_id: int, *, on: date) -> None:
    """Cancel what was not shipped; a line of which nothing left is cancelled whole."""
    unshipped = order_line.c.qty - order_line.c.qty_shipped
    connection.execute(
        update(order_line)
        .where(
            order_line.c.order_id == order_id,
            order_line.c.qty_cancelled + order_line.c.qty_shipped < order_line.c.qty,
        )
        .values(
            qty_cancelled=unshipped,
            cancelled_on=on,
            state=case(
                (order_line.c.qty_shipped == 0, "cancelled"), else_=order_line.c.state
            ),
        )
    )
