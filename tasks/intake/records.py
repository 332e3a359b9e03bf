"""How do rows of master data come into the database, a file to a transaction?

A whole file is one transaction, worked through in batches: counts are then the same
whatever the interruptions, and nobody reads half a price list.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from adv_domain.files.file_kind import FileKind, ReadRecord, read_records
from adv_domain.files.rows import RowSource
from adv_domain.rules.faults import FieldFault, FileFault
from adv_domain.rules.orders.master_data import MasterRecord
from adv_domain.store.intake.master_data import (
    CUSTOMER_ARTICLES,
    CUSTOMERS,
    EXCHANGE_RATES,
    PAYMENT_TERMS,
    PRICES,
    PRODUCTS,
    REBATES,
    RECEIPTS,
    STOCK,
    TAX_RATES,
    Change,
    MasterTable,
    write_master_rows,
)
from tasks.intake.acknowledgements import take_acknowledgements
from tasks.intake.checked_rows import CheckedRow
from tasks.intake.customers import nothing_wrong, wrong_customers
from tasks.intake.legacy import take_legacy_invoices
from tasks.intake.legal_terms import long_terms
from tasks.intake.supply import unknown_products
from tasks.intake.survey import SurveyKeys
from tasks.intake.tally import RecordAt, Taking, Tally
from tasks.intake.terms import codes_of_terms
from tasks.progress import report
from tasks.resources import now, resources

_Row = dict[str, Any]
_Write = Callable[[Connection, Sequence[RecordAt]], list[bool | FileFault]]
"""Write records; tell for each whether it changed anything, or what is wrong."""


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a kind of records goes, the values that stand in for none, and those that
    each written row bears."""

    table: MasterTable
    stand_ins: Callable[[Taking], Mapping[str, Any]]
    stamps: Callable[[Taking], Mapping[str, Any]]
    check: Callable[
        [Connection, Sequence[CheckedRow], date], list[FieldFault | None]
    ] = nothing_wrong


def take_records(
    connection: Connection, taking: Taking, kind: FileKind, source: RowSource
) -> Tally:
    """Write all rows of the file in the caller's transaction.

    Unit of retry: the file; key: the natural key of the kind, row by row.
    """
    tally = Tally(faults=list(source.warnings))
    write = _writer(taking, kind, source, told=tally.faults)
    size = resources().settings.batch_size
    for batch in _batches(read_records(kind, source), size):
        good: list[RecordAt] = []
        for row_no, record, faults in batch:
            tally.read += 1 if row_no else 0
            tally.faults.extend(faults)
            if record is not None:
                good.append((row_no, record))
            elif row_no:
                tally.rejected += 1
        for ending in write(connection, good):
            _count(tally, ending)
        report(stage="intake", event="batch", done=len(good))
    return tally


def _batches(records: Iterator[ReadRecord], size: int) -> Iterator[list[ReadRecord]]:
    while batch := list(islice(records, size)):
        yield batch


def _count(tally: Tally, ending: bool | FileFault) -> None:
    if isinstance(ending, FileFault):
        tally.rejected += 1
        tally.faults.append(ending)
    elif ending:
        tally.accepted += 1
    else:
        tally.duplicate += 1


def _writer(
    taking: Taking, kind: FileKind, source: RowSource, *, told: list[FileFault]
) -> _Write:
    if kind.name == "survey":
        return SurveyKeys(taking).write
    if kind.name == "legacy-invoices":
        return lambda connection, records: take_legacy_invoices(
            connection, taking, records
        )
    if kind.name == "acknowledgements":
        return lambda connection, records: take_acknowledgements(
            connection, taking, records
        )
    attributes = kind.record.__slots__  # type: ignore[attr-defined]  # a dataclass
    given = {
        attribute
        for field, attribute in zip(kind.fields, attributes, strict=True)
        if field.name in source.given
    }
    target = _TARGETS[kind.name]
    return _MasterWriter(taking, target, attributes, given, told, {}).write


@dataclass(frozen=True, slots=True)
class _MasterWriter:
    """Writes the rows of one file.

    told takes what is only told of a row; seen holds the file's keys, each may come
    once.
    """

    taking: Taking
    target: _Target
    attributes: Sequence[str]
    given: set[str]
    told: list[FileFault]
    seen: dict[tuple[Any, ...], _Row]

    def write(
        self, connection: Connection, records: Sequence[RecordAt]
    ) -> list[bool | FileFault]:
        stand_ins = self.target.stand_ins(self.taking)
        rows = [self._row(record, stand_ins) for _, record in records]
        _name_terms(connection, rows)
        given = [
            (row, {name for name in self.given if getattr(record, name) is not None})
            for row, (_, record) in zip(rows, records, strict=True)
        ]
        wrong = self.target.check(connection, given, self.taking.run.on)
        fresh: list[_Row] = []
        endings: list[bool | FileFault | None] = []
        for (row_no, _), row, fault in zip(records, rows, wrong, strict=True):
            ending = self._wrong(row_no, fault) or self._repeated(row_no, row)
            endings.append(ending)
            if ending is None:
                fresh.append(row)
        changes = iter(self._changes(connection, fresh))
        return [
            next(changes) is not Change.UNCHANGED if ending is None else ending
            for ending in endings
        ]

    def _row(self, record: MasterRecord, stand_ins: Mapping[str, Any]) -> _Row:
        row = {name: getattr(record, name) for name in self.attributes}
        for name, value in stand_ins.items():
            if row.get(name) is None:
                row[name] = value
        return row

    def _wrong(self, row_no: int, fault: FieldFault | None) -> FileFault | None:
        if fault is None:
            return None
        field, code, message = fault
        found = FileFault(self.taking.name, row_no, field, code, f"{field} {message}")
        if found.is_warning:
            self.told.append(found)
            return None
        return found

    def _repeated(self, row_no: int, row: _Row) -> bool | FileFault | None:
        key = tuple(row[name] for name in self.target.table.key)
        given = dict(row)
        earlier = self.seen.setdefault(key, given)
        if earlier is given:
            return None
        if earlier == row:
            return False
        message = "stands in an earlier row with other values; leave one of them"
        shown = ", ".join(str(part) for part in key)
        name = self.taking.name
        return FileFault(name, row_no, "", "repeated_key", f"{shown} {message}", shown)

    def _changes(self, connection: Connection, rows: list[_Row]) -> list[Change]:
        key = self.target.table.key
        return write_master_rows(
            connection,
            self.target.table,
            rows,
            compared=[
                name
                for name in self.attributes
                if name in self.given and name not in key
            ],
            stamps=self.target.stamps(self.taking),
        )


def _name_terms(connection: Connection, rows: list[_Row]) -> None:
    codes = codes_of_terms(connection, [row.get("payment_terms") for row in rows])
    for row in rows:
        if row.get("payment_terms") in codes:
            row["payment_terms"] = codes[row["payment_terms"]]


def _for_customers(taking: Taking) -> Mapping[str, Any]:
    seller = taking.seller
    return {
        "company_id": seller["id"],
        "country": seller["country"],
        "currency": seller["currency"],
        "language": seller["language"],
        "payment_terms": resources().policy.intake.default_payment_terms,
    }


def _in_our_currency(taking: Taking) -> Mapping[str, Any]:
    return {"currency": taking.seller["currency"]}


def _in_our_base(taking: Taking) -> Mapping[str, Any]:
    return {"base": taking.seller["currency"]}


def _for_prices(taking: Taking) -> Mapping[str, Any]:
    return {
        "currency": taking.seller["currency"],
        "scope_code": "",
        "product_code": "",
        "category": "",
    }


def _as_of_today(taking: Taking) -> Mapping[str, Any]:
    return {"as_of": taking.run.on}


def _nothing(_: Taking) -> Mapping[str, Any]:
    return {}


def _moment(_: Taking) -> Mapping[str, Any]:
    return {"changed_at": now()}


def _file_and_moment(taking: Taking) -> Mapping[str, Any]:
    return {"source_file_id": taking.file_id, "changed_at": now()}


_TARGETS = {
    "customers": _Target(CUSTOMERS, _for_customers, _moment, wrong_customers),
    "products": _Target(PRODUCTS, _in_our_currency, _moment),
    "customer_articles": _Target(CUSTOMER_ARTICLES, _nothing, _nothing),
    "prices": _Target(PRICES, _for_prices, _nothing),
    "stock": _Target(STOCK, _as_of_today, _nothing, unknown_products),
    "receipts": _Target(RECEIPTS, _nothing, _file_and_moment, unknown_products),
    "rebates": _Target(REBATES, _in_our_currency, _nothing),
    "tax_rates": _Target(TAX_RATES, _nothing, _nothing),
    "exchange_rates": _Target(EXCHANGE_RATES, _in_our_base, _nothing),
    "payment_terms": _Target(PAYMENT_TERMS, _nothing, _nothing, long_terms),
}
