"""Are the numbers of every series whole, and does the hash chain hold?"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy import or_ as either

from adv_domain.rules.billing.chain import FIRST_PREVIOUS_HASH, text_hash
from adv_domain.rules.identifiers import NumberFormat, document_no
from adv_domain.store.audit.check import CheckResult, by_query, by_rule
from adv_domain.store.billing.seals import FIRST_SEAL, broken_seals
from adv_domain.store.credits.credit_parts import changed_parts
from adv_domain.store.stored import Unreadable, stored, unreadable
from adv_domain.store.tables import chain_head, invoice, series

_AT_A_TIME = 5_000
_NEVER = date(1, 1, 1)


def numbering_checks(connection: Connection) -> list[CheckResult]:
    """Check numbers, their dates, and the chain of hashes."""
    return [
        _without_gap(connection),
        _dates_not_falling(connection),
        by_rule("numbers_are_of_their_series", _numbers(connection)),
        _series_ends(connection),
        by_rule("hash_chain", _chain(connection)),
        by_rule("documents_are_as_posted", broken_seals(connection)),
        by_rule("credit_parts_are_as_posted", changed_parts(connection)),
        _chain_heads(connection),
    ]


def _without_gap(connection: Connection) -> CheckResult:
    document = invoice.c
    used = (
        select(
            document.series_id,
            func.count().label("documents"),
            func.min(document.number).label("lowest"),
            func.max(document.number).label("highest"),
        )
        .where(document.series_id.is_not(None))
        .group_by(document.series_id)
        .subquery()
    )
    numbers = used.c.highest - used.c.lowest + 1
    return by_query(
        connection,
        "series_without_gap",
        looked_at=series,
        broken=select(series.c.prefix, series.c.fiscal_year, series.c.last_number)
        .join(used, used.c.series_id == series.c.id)
        .where(
            either(
                used.c.documents != numbers,
                used.c.highest != series.c.last_number,
            )
        ),
    )


def _dates_not_falling(connection: Connection) -> CheckResult:
    document = invoice.c
    before = func.lag(document.issued_on).over(
        partition_by=document.series_id, order_by=document.number
    )
    dated = (
        select(document.invoice_no, document.issued_on, before.label("before_on"))
        .where(document.series_id.is_not(None))
        .subquery()
    )
    return by_query(
        connection,
        "series_dates_not_falling",
        looked_at=dated,
        broken=select(dated.c.invoice_no).where(dated.c.issued_on < dated.c.before_on),
    )


def _numbers(connection: Connection) -> Iterator[str | None]:
    """Yield a document that is not called as its series calls its number."""
    rows = connection.execution_options(yield_per=_AT_A_TIME).execute(
        select(
            *stored(invoice.c.invoice_no, invoice.c.number, invoice.c.kind),
            *stored(series.c.prefix, series.c.width, series.c.fiscal_year),
            *(one.label(f"of_{one.key}") for one in stored(series.c.kind)),
        )
        .join_from(invoice, series, series.c.id == invoice.c.series_id)
        .order_by(invoice.c.id)
    )
    for row in rows:
        is_sound = not unreadable(row) and row.number > 0 and row.kind == row.of_kind
        yield None if is_sound and row.invoice_no == _called(row) else row.invoice_no


def _called(row: Any) -> str:
    known = NumberFormat(prefix=row.prefix, width=row.width)
    return document_no(series=known, year=row.fiscal_year, number=row.number)


def _series_ends(connection: Connection) -> CheckResult:
    """A series' last day is its last document's: later ones are never dated before."""
    document = invoice.c
    last = (
        select(
            document.series_id,
            func.max(document.issued_on).label("on"),
            func.max(document.company_id).label("company_id"),
        )
        .where(document.series_id.is_not(None))
        .group_by(document.series_id)
        .subquery()
    )
    return by_query(
        connection,
        "series_end_with_their_last_document",
        looked_at=series,
        broken=select(series.c.prefix, series.c.fiscal_year)
        .join(last, last.c.series_id == series.c.id)
        .where(
            either(
                func.coalesce(series.c.last_on, _NEVER) != last.c.on,
                series.c.company_id != last.c.company_id,
            )
        ),
    )


def _chain(connection: Connection) -> Iterator[str | None]:
    document = invoice.c
    rows = connection.execution_options(yield_per=_AT_A_TIME).execute(
        select(
            *stored(
                document.company_id,
                document.chain_position,
                document.record,
                document.previous_hash,
                document.hash,
                document.invoice_no,
                document.issued_on,
                document.tax,
                document.gross,
            )
        )
        .where(document.chain_position.is_not(None))
        .order_by(document.company_id, document.chain_position)
    )
    company_id, position, last_hash = None, 0, FIRST_PREVIOUS_HASH
    for row in rows:
        if row.company_id != company_id:
            company_id, position, last_hash = row.company_id, 0, FIRST_PREVIOUS_HASH
        position += 1
        follows = (row.previous_hash or FIRST_PREVIOUS_HASH) == last_hash
        is_sound = (
            not unreadable(row)
            and row.chain_position == position
            and follows
            and _is_its_own(row)
        )
        yield None if is_sound else row.invoice_no
        if not isinstance(row.chain_position, Unreadable):
            position = row.chain_position
        last_hash = row.hash


def _is_its_own(row: Any) -> bool:
    """Say whether hash, record and document belong together."""
    if not row.record or text_hash(row.record) != row.hash:
        return False
    said = dict(part.partition("=")[::2] for part in row.record.split("&"))
    return (
        said.get("Huella") == (row.previous_hash or FIRST_PREVIOUS_HASH)
        and said.get("NumSerieFactura") == row.invoice_no.strip()
        and said.get("FechaExpedicionFactura") == f"{row.issued_on:%d-%m-%Y}"
        and _amount(said, "CuotaTotal") == row.tax
        and _amount(said, "ImporteTotal") == row.gross
    )


def _amount(said: Mapping[str, str], name: str) -> Decimal | None:
    try:
        return Decimal(said.get(name, ""))
    except InvalidOperation:
        return None


def _chain_heads(connection: Connection) -> CheckResult:
    document = invoice.c
    last = (
        select(document.company_id, func.max(document.chain_position).label("position"))
        .where(document.chain_position.is_not(None))
        .group_by(document.company_id)
        .subquery()
    )
    return by_query(
        connection,
        "chain_head_is_last_document",
        looked_at=chain_head,
        broken=select(chain_head.c.company_id, chain_head.c.position)
        .outerjoin(last, last.c.company_id == chain_head.c.company_id)
        .outerjoin(
            invoice,
            (document.company_id == last.c.company_id)
            & (document.chain_position == last.c.position),
        )
        .where(
            either(
                func.coalesce(last.c.position, 0) != chain_head.c.position,
                func.coalesce(document.hash, FIRST_PREVIOUS_HASH) != chain_head.c.hash,
                func.coalesce(document.seal, FIRST_SEAL) != chain_head.c.seal,
            )
        ),
    )
