"""Which numbers do documents get, and which hash do they follow?

Both rows are locked as the last thing before the documents are written, so that
parallel batches wait for each other only for the last moment (design P2, P9).
"""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, select, update

from adv_domain.store.billing.seals import FIRST_SEAL
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
    row = connection.execute(
        select(series)
        .where(
            series.c.company_id == wanted.company_id,
            series.c.kind == wanted.kind,
            series.c.fiscal_year == wanted.fiscal_year,
        )
        .with_for_update()
    ).one_or_none()
    if row is None:
        inserted = connection.execute(
            series.insert().values(
                company_id=wanted.company_id,
                kind=wanted.kind,
                fiscal_year=wanted.fiscal_year,
                prefix=wanted.prefix,
                width=_WIDTH,
                last_number=count,
                last_on=on,
            )
        )
        [series_id] = inserted.inserted_primary_key or [0]
        return NumberBlock(
            int(series_id), wanted.prefix, _WIDTH, wanted.fiscal_year, 1, on
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
    row = connection.execute(
        select(chain_head)
        .where(chain_head.c.company_id == company_id)
        .with_for_update()
    ).one_or_none()
    if row is not None:
        return ChainHead(row.position, row.hash, row.seal)
    connection.execute(
        chain_head.insert().values(company_id=company_id, position=0, hash=FIRST_HASH)
    )
    return ChainHead(0, FIRST_HASH)


def move_chain(connection: Connection, company_id: int, head: ChainHead) -> None:
    """Write the new head after the batch's documents."""
    connection.execute(
        update(chain_head)
        .where(chain_head.c.company_id == company_id)
        .values(position=head.position, hash=head.hash, seal=head.seal)
    )
