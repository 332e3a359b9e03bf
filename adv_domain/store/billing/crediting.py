"""What of a posted invoice can still be credited, and which open items does it have?"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, func, select

from adv_domain.rules.billing.crediting import Creditable, CreditableLine
from adv_domain.store.billing.covers import from_json
from adv_domain.store.columns import AMOUNT, UNIT
from adv_domain.store.tables import instalment, invoice, invoice_line

_ZERO = Decimal(0)


class InvoiceUnknown(LookupError):
    """No posted document has this number."""

    def __init__(self, invoice_no: str) -> None:
        super().__init__(f"there is no document {invoice_no}; see: adv invoice list")


def read_creditable(connection: Connection, invoice_no: str) -> Creditable:
    """Read and lock a posted invoice with what was credited of it before.

    Raises InvoiceUnknown.
    """
    head = connection.execute(
        select(invoice)
        .where(invoice.c.invoice_no == invoice_no, invoice.c.origin == "posted")
        .with_for_update()
    ).one_or_none()
    if head is None:
        raise InvoiceUnknown(invoice_no)
    earlier = select(invoice.c.id).where(invoice.c.corrects_id == head.id)
    credited_gross = connection.execute(
        select(func.sum(invoice.c.gross, type_=AMOUNT)).where(
            invoice.c.corrects_id == head.id
        )
    ).scalar()
    by_order_line: dict[int, Decimal] = {
        row.order_line_id or 0: row.qty
        for row in connection.execute(
            select(
                invoice_line.c.order_line_id,
                func.sum(invoice_line.c.qty, type_=UNIT).label("qty"),
            )
            .where(invoice_line.c.invoice_id.in_(earlier))
            .group_by(invoice_line.c.order_line_id)
        )
    }
    lines = connection.execute(
        select(invoice_line)
        .where(invoice_line.c.invoice_id == head.id)
        .order_by(invoice_line.c.line_no)
    ).all()
    return Creditable(
        invoice_id=head.id,
        invoice_no=head.invoice_no,
        kind=head.kind,
        customer_id=head.customer_id,
        order_id=head.order_id,
        currency=head.currency,
        payment_terms=head.payment_terms,
        issued_on=head.issued_on,
        supplied_on=head.supplied_on or head.issued_on,
        covers=from_json(head.covers),
        gross=head.gross,
        gross_credited=-(credited_gross or _ZERO),
        lines=tuple(_line(row, by_order_line) for row in lines),
    )


def open_items_of(connection: Connection, invoice_ids: Sequence[int]) -> list[Row[Any]]:
    """Return the instalments of the documents with their open amounts, oldest first."""
    return list(
        connection.execute(
            select(instalment.c.id, instalment.c.invoice_id, instalment.c.open_amount)
            .where(instalment.c.invoice_id.in_(invoice_ids))
            .order_by(instalment.c.due_on, instalment.c.id)
        )
    )


def _line(row: Row[Any], credited: dict[int, Decimal]) -> CreditableLine:
    return CreditableLine(
        line_no=row.line_no,
        order_line_id=row.order_line_id,
        product_code=row.product_code,
        description=row.description,
        qty=row.qty,
        qty_credited=-credited.get(row.order_line_id or 0, _ZERO),
        unit=row.unit,
        unit_price=row.unit_price,
        discount_rate=row.discount_rate,
        tax_category=row.tax_category,
        tax_rate=row.tax_rate,
    )
