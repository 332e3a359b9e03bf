"""Is no more invoiced of an order line than can be billed, and is what is open of it
really waiting? Invariant 22.
"""

from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, select
from sqlalchemy import or_ as either
from sqlalchemy import text as literal_sql

from adv_domain.store.audit.check import CheckResult, by_query
from adv_domain.store.tables import delivery_line, order_line, sales_order

_ZERO = literal_sql("0")
_line, _moved = order_line.c, delivery_line.c


def billable_checks(connection: Connection) -> list[CheckResult]:
    """Check invoiced + open + cancelled = billable, by delivery and by order."""
    return [_by_delivery(connection), _by_order(connection)]


def _by_delivery(connection: Connection) -> CheckResult:
    """What is invoiced is what the deliveries on invoices say, and with what waits and
    what came back unbilled it is all that left."""
    left = _left()
    on_invoice = func.coalesce(left.c.billed, _ZERO)
    waits = func.coalesce(left.c.waits, _ZERO)
    given_up = func.coalesce(left.c.ignored, _ZERO)
    return by_query(
        connection,
        "invoiced_and_open_are_what_was_delivered",
        looked_at=select(_line.id)
        .join(sales_order, sales_order.c.id == _line.order_id)
        .where(~sales_order.c.billed_by_order),
        broken=_named()
        .outerjoin(left, left.c.order_line_id == _line.id)
        .where(
            ~sales_order.c.billed_by_order,
            either(
                _line.qty_invoiced != on_invoice,
                _line.qty_invoiced + waits + given_up + _line.qty_ignored
                != _line.qty_shipped,
            ),
        ),
    )


def _by_order(connection: Connection) -> CheckResult:
    """What left and waits is still to be billed of the order; all else that left
    stands on an invoice of as much."""
    left = _left()
    waits = func.coalesce(left.c.waits, _ZERO)
    rest = _line.qty - _line.qty_cancelled - _line.qty_ignored - _line.qty_invoiced
    return by_query(
        connection,
        "invoiced_and_open_are_what_was_ordered",
        looked_at=select(_line.id)
        .join(sales_order, sales_order.c.id == _line.order_id)
        .where(sales_order.c.billed_by_order),
        broken=_named()
        .outerjoin(left, left.c.order_line_id == _line.id)
        .where(
            sales_order.c.billed_by_order,
            waits > _ZERO,
            waits > rest,
        ),
    )


def _left() -> Any:
    """Sum up by order line what left: on an invoice, waiting for one, never billed."""
    qty = _moved.qty - _moved.qty_ignored
    waits = and_(_moved.invoice_line_id.is_(None), _moved.ignored_on.is_(None))
    never = and_(_moved.invoice_line_id.is_(None), _moved.ignored_on.is_not(None))
    return (
        select(
            _moved.order_line_id,
            func.sum(case((_moved.invoice_line_id.is_not(None), qty))).label("billed"),
            func.sum(case((waits, qty))).label("waits"),
            func.sum(case((never, qty))).label("ignored"),
        )
        .group_by(_moved.order_line_id)
        .subquery()
    )


def _named() -> Select[Any]:
    return select(sales_order.c.order_no, _line.line_no).join_from(
        order_line, sales_order, sales_order.c.id == _line.order_id
    )
