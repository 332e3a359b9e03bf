"""Which advances does an order have, and what of them does nothing deduct yet?"""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)

from adv_domain.rules.advances.paid_ahead import Advance, Advances
from adv_domain.rules.billing.charges import TaxedAt
from adv_domain.store.columns import AMOUNT
from adv_domain.store.rows import among
from adv_domain.store.tables import (
    advance_payment,
    invoice,
    invoice_charge,
    invoice_line,
    milestone,
    payment_request,
)

AHEAD = (
    case((invoice.c.is_advance, invoice.c.gross), else_=Decimal(0)) - invoice.c.deducted
)
"""What an invoice puts ahead, or takes off of what was put ahead, with tax."""
_Group = tuple[int, TaxedAt]


def read_advances(
    connection: Connection, order_ids: Collection[int]
) -> dict[int, Advances]:
    """Read the advances of those orders that have any.

    One statement, three more where an advance is paid.
    """
    paid = connection.execute(_documents(connection, order_ids)).all()
    if not paid:
        return {}
    ids = [row.invoice_id for row in paid if row.invoice_id is not None]
    left = _invoiced(connection, ids)
    for key, deducted in deducted_by_group(connection, ids).items():
        left[key] = left.get(key, Decimal(0)) + deducted
    gross = _gross(connection, {row.order_id for row in paid})
    found: dict[int, list[Row[Any]]] = {}
    for row in paid:
        found.setdefault(row.order_id, []).append(row)
    return {
        order_id: Advances(
            tuple(_advance(row, left) for row in rows if row.invoice_id is not None),
            gross.get(order_id, Decimal(0)),
            is_pending=any(row.waits and row.invoice_id is None for row in rows),
        )
        for order_id, rows in found.items()
    }


def _documents(connection: Connection, order_ids: Collection[int]) -> Select[Any]:
    """Select by order what is invoiced ahead of it, or waits for that: money that
    came, and its milestones, which wait for their time."""
    money, part = advance_payment.c, milestone.c
    sources = union_all(
        select(payment_request.c.order_id, money.invoice_id, literal(1).label("waits"))
        .join(advance_payment, money.request_id == payment_request.c.id)
        .where(among(connection, payment_request.c.order_id, order_ids)),
        select(part.order_id, part.invoice_id, literal(0)).where(
            among(connection, part.order_id, order_ids)
        ),
    ).subquery()
    return (
        select(
            sources.c.order_id,
            sources.c.invoice_id,
            sources.c.waits,
            invoice.c.invoice_no,
        )
        .outerjoin(invoice, invoice.c.id == sources.c.invoice_id)
        .order_by(sources.c.invoice_id)
    )


def _advance(row: Row[Any], left: dict[_Group, Decimal]) -> Advance:
    return Advance(
        row.invoice_id,
        row.invoice_no,
        {
            group: amount
            for (invoice_id, group), amount in left.items()
            if invoice_id == row.invoice_id
        },
    )


def _invoiced(connection: Connection, ids: Sequence[int]) -> dict[_Group, Decimal]:
    """Sum up the advance invoices by tax group, less what was given back of them."""
    line, root = invoice_line.c, func.coalesce(invoice.c.corrects_id, invoice.c.id)
    return _by_group(
        connection.execute(
            select(
                root.label("root"),
                line.tax_category,
                line.tax_rate,
                line.surcharge_rate,
                func.sum(line.net, type_=AMOUNT),
            )
            .join(invoice, invoice.c.id == line.invoice_id)
            .where(
                or_(
                    among(connection, invoice.c.id, ids),
                    among(connection, invoice.c.corrects_id, ids),
                ),
                invoice.c.is_advance,
            )
            .group_by("root", line.tax_category, line.tax_rate, line.surcharge_rate)
        ).all()
    )


def deducted_by_group(
    connection: Connection, ids: Sequence[int]
) -> dict[_Group, Decimal]:
    """Sum up what was deducted of advance invoices, a negative amount by invoice and
    tax group, less what credit notes gave back."""
    charge = invoice_charge.c
    return _by_group(
        connection.execute(
            select(
                charge.advance_id,
                charge.tax_category,
                charge.tax_rate,
                charge.surcharge_rate,
                func.sum(charge.amount, type_=AMOUNT),
            )
            .where(among(connection, charge.advance_id, ids))
            .group_by(
                charge.advance_id,
                charge.tax_category,
                charge.tax_rate,
                charge.surcharge_rate,
            )
        ).all()
    )


def freed_by(connection: Connection, note_no: str) -> list[Row[Any]]:
    """Return what a credit note gives back of deductions: the number of the advance
    invoice of which it is free again, net, and currency."""
    charge = invoice_charge.c
    rows = connection.execute(
        select(
            charge.description.label("number"),
            func.sum(charge.amount, type_=AMOUNT).label("net"),
            invoice.c.currency,
        )
        .join(invoice, invoice.c.id == charge.invoice_id)
        .where(
            invoice.c.invoice_no == note_no,
            invoice.c.kind == "credit_note",
            charge.advance_id.is_not(None),
        )
        .group_by(charge.description, invoice.c.currency)
        .order_by(charge.description)
    )
    return list(rows)


def _by_group(rows: Sequence[Row[Any]]) -> dict[_Group, Decimal]:
    return {(row[0], TaxedAt(*row[1:4])): row[4] for row in rows}


def _gross(connection: Connection, order_ids: Collection[int]) -> dict[int, Decimal]:
    """Return what is left of the orders' advances, with tax."""
    rows = connection.execute(
        select(invoice.c.order_id, func.sum(AHEAD, type_=AMOUNT))
        .where(
            among(connection, invoice.c.order_id, order_ids),
            or_(invoice.c.is_advance, invoice.c.deducted != 0),
        )
        .group_by(invoice.c.order_id)
    )
    return dict(rows.tuples().all())
