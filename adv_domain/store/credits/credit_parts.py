"""What do credit notes over several invoices give back of each?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, func, select

from adv_domain.rules.billing.invoicing import TaxGroup
from adv_domain.rules.credits.credited_amounts import GroupKey
from adv_domain.rules.credits.joint_parts import CreditPart, parts_hash
from adv_domain.store.columns import AMOUNT
from adv_domain.store.rows import among, insert_rows
from adv_domain.store.stored import stored, unreadable
from adv_domain.store.tables import credit_part, credit_part_tax, invoice

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


def changed_parts(connection: Connection) -> Iterator[str | None]:
    """Yield a note's number where its parts are not those that were posted.

    None for a sound one. The note's seal covers its hash over them; one of a version
    before has none. A note of one invoice never has parts. Inside as_stored.
    """
    taxes: dict[tuple[int, int], list[TaxGroup]] = {}
    garbled: set[int] = set()
    for row in connection.execute(select(*stored(*credit_part_tax.c))):
        group = TaxGroup(row.category, row.rate, row.base, row.tax, row.kind)
        taxes.setdefault((row.note_id, row.invoice_id), []).append(group)
        garbled.update([row.note_id] if unreadable(row) else [])
    rows = connection.execute(
        select(
            invoice.c.id.label("note_id"),
            *stored(invoice.c.invoice_no, invoice.c.corrects_id, invoice.c.parts_hash),
            *stored(_part.invoice_id, _part.gross, _part.rounding),
        )
        .outerjoin(credit_part, _part.note_id == invoice.c.id)
        .where(_part.note_id.is_not(None) | invoice.c.parts_hash.is_not(None))
        .order_by(invoice.c.id)
    )
    for (note_id, number), parts in groupby(
        rows, key=lambda row: (row.note_id, row.invoice_no)
    ):
        found = list(parts)
        is_readable = note_id not in garbled and not any(map(unreadable, found))
        yield None if is_readable and _is_as_posted(found, taxes) else number


def _is_as_posted(
    rows: Sequence[Row[Any]], taxes: Mapping[tuple[int, int], Sequence[TaxGroup]]
) -> bool:
    note = rows[0]
    parts = [
        CreditPart(row.invoice_id, tuple(taxes.get((row.note_id, row.invoice_id), ())))
        for row in rows
        if row.invoice_id is not None
    ]
    given = {row.invoice_id: (row.gross, row.rounding) for row in rows}
    if any(one.gross != given[one.invoice_id][0] for one in parts):
        return False
    if note.parts_hash is None:
        return note.corrects_id is None
    parts = [replace(one, rounding=given[one.invoice_id][1]) for one in parts]
    return bool(note.parts_hash == parts_hash(parts))
