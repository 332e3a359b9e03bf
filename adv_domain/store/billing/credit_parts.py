"""What do credit notes over several invoices give back of each?"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from sqlalchemy import Connection, func, select

from adv_domain.rules.billing.credited_amounts import GroupKey
from adv_domain.rules.billing.joint_parts import CreditPart
from adv_domain.store.columns import AMOUNT
from adv_domain.store.rows import among, insert_rows
from adv_domain.store.tables import credit_part, credit_part_tax

_part, _tax = credit_part.c, credit_part_tax.c


def write_parts(
    connection: Connection, note_id: int, parts: Iterable[CreditPart]
) -> None:
    """Write what the note gives back of each invoice, in two statements."""
    parts = list(parts)
    insert_rows(
        connection,
        credit_part,
        [
            {
                "note_id": note_id,
                "invoice_id": one.invoice_id,
                "gross": one.gross,
                "rounding": one.rounding,
            }
            for one in parts
        ],
    )
    insert_rows(
        connection,
        credit_part_tax,
        [
            {
                "note_id": note_id,
                "invoice_id": one.invoice_id,
                "kind": group.kind,
                "category": group.category,
                "rate": group.rate,
                "base": group.base,
                "tax": group.tax,
            }
            for one in parts
            for group in one.taxes
        ],
    )


def parts_given(
    connection: Connection, ids: Sequence[int]
) -> dict[int, tuple[Decimal, Decimal]]:
    """Return by invoice the gross and the cash rounding that parts gave back."""
    rows = connection.execute(
        select(
            _part.invoice_id,
            func.sum(_part.gross, type_=AMOUNT),
            func.sum(_part.rounding, type_=AMOUNT),
        )
        .where(among(connection, _part.invoice_id, ids))
        .group_by(_part.invoice_id)
    )
    return {invoice_id: (gross, rounding) for invoice_id, gross, rounding in rows}


def taxes_given(
    connection: Connection, ids: Sequence[int]
) -> list[tuple[int, GroupKey, Decimal, Decimal]]:
    """Return invoice, group, tax and base that parts gave back."""
    rows = connection.execute(
        select(
            _tax.invoice_id,
            _tax.kind,
            _tax.category,
            _tax.rate,
            func.sum(_tax.tax, type_=AMOUNT),
            func.sum(_tax.base, type_=AMOUNT),
        )
        .where(among(connection, _tax.invoice_id, ids))
        .group_by(_tax.invoice_id, _tax.kind, _tax.category, _tax.rate)
    )
    return [
        (invoice_id, (kind, category, rate), tax, base)
        for invoice_id, kind, category, rate, tax, base in rows
    ]
