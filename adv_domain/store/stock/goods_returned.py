"""Which goods are with the customers, and how is booked what came back of them?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    Date,
    and_,
    func,
    literal,
    select,
    union_all,
    update,
)

from adv_domain.rules.money import ZERO
from adv_domain.rules.stock.returns import Delivered
from adv_domain.store.bulk_update import update_rows
from adv_domain.store.columns import UNIT
from adv_domain.store.rows import among, insert_rows
from adv_domain.store.tables import (
    delivery,
    delivery_line,
    goods_return,
    invoice,
    invoice_line,
    order_line,
)

RETURN_TO_CREDIT = "return_to_credit"
BEFORE_INVOICE = "came back before it was invoiced"


class BilledPart(NamedTuple):
    """What an invoice bills of an order line and no credit note has given back."""

    invoice_no: str
    line_no: int
    qty: Decimal


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """What a return adds to an order line: how much came back, unbilled of it."""

    line_id: int
    qty: Decimal
    qty_unbilled: Decimal


@dataclass(frozen=True, slots=True)
class Unbilled:
    """Goods of a delivery line that came back unbilled; nothing is left to bill of it
    where nobody_pays_on says since when."""

    delivery_line_id: int
    qty: Decimal
    nobody_pays_on: date | None


def deliveries_out(
    connection: Connection, order_ids: Collection[int]
) -> dict[int, list[Delivered]]:
    """Return by order what left and did not come back, in two statements."""
    back = {
        (row.delivery_id, row.order_line_id): row
        for row in connection.execute(
            select(
                goods_return.c.delivery_id,
                goods_return.c.order_line_id,
                func.sum(goods_return.c.qty, type_=UNIT).label("qty"),
                func.sum(goods_return.c.qty_over, type_=UNIT).label("qty_over"),
            )
            .where(among(connection, goods_return.c.order_id, order_ids))
            .group_by(goods_return.c.delivery_id, goods_return.c.order_line_id)
        )
    }
    found: dict[int, list[Delivered]] = {}
    for row in connection.execute(_deliveries(connection, order_ids)):
        came = back.get((row.delivery_id, row.order_line_id))
        found.setdefault(row.order_id, []).append(
            Delivered(
                delivery_line_id=row.id,
                delivery_id=row.delivery_id,
                delivery_no=row.delivery_no,
                shipped_on=row.shipped_on,
                line_id=row.order_line_id,
                qty_left=row.qty - (came.qty if came else ZERO),
                qty_over_left=row.qty_over - (came.qty_over if came else ZERO),
                invoice=row.invoice_no,
                invoice_line=row.line_no,
            )
        )
    return found


def _deliveries(connection: Connection, order_ids: Collection[int]) -> Any:
    return (
        select(
            delivery_line.c.id,
            delivery_line.c.order_id,
            delivery_line.c.order_line_id,
            delivery_line.c.qty,
            delivery_line.c.qty_over,
            delivery.c.id.label("delivery_id"),
            delivery.c.delivery_no,
            delivery.c.shipped_on,
            invoice.c.invoice_no,
            invoice_line.c.line_no,
        )
        .join(delivery, delivery.c.id == delivery_line.c.delivery_id)
        .outerjoin(invoice_line, invoice_line.c.id == delivery_line.c.invoice_line_id)
        .outerjoin(invoice, invoice.c.id == invoice_line.c.invoice_id)
        .where(among(connection, delivery_line.c.order_id, order_ids))
        .order_by(delivery_line.c.id)
    )


def left_to_credit(
    connection: Connection, line_ids: Collection[int]
) -> dict[int, list[BilledPart]]:
    """Return by order line what of it can be credited, the last invoice first."""
    note, given = invoice.alias("note"), invoice_line.alias("given")
    credited = (
        select(func.coalesce(func.sum(given.c.qty, type_=UNIT), literal(ZERO, UNIT)))
        .join(note, note.c.id == given.c.invoice_id)
        .where(
            note.c.corrects_id == invoice.c.id,
            given.c.order_line_id == invoice_line.c.order_line_id,
            given.c.lowers_line_no.is_(None),
        )
        .correlate(invoice, invoice_line)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(
            invoice_line.c.order_line_id,
            invoice.c.invoice_no,
            invoice_line.c.line_no,
            invoice_line.c.qty + credited,
        )
        .join(invoice, invoice.c.id == invoice_line.c.invoice_id)
        .where(
            among(connection, invoice_line.c.order_line_id, line_ids),
            invoice.c.kind == "invoice",
        )
        .order_by(invoice_line.c.id.desc())
    )
    found: dict[int, list[BilledPart]] = {}
    for line_id, *values in rows:
        found.setdefault(line_id, []).append(BilledPart._make(values))
    return found


def write_returns(
    connection: Connection,
    rows: Sequence[dict[str, Any]],
    *,
    lines: Sequence[ReturnedLine],
    unbilled: Sequence[Unbilled],
) -> None:
    """Write what came back, and take what was not billed off what is to be billed.

    Each line and delivery line stands once.
    """
    insert_rows(connection, goods_return, rows)
    update_rows(
        connection,
        order_line,
        ("qty_returned", "qty_ignored"),
        [(one.line_id, one.qty, one.qty_unbilled) for one in lines],
        added=("qty_returned", "qty_ignored"),
    )
    update_rows(
        connection,
        delivery_line,
        ("qty_ignored",),
        [(one.delivery_line_id, one.qty) for one in unbilled],
        added=("qty_ignored",),
    )
    update_rows(
        connection,
        delivery_line,
        ("ignored_on", "ignored_reason"),
        [
            (one.delivery_line_id, one.nobody_pays_on, BEFORE_INVOICE)
            for one in unbilled
            if one.nobody_pays_on
        ],
    )


def unbill_returns(connection: Connection, order_ids: Collection[int]) -> None:
    """Take what came back after its invoice off what is billed anew.

    For orders whose deliveries were let go by a cancelled invoice: it credited them
    all, and only what stayed with the customer is billed again.
    """
    back = (
        select(
            delivery_line.c.id,
            delivery_line.c.order_line_id,
            delivery_line.c.qty - delivery_line.c.qty_ignored,
            func.sum(goods_return.c.qty_billed, type_=UNIT),
            func.max(goods_return.c.returned_on, type_=Date),
        )
        .join(
            delivery_line,
            and_(
                delivery_line.c.delivery_id == goods_return.c.delivery_id,
                delivery_line.c.order_line_id == goods_return.c.order_line_id,
            ),
        )
        .where(
            among(connection, goods_return.c.order_id, order_ids),
            goods_return.c.qty_billed > 0,
            delivery_line.c.invoice_line_id.is_(None),
        )
        .group_by(
            delivery_line.c.id,
            delivery_line.c.order_line_id,
            delivery_line.c.qty,
            delivery_line.c.qty_ignored,
        )
        .order_by(delivery_line.c.id)
    )
    unbilled: list[Unbilled] = []
    of_lines: dict[int, Decimal] = {}
    for key, line_id, qty, came, on in connection.execute(back):
        unbilled.append(Unbilled(key, came, on if came == qty else None))
        of_lines[line_id] = of_lines.get(line_id, ZERO) + came
    lines = [ReturnedLine(line_id, ZERO, qty) for line_id, qty in of_lines.items()]
    write_returns(connection, (), lines=lines, unbilled=unbilled)
    free = select(delivery_line.c.id).where(
        delivery_line.c.delivery_id == goods_return.c.delivery_id,
        delivery_line.c.order_line_id == goods_return.c.order_line_id,
        delivery_line.c.invoice_line_id.is_(None),
    )
    connection.execute(
        update(goods_return)
        .where(
            among(connection, goods_return.c.order_id, order_ids),
            goods_return.c.qty_billed > 0,
            free.exists(),
        )
        .values(qty_billed=ZERO)
    )


def returned_not_credited(
    connection: Connection, line_ids: Collection[int], *, reason_codes: Sequence[str]
) -> dict[int, Decimal]:
    """Return by order line what came back after its invoice, less what credit notes
    have given for it for one of these reasons."""
    back = select(
        goods_return.c.order_line_id, goods_return.c.qty_billed.label("qty")
    ).where(among(connection, goods_return.c.order_line_id, line_ids))
    credited = (
        select(invoice_line.c.order_line_id, invoice_line.c.qty)
        .join(invoice, invoice.c.id == invoice_line.c.invoice_id)
        .where(
            among(connection, invoice_line.c.order_line_id, line_ids),
            invoice.c.kind == "credit_note",
            invoice.c.reason_code.in_(reason_codes),
            invoice_line.c.lowers_line_no.is_(None),
        )
    )
    moves = union_all(back, credited).subquery()
    rows = connection.execute(
        select(moves.c.order_line_id, func.sum(moves.c.qty, type_=UNIT)).group_by(
            moves.c.order_line_id
        )
    )
    return dict(rows.tuples().all())
