"""Which goods are expected back, and what of them has come?"""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, select, update

from adv_domain.rules.stock.handoff import ReturnLine
from adv_domain.store.bulk_update import update_rows
from adv_domain.store.rows import among, insert_rows, take_ids
from adv_domain.store.tables import expected_return, order_line

_PREFIX, _DIGITS = "R", 7


class NewReturn(NamedTuple):
    """Goods of a line that a customer sends back."""

    order_id: int
    order_line_id: int
    qty: Decimal
    expected_on: date | None
    reason: str
    announced_by: str
    announced_on: date


class ExpectedReturn(NamedTuple):
    """Goods that are expected back, as they stand."""

    id: int
    return_no: str
    order_id: int
    order_line_id: int
    qty: Decimal
    qty_arrived: Decimal
    state: str


def open_returns(
    connection: Connection, order_ids: Collection[int]
) -> dict[int, list[ReturnLine]]:
    """Read what is still expected back, by order."""
    rows = connection.execute(
        select(
            expected_return.c.order_id,
            expected_return.c.return_no,
            order_line.c.line_no,
            order_line.c.product_code,
            expected_return.c.qty - expected_return.c.qty_arrived,
            order_line.c.unit,
            expected_return.c.expected_on,
            expected_return.c.reason,
        )
        .join(order_line, order_line.c.id == expected_return.c.order_line_id)
        .where(
            among(connection, expected_return.c.order_id, order_ids),
            expected_return.c.state == "open",
        )
        .order_by(expected_return.c.id)
    )
    found: dict[int, list[ReturnLine]] = {}
    for order_id, *values in rows:
        found.setdefault(order_id, []).append(ReturnLine._make(values))
    return found


def returnable_qty(connection: Connection, order_line_id: int) -> Decimal:
    """Return what of a line was shipped, has not come back and is not expected yet."""
    still = expected_return.c.qty - expected_return.c.qty_arrived
    expected = connection.execute(
        select(still).where(
            expected_return.c.order_line_id == order_line_id,
            expected_return.c.state == "open",
        )
    ).scalars()
    line = order_line.c
    [out] = connection.execute(
        select(line.qty_shipped + line.qty_over - line.qty_returned).where(
            line.id == order_line_id
        )
    ).scalars()
    return Decimal(out) - sum(expected, Decimal(0))


def announce_return(connection: Connection, coming: NewReturn) -> str:
    """Write a return that is expected; return its number."""
    [row_id] = take_ids(connection, expected_return, 1)
    return_no = f"{_PREFIX}{row_id:0{_DIGITS}}"
    row = {"id": row_id, "return_no": return_no, "state": "open", **coming._asdict()}
    insert_rows(connection, expected_return, [row])
    return return_no


def find_return(connection: Connection, return_no: str) -> ExpectedReturn | None:
    """Return the return of this number, locked until the transaction ends."""
    columns = (expected_return.c[name] for name in ExpectedReturn._fields)
    row = connection.execute(
        select(*columns)
        .where(expected_return.c.return_no == return_no)
        .with_for_update(key_share=True)
    ).one_or_none()
    return None if row is None else ExpectedReturn._make(row)


def drop_return(connection: Connection, return_id: int, *, on: date) -> None:
    """Call a return off: the goods do not come."""
    connection.execute(
        update(expected_return)
        .where(expected_return.c.id == return_id)
        .values(state="dropped", closed_on=on)
    )


def book_arrivals(
    connection: Connection, arrived: Mapping[int, Decimal], *, on: date
) -> None:
    """Book goods that came back, by order line, on the returns that expected them.

    The oldest first; what nobody announced changes nothing here.
    """
    rows = connection.execute(
        select(*(expected_return.c[name] for name in ExpectedReturn._fields))
        .where(
            among(connection, expected_return.c.order_line_id, arrived),
            expected_return.c.state == "open",
        )
        .order_by(expected_return.c.id)
    ).all()
    left = dict(arrived)
    changed = []
    for row in map(ExpectedReturn._make, rows):
        taken = min(left[row.order_line_id], row.qty - row.qty_arrived)
        if taken <= 0:
            continue
        left[row.order_line_id] -= taken
        came = row.qty_arrived + taken
        is_whole = came == row.qty
        changed.append(
            (row.id, came, "arrived" if is_whole else "open", on if is_whole else None)
        )
    update_rows(
        connection, expected_return, ("qty_arrived", "state", "closed_on"), changed
    )
