"""Is every line and every tax rounded as the rule says? The rule itself looks."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import CompoundSelect, Connection, func, select, text, union_all

from adv_domain.rules.money import minor_unit, rounded_to_minor
from adv_domain.store.audit.check import CheckResult, by_rule
from adv_domain.store.rows import among
from adv_domain.store.stored import stored, unreadable
from adv_domain.store.tables import (
    credit_part,
    credit_part_tax,
    invoice,
    invoice_charge,
    invoice_line,
    invoice_tax,
)

_AT_A_TIME = 5_000
_TaxKey = tuple[int, str, Decimal]


def rounding_checks(connection: Connection) -> list[CheckResult]:
    """Check line nets and tax amounts against the rounding rules (EN 16931)."""
    return [
        by_rule("line_net_is_quantity_times_price", _lines(connection)),
        by_rule("tax_is_base_times_rate", _taxes(connection)),
    ]


def _lines(connection: Connection) -> Iterator[str | None]:
    line = invoice_line.c
    rows = connection.execution_options(yield_per=_AT_A_TIME).execute(
        select(
            *stored(
                line.qty,
                line.unit_price,
                line.discount_rate,
                line.net,
                line.line_no,
                invoice.c.currency,
                invoice.c.invoice_no,
            )
        ).join_from(invoice_line, invoice, invoice.c.id == line.invoice_id)
    )
    for row in rows:
        if unreadable(row):
            yield f"{row.invoice_no} line {row.line_no}"
            continue
        exact = row.qty * row.unit_price * (1 - row.discount_rate)
        # a credit note takes back what its quantities gave
        is_sound = abs(row.net) == abs(rounded_to_minor(exact, row.currency))
        yield None if is_sound else f"{row.invoice_no} line {row.line_no}"


def _taxes(connection: Connection) -> Iterator[str | None]:
    """Yield a finding per tax group: rounded once, or on each of its lines."""
    tax = invoice_tax.c
    parts = (
        select(func.count())
        .where(credit_part.c.note_id == tax.invoice_id)
        .scalar_subquery()
    )
    rows = connection.execution_options(yield_per=_AT_A_TIME).execute(
        select(
            *stored(
                tax.invoice_id,
                tax.kind,
                tax.category,
                tax.rate,
                tax.base,
                tax.tax,
                invoice.c.currency,
                invoice.c.tax_rounding,
                invoice.c.corrects_id,
                invoice.c.invoice_no,
                invoice.c.is_advance,
                invoice.c.order_id,
            ),
            parts.label("parts"),
        ).join_from(invoice_tax, invoice, invoice.c.id == tax.invoice_id)
    )
    by_line: list[Any] = []
    last_credits: list[Any] = []
    for row in rows:
        if unreadable(row):
            yield f"{row.invoice_no} {row.category}"
        elif row.tax_rounding == "line":
            by_line.append(row)
        elif row.tax == rounded_to_minor(row.base * row.rate, row.currency):
            yield None
        else:
            last_credits.append(row)
    expected = _taxes_by_line(connection, {row.invoice_id for row in by_line})
    for row in by_line:
        if row.tax == expected.get((row.invoice_id, row.category, row.rate)):
            yield None
        else:
            last_credits.append(row)
    undone = _undone_groups(connection, last_credits)
    ahead = _advances(connection, {one.order_id for one in last_credits})
    for row in last_credits:
        is_sound = (row.corrects_id, row.kind, row.category, row.rate) in undone
        is_sound = is_sound or _is_part_of_an_amount(row, ahead.get(row.order_id, 0))
        yield None if is_sound else f"{row.invoice_no} {row.category}"


def _is_part_of_an_amount(row: Any, advances: int) -> bool:
    """Say whether tax is what an amount left of it: one unit off at most.

    For a credit note one for each invoice that it is over: what is left of these was
    rounded on each. For money paid ahead two for each advance invoice of the order:
    the last of them takes what is left, and what each before it was off.
    """
    off = abs(row.tax - rounded_to_minor(row.base * row.rate, row.currency))
    documents = row.parts or (row.corrects_id is not None)
    if row.is_advance:
        documents = max(documents, 2 * advances)
    return bool(documents) and off <= minor_unit(row.currency) * documents


def _advances(
    connection: Connection, order_ids: Collection[int | None]
) -> Mapping[int | None, int]:
    """Count the advance invoices of the orders."""
    wanted = sorted(one for one in order_ids if one is not None)
    rows = connection.execute(
        select(invoice.c.order_id, func.count())
        .where(
            among(connection, invoice.c.order_id, wanted),
            invoice.c.is_advance,
            invoice.c.kind == "invoice",
        )
        .group_by(invoice.c.order_id)
    )
    return dict(rows.tuples().all())


def _undone_groups(
    connection: Connection, rows: Collection[Any]
) -> set[tuple[int, str, str, Decimal]]:
    """Return the groups that an invoice and its credit notes bring to nothing, the
    parts of those over several invoices among them.

    The last credit note takes the cents that the ones before it have left.
    """
    corrected = {row.corrects_id for row in rows if row.corrects_id is not None}
    if not corrected:
        return set()
    ids, tax, part = sorted(corrected), invoice_tax.c, credit_part_tax.c
    root = func.coalesce(invoice.c.corrects_id, invoice.c.id)
    given = union_all(
        select(root.label("root"), tax.kind, tax.category, tax.rate, tax.tax)
        .join_from(invoice_tax, invoice, invoice.c.id == tax.invoice_id)
        .where(
            among(connection, invoice.c.id, ids)
            | among(connection, invoice.c.corrects_id, ids)
        ),
        select(part.invoice_id, part.kind, part.category, part.rate, part.tax).where(
            among(connection, part.invoice_id, ids)
        ),
    ).subquery()
    of_group = given.c
    found = connection.execute(
        select(of_group.root, of_group.kind, of_group.category, of_group.rate)
        .group_by(of_group.root, of_group.kind, of_group.category, of_group.rate)
        .having(func.sum(of_group.tax) == text("0"))
    )
    return {(row.root, row.kind, row.category, row.rate) for row in found}


def _taxes_by_line(
    connection: Connection, invoice_ids: Collection[int]
) -> Mapping[_TaxKey, Decimal]:
    """Round the tax and the surcharge of each line and charge, and sum them up."""
    found: defaultdict[_TaxKey, Decimal] = defaultdict(Decimal)
    if not invoice_ids:
        return found
    for row in connection.execute(_parts(connection, invoice_ids)):
        for rate in (row.tax_rate, row.surcharge_rate):
            tax = rounded_to_minor(row.net * rate, row.currency)
            found[row.invoice_id, row.tax_category, rate] += tax
    return found


def _parts(connection: Connection, invoice_ids: Collection[int]) -> CompoundSelect[Any]:
    wanted = sorted(invoice_ids)
    return union_all(
        *(
            select(
                part.invoice_id,
                part.tax_category,
                part.tax_rate,
                part.surcharge_rate,
                amount.label("net"),
                invoice.c.currency,
            )
            .join_from(part.invoice_id.table, invoice, invoice.c.id == part.invoice_id)
            .where(among(connection, part.invoice_id, wanted))
            for part, amount in (
                (invoice_line.c, invoice_line.c.net),
                (invoice_charge.c, invoice_charge.c.amount),
            )
        )
    )
