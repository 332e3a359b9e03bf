"""Which order does a caller mean, who spells its number his own way?"""

from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from adv_domain.store.tables import sales_order

_MOST_NAMED = 5
_PASSED_OVER = " -./_#"


class FoundOrder(NamedTuple):
    """An order by which a caller may mean his."""

    id: int
    order_no: str
    customer_code: str
    customer_ref: str
    ordered_on: str
    state: str


def orders_meant(connection: Connection, name: str) -> list[FoundOrder]:
    """Find an order by its number, else all by the customer's reference, else by
    either spelled otherwise: in other case, with other signs between.

    Each is tried only where the one before finds nothing; the last reads all orders.
    """
    number, reference = sales_order.c.order_no, sales_order.c.customer_ref
    plain = _plain(name)
    for condition in (
        number == name.strip(),
        reference == name.strip(),
        or_(_without_signs(number) == plain, _without_signs(reference) == plain),
    ):
        found = _found(connection, _orders().where(condition))
        if found:
            return found
    return []


def orders_like(connection: Connection, name: str) -> list[FoundOrder]:
    """Return a few orders whose number or reference ends so, newest first."""
    plain = _plain(name)
    if not plain:
        return []
    ending = f"%{plain.replace('%', '')}"
    return _found(
        connection,
        _orders(newest_first=True)
        .where(
            or_(
                _without_signs(sales_order.c.order_no).like(ending),
                _without_signs(sales_order.c.customer_ref).like(ending),
            )
        )
        .limit(_MOST_NAMED),
    )


def _orders(*, newest_first: bool = False) -> Select[FoundOrder]:
    key = sales_order.c.id
    return select(*(sales_order.c[name] for name in FoundOrder._fields)).order_by(
        key.desc() if newest_first else key
    )


def _found(connection: Connection, statement: Select[FoundOrder]) -> list[FoundOrder]:
    return [FoundOrder(*row) for row in connection.execute(statement)]


def _plain(name: str) -> str:
    return "".join(sign for sign in name.upper() if sign not in _PASSED_OVER)


def _without_signs(column: ColumnElement[str]) -> ColumnElement[str]:
    written: ColumnElement[str] = func.upper(column)
    for sign in _PASSED_OVER:
        written = func.replace(written, sign, "")
    return written
