"""Is every line and every tax rounded as the rule says? The rule itself looks."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from adv_domain.rules.money import rounded_to_minor
from adv_domain.store.audit.check import CheckResult, by_rule
from adv_domain.store.rows import among
from adv_domain.store.tables import invoice, invoice_line, invoice_tax

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
            line.qty,
            line.unit_price,
            line.discount_rate,
            line.net,
            line.line_no,
            invoice.c.currency,
            invoice.c.invoice_no,
        ).join_from(invoice_line, invoice, invoice.c.id == line.invoice_id)
    )
    for row in rows:
        exact = row.qty * row.unit_price * (1 - row.discount_rate)
        # a credit note takes back what its quantities gave
        is_sound = abs(row.net) == abs(rounded_to_minor(exact, row.currency))
        yield None if is_sound else f"{row.invoice_no} line {row.line_no}"


def _taxes(connection: Connection) -> Iterator[str | None]:
    """Yield a finding per tax group: rounded once, or on each of its lines."""
    tax = invoice_tax.c
    rows = connection.execution_options(yield_per=_AT_A_TIME).execute(
        select(
            tax.invoice_id,
            tax.category,
            tax.rate,
            tax.base,
            tax.tax,
            invoice.c.currency,
            invoice.c.invoice_no,
        ).join_from(invoice_tax, invoice, invoice.c.id == tax.invoice_id)
    )
    doubtful: list[Any] = []
    for row in rows:
        if row.tax == rounded_to_minor(row.base * row.rate, row.currency):
            yield None
        else:
            doubtful.append(row)
    by_line = _taxes_by_line(connection, {row.invoice_id for row in doubtful})
    for row in doubtful:
        of_lines = by_line.get((row.invoice_id, row.category, row.rate))
        yield None if row.tax == of_lines else f"{row.invoice_no} {row.category}"


def _taxes_by_line(
    connection: Connection, invoice_ids: Collection[int]
) -> Mapping[_TaxKey, Decimal]:
    line = invoice_line.c
    found: defaultdict[_TaxKey, Decimal] = defaultdict(Decimal)
    if not invoice_ids:
        return found
    rows = connection.execute(
        select(
            line.invoice_id,
            line.tax_category,
            line.tax_rate,
            line.net,
            invoice.c.currency,
        )
        .join_from(invoice_line, invoice, invoice.c.id == line.invoice_id)
        .where(among(connection, line.invoice_id, invoice_ids))
    )
    for row in rows:
        tax = rounded_to_minor(row.net * row.tax_rate, row.currency)
        found[row.invoice_id, row.tax_category, row.tax_rate] += tax
    return found
