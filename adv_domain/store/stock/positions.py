"""What of each product is there, and what of it is promised already?

The rows are reckoned anew at the beginning of each run of validation and of delivery;
in between, what is accepted raises what is promised.
"""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, delete, or_, select

from adv_domain.store.bulk_update import update_rows
from adv_domain.store.rows import among, insert_rows
from adv_domain.store.tables import back_order, order_line, stock_position


class Position(NamedTuple):
    """A product of which stock is known: what lies there, what open lines need."""

    position_id: int
    product_code: str
    on_hand: Decimal
    reserved: Decimal

    @property
    def free(self) -> Decimal:
        """What no open line needs; negative where more is promised than lies there."""
        return self.on_hand - self.reserved


def read_positions(
    connection: Connection, codes: Collection[str] | None = None
) -> dict[str, Position]:
    """Read the positions by product."""
    columns = ("id", *Position._fields[1:])
    statement = select(*(stock_position.c[name] for name in columns))
    if codes is not None:
        chosen = among(connection, stock_position.c.product_code, codes)
        statement = statement.where(chosen)
    rows = connection.execute(statement.order_by(stock_position.c.id)).all()
    return {row.product_code: Position._make(row) for row in rows}


def write_positions(
    connection: Connection, wanted: Mapping[str, tuple[Decimal, Decimal]]
) -> None:
    """Make the positions what is wanted: on hand and reserved by product."""
    standing = read_positions(connection)
    gone = [one.position_id for code, one in standing.items() if code not in wanted]
    if gone:
        chosen = among(connection, stock_position.c.id, gone)
        connection.execute(delete(stock_position).where(chosen))
    update_rows(
        connection,
        stock_position,
        ("on_hand", "reserved"),
        [
            (one.position_id, *wanted[code])
            for code, one in standing.items()
            if code in wanted and (one.on_hand, one.reserved) != wanted[code]
        ],
    )
    insert_rows(
        connection,
        stock_position,
        [
            {"product_code": code, "on_hand": on_hand, "reserved": reserved}
            for code, (on_hand, reserved) in sorted(wanted.items())
            if code not in standing
        ],
    )


def reserve(connection: Connection, taken: Sequence[tuple[int, Decimal]]) -> None:
    """Raise what is promised, by position; in key order, so that two wait in turn."""
    update_rows(
        connection,
        stock_position,
        ("reserved",),
        sorted(taken),
        added=("reserved",),
    )


def tight_positions(
    connection: Connection, *, after: int | None, limit: int
) -> list[tuple[int, str]]:
    """Claim the products of which more is promised than lies there, and those that a
    line was waiting for."""
    waited_for = (
        select(order_line.c.product_code)
        .join(back_order, back_order.c.order_line_id == order_line.c.id)
        .where(back_order.c.closed_on.is_(None))
    )
    rows = connection.execute(
        select(stock_position.c.id, stock_position.c.product_code)
        .where(
            stock_position.c.id > (after or 0),
            or_(
                stock_position.c.reserved > stock_position.c.on_hand,
                stock_position.c.product_code.in_(waited_for),
            ),
        )
        .order_by(stock_position.c.id)
        .limit(limit)
    )
    return [(row.id, row.product_code) for row in rows]
