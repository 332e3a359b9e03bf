"""Which numbers do documents get, and which hash do they follow?

Both rows are locked as the last thing before the documents are written, so that
parallel batches wait for each other only for the last moment (design P2, P9).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Table, select, update
from sqlalchemy.dialects import postgresql, sqlite

from adv_domain.store.billing.seals import FIRST_SEAL
from adv_domain.store.engine import is_sqlite
from adv_domain.store.tables import chain_head, series

FIRST_HASH = ""
_WIDTH = 6


@dataclass(frozen=True, slots=True)
class SeriesKey:
    """A document series of a company's fiscal year and the prefix it begins with."""

    company_id: int
    kind: str
    fiscal_year: int
    prefix: str


@dataclass(frozen=True, slots=True)
class NumberBlock:
    """Numbers first … first + count − 1 of a series, all dated issued_on."""

    series_id: int
    prefix: str
    width: int
    fiscal_year: int
    first: int
    issued_on: date

    def moved(self, by: int) -> "NumberBlock":
        """Return as many numbers that begin further on."""
        return replace(self, first=self.first + by) if by else self


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The last posted document of a company: its position, hash and seal."""

    position: int
    hash: str
    seal: str = FIRST_SEAL


def take_numbers(
    connection: Connection, wanted: SeriesKey, *, on: date, count: int
) -> NumberBlock:
    """Take the next numbers; their date is the day or the series' last date if later.

    Dates never fall in a series (Directive 2006/112/EC art. 226(2) read with the
    national rules on chronological series).
    """
    row = _locked_or_begun(
        connection,
        series,
        {
            "company_id": wanted.company_id,
            "kind": wanted.kind,
            "fiscal_year": wanted.fiscal_year,
        },
        first={"prefix": wanted.prefix, "width": _WIDTH, "last_number": 0},
    )
    issued_on = max(on, row.last_on or on)
    connection.execute(
        update(series)
        .where(series.c.id == row.id)
        .values(last_number=row.last_number + count, last_on=issued_on)
    )
    first = row.last_number + 1
    return NumberBlock(
        row.id, row.prefix, row.width, wanted.fiscal_year, first, issued_on
    )


def lock_chain(connection: Connection, company_id: int) -> ChainHead:
    """Lock the company's chain and return its head; position 0 before the first."""
    row = _locked_or_begun(
        connection,
        chain_head,
        {"company_id": company_id},
        first={"position": 0, "hash": FIRST_HASH},
    )
    return ChainHead(row.position, row.hash, row.seal)


def move_chain(connection: Connection, company_id: int, head: ChainHead) -> None:
    """Write the new head after the batch's documents."""
    connection.execute(
        update(chain_head)
        .where(chain_head.c.company_id == company_id)
        .values(position=head.position, hash=head.hash, seal=head.seal)
    )


def _locked_or_begun(
    connection: Connection,
    table: Table,
    known_by: Mapping[str, Any],
    *,
    first: Mapping[str, Any],
) -> Row[Any]:
    """Lock the row of a key; where there is none yet, its first one is written.

    There is no row to lock then: on PostgreSQL a second insert waits for the first
    one's transaction, and must find that row instead of failing on its key.
    """
    wanted = select(table).filter_by(**known_by).with_for_update()
    row = connection.execute(wanted).one_or_none()
    if row is not None:
        return row
    insert = sqlite.insert if is_sqlite(connection) else postgresql.insert
    values = {**known_by, **first}
    connection.execute(insert(table).values(values).on_conflict_do_nothing())
    return connection.execute(wanted).one()
