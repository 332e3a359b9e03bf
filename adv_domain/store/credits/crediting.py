"""What of a posted invoice can still be credited, and which open items does it have?"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, case, func, select

from adv_domain.rules.credits.creditable import Creditable, CreditableLine
from adv_domain.rules.credits.credited_amounts import CreditableAmounts
from adv_domain.rules.credits.credited_sums import NO_PRODUCT
from adv_domain.store.billing.covers import from_json
from adv_domain.store.columns import AMOUNT, UNIT
from adv_domain.store.credits.credit_parts import parts_given
from adv_domain.store.credits.credited_amounts import read_stated
from adv_domain.store.rows import among
from adv_domain.store.tables import (
    instalment,
    invoice,
    invoice_line,
    order_line,
    sales_order,
)

_ZERO = Decimal(0)
_NO_PART = (_ZERO, _ZERO)


class InvoiceUnknown(LookupError):
    """No posted document has this number."""

    def __init__(self, invoice_no: str) -> None:
        super().__init__(f"there is no document {invoice_no}; see: adv invoice list")


def read_creditable(connection: Connection, invoice_no: str) -> Creditable:
    """Read and lock a posted invoice with what was credited of it before.

    Raises InvoiceUnknown.
    """
    found = read_creditables(connection, invoice.c.invoice_no == invoice_no)
    if not found:
        raise InvoiceUnknown(invoice_no)
    return found[0]


def read_creditables(
    connection: Connection, wanted: ColumnElement[bool]
) -> list[Creditable]:
    """Read and lock posted documents by id; a constant number of statements.

    The lock makes two credit notes of one invoice wait for each other; what was
    credited before is read behind it. Their open items are locked before them, as
    money does that comes for them: a note lowers these when the chain is locked.
    """
    _lock_items(connection, wanted)
    heads = connection.execute(
        select(invoice)
        .where(wanted, invoice.c.origin == "posted")
        .order_by(invoice.c.id)
        .with_for_update(key_share=True)
    ).all()
    ids = [head.id for head in heads]
    gross = _gross_credited(connection, ids)
    in_parts = parts_given(connection, ids)
    by_line = _credited_by_line(connection, ids)
    stated = read_stated(connection, heads)
    by_amount = _credited_by_amount(connection, ids)
    lines: dict[int, list[CreditableLine]] = {one: [] for one in ids}
    for row in connection.execute(
        select(invoice_line, order_line.c.order_id)
        .outerjoin(order_line, order_line.c.id == invoice_line.c.order_line_id)
        .where(among(connection, invoice_line.c.invoice_id, ids))
        .order_by(invoice_line.c.invoice_id, invoice_line.c.line_no)
    ):
        of_goods = by_line.get((row.invoice_id, row.order_line_id, None), _NOTHING)
        lowered = by_line.get((row.invoice_id, None, row.line_no), _NOTHING)
        net = of_goods.net + lowered.net
        lines[row.invoice_id].append(_line(row, _Credited(of_goods.qty, net)))
    return [
        _creditable(
            head,
            -gross.get(head.id, _ZERO) - in_parts.get(head.id, _NO_PART)[0],
            tuple(lines[head.id]),
            stated[head.id],
            has_amounts_credited=head.id in by_amount or head.id in in_parts,
        )
        for head in heads
    ]


def lock_orders(connection: Connection, wanted: ColumnElement[bool]) -> None:
    """Lock the orders that documents bill, as invoicing does, before anything else.

    For what changes orders after the chain is locked: deliveries billed anew,
    quantities that are open again.
    """
    lines = (
        select(order_line.c.order_id)
        .join(invoice_line, invoice_line.c.order_line_id == order_line.c.id)
        .join(invoice, invoice.c.id == invoice_line.c.invoice_id)
        .where(wanted)
    )
    connection.execute(
        select(sales_order.c.id)
        .where(sales_order.c.id.in_(lines))
        .order_by(sales_order.c.id)
        .with_for_update(key_share=True)
    ).all()


def _lock_items(connection: Connection, wanted: ColumnElement[bool]) -> None:
    connection.execute(
        select(instalment.c.id)
        .where(instalment.c.invoice_id.in_(select(invoice.c.id).where(wanted)))
        .order_by(instalment.c.id)
        .with_for_update(key_share=True)
    ).all()


def _gross_credited(connection: Connection, ids: Sequence[int]) -> dict[int, Decimal]:
    rows = connection.execute(
        select(invoice.c.corrects_id, func.sum(invoice.c.gross, type_=AMOUNT))
        .where(among(connection, invoice.c.corrects_id, ids))
        .group_by(invoice.c.corrects_id)
    )
    return dict(rows.tuples().all())


def _credited_by_amount(connection: Connection, ids: Sequence[int]) -> set[int | None]:
    """Return those of the invoices of which any amount was credited, no quantity."""
    rows = connection.execute(
        select(invoice.c.corrects_id)
        .join(invoice_line, invoice_line.c.invoice_id == invoice.c.id)
        .where(
            among(connection, invoice.c.corrects_id, ids),
            (invoice_line.c.product_code == NO_PRODUCT)
            | invoice_line.c.lowers_line_no.is_not(None),
        )
    )
    return set(rows.scalars())


class _Credited(NamedTuple):
    """What credit notes gave back of a line, below zero."""

    qty: Decimal
    net: Decimal


_NOTHING = _Credited(_ZERO, _ZERO)
_LineKey = tuple[int, int | None, int | None]
"""An invoice, and of it an order's line (its goods) or the line of a number."""


def _credited_by_line(
    connection: Connection, ids: Sequence[int]
) -> dict[_LineKey, _Credited]:
    line, lowers = invoice_line.c, invoice_line.c.lowers_line_no
    goods = case((lowers.is_(None), line.order_line_id)).label("goods")
    rows = connection.execute(
        select(
            invoice.c.corrects_id,
            goods,
            lowers,
            func.sum(line.qty, type_=UNIT),
            func.sum(line.net, type_=AMOUNT),
        )
        .join(invoice_line, line.invoice_id == invoice.c.id)
        .where(
            among(connection, invoice.c.corrects_id, ids),
            line.product_code != NO_PRODUCT,
        )
        .group_by(invoice.c.corrects_id, "goods", lowers)
    )
    return {
        (corrects_id, goods_id, line_no): _Credited(qty, net)
        for corrects_id, goods_id, line_no, qty, net in rows
    }


def _creditable(
    head: Row[Any],
    gross_credited: Decimal,
    lines: tuple[CreditableLine, ...],
    stated: CreditableAmounts,
    *,
    has_amounts_credited: bool,
) -> Creditable:
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
        gross_credited=gross_credited,
        lines=lines,
        stated=stated,
        has_amounts_credited=has_amounts_credited,
        is_advance=head.is_advance,
        language=head.language,
    )


def open_items_of(connection: Connection, invoice_ids: Sequence[int]) -> list[Row[Any]]:
    """Return the instalments of the documents with their open amounts, oldest first."""
    return list(
        connection.execute(
            select(instalment.c.id, instalment.c.invoice_id, instalment.c.open_amount)
            .where(among(connection, instalment.c.invoice_id, invoice_ids))
            .order_by(instalment.c.due_on, instalment.c.id)
        )
    )


def _line(row: Row[Any], credited: _Credited) -> CreditableLine:
    return CreditableLine(
        line_no=row.line_no,
        order_line_id=row.order_line_id,
        product_code=row.product_code,
        description=row.description,
        qty=row.qty,
        qty_credited=-credited.qty,
        unit=row.unit,
        unit_price=row.unit_price,
        discount_rate=row.discount_rate,
        tax_category=row.tax_category,
        tax_rate=row.tax_rate,
        surcharge_rate=row.surcharge_rate,
        net=row.net,
        net_credited=-credited.net,
        order_id=row.order_id,
    )
