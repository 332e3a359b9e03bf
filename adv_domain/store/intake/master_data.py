"""What does a row of master data change: is it new, other than what stands, or equal?

Rows are compared with what the table holds, column by column, so that the same file
taken twice changes nothing and a file that lacks a column leaves it as it was.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, select

from adv_domain.store.bulk_update import update_rows
from adv_domain.store.rows import among, insert_rows
from adv_domain.store.tables import (
    customer,
    customer_article,
    exchange_rate,
    expected_receipt,
    payment_term,
    price,
    product,
    rebate,
    stock,
    tax_rate,
)

Row = Mapping[str, Any]


class Change(StrEnum):
    """What became of a row."""

    INSERTED = "inserted"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class MasterTable:
    """A table of master data: its key, and the first column of it to read by."""

    table: Table
    key: tuple[str, ...]
    read_by: str


CUSTOMERS = MasterTable(customer, ("company_id", "code"), "code")
PRODUCTS = MasterTable(product, ("code",), "code")
CUSTOMER_ARTICLES = MasterTable(
    customer_article, ("customer_code", "article"), "customer_code"
)
PRICES = MasterTable(
    price,
    (
        "scope",
        "scope_code",
        "product_code",
        "category",
        "currency",
        "min_qty",
        "valid_from",
    ),
    "product_code",
)
STOCK = MasterTable(stock, ("product_code", "location"), "product_code")
RECEIPTS = MasterTable(
    expected_receipt, ("product_code", "location", "receipt_ref"), "product_code"
)
REBATES = MasterTable(
    rebate, ("customer_code", "currency", "valid_from", "threshold"), "customer_code"
)
TAX_RATES = MasterTable(tax_rate, ("territory", "category", "valid_from"), "territory")
EXCHANGE_RATES = MasterTable(
    exchange_rate, ("currency", "base", "valid_from"), "currency"
)
PAYMENT_TERMS = MasterTable(payment_term, ("code",), "code")


def write_master_rows(
    connection: Connection,
    target: MasterTable,
    rows: Sequence[Row],
    *,
    compared: Collection[str],
    stamps: Row,
) -> list[Change]:
    """Insert new rows, update changed ones, and tell for each row which it was.

    Only the compared columns are held against what stands and written over it; the
    stamps (moment of change and the like) go into each row written. The keys of the
    rows must differ.
    """
    if not rows:
        return []
    standing = _standing(connection, target, rows)
    changes, inserts, updates = [], [], []
    for row in rows:
        known = standing.get(tuple(row[name] for name in target.key))
        if known is None:
            inserts.append({**row, **stamps})
            changes.append(Change.INSERTED)
        elif all(known[name] == row[name] for name in compared):
            changes.append(Change.UNCHANGED)
        else:
            written = [row[name] for name in compared]
            updates.append((known["id"], *written, *stamps.values()))
            changes.append(Change.UPDATED)
    insert_rows(connection, target.table, inserts)
    update_rows(connection, target.table, [*compared, *stamps], updates)
    return changes


def _standing(
    connection: Connection, target: MasterTable, rows: Sequence[Row]
) -> dict[tuple[Any, ...], RowMapping]:
    columns = target.table.c
    wanted = sorted({row[target.read_by] for row in rows})
    found = connection.execute(
        select(target.table).where(among(connection, columns[target.read_by], wanted))
    ).mappings()
    return {tuple(row[name] for name in target.key): row for row in found}
