"""How is one file taken in: read once, its rows stored, its end on record?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection

from adv_domain.files.kinds import KINDS
from adv_domain.files.mapping import OWN, Mapping
from adv_domain.files.order_fields import ORDER_COLUMNS
from adv_domain.files.orders.formats import mapping_of, order_source
from adv_domain.files.orders.source import OrderSource
from adv_domain.files.report import FileReport
from adv_domain.files.rows import RowSource
from adv_domain.files.sources import InputFile, load_mapping, read_inputs, row_source
from adv_domain.files.text import FileRefused
from adv_domain.rules.faults import FileFault
from adv_domain.store.engine import writing
from adv_domain.store.intake.customers import selling_company
from adv_domain.store.intake.source_files import (
    FileEnd,
    begin_file,
    end_file,
    known_file,
)
from adv_domain.store.leases import keep_lease
from tasks.intake.answers import AnsweredFile, Sender, queue_answer
from tasks.intake.inbox import REPORT_HTML, safe_name
from tasks.intake.orders import take_orders
from tasks.intake.records import take_records
from tasks.intake.tally import Taking, Tally
from tasks.resources import now, resources
from tasks.step import RunRef

ORDERS = "orders"
TAKEN_KINDS = (*KINDS, ORDERS)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file read into memory; without rows and orders there is the fault why."""

    kind: str
    name: str
    digest: str
    size: int
    rows: RowSource | None = None
    orders: OrderSource | None = None
    refusal: FileFault | None = None
    sender: Sender = field(default_factory=Sender)

    @property
    def source(self) -> RowSource | OrderSource | None:
        """What the file holds; for an order file its orders, else its rows."""
        return self.orders or self.rows


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a file and its reports will lie, relative to the home.

    A file that is imported stays where it is; its reports may be written all the same.
    """

    stored_as: str
    report: FileReport
    is_moved: bool = True

    @property
    def report_page(self) -> str:
        return f"{self.stored_as}{REPORT_HTML}"


Place = Callable[[str, Tally], Placed]
"""Given how the taking ended, choose the place and write the report there."""


def mapping_for(kind: str, path: Path | None) -> Mapping:
    """Read the mapping of a kind of file; raises CannotOpen and InvalidMapping."""
    fields = ORDER_COLUMNS if kind == ORDERS else KINDS[kind].columns
    return load_mapping(path, fields=fields)


def fitting_mapping(kind: str, path: Path, mapping: Mapping) -> Mapping:
    """Return the mapping by which the file is read; raises CannotOpen."""
    return mapping_of(path, mapping) if kind == ORDERS else mapping


def open_file(
    kind: str, path: Path, mapping: Mapping, *, follow_links: bool = True
) -> Opened:
    """Read the file and find its columns; raises CannotOpen and InvalidMapping."""
    name = safe_name(path.name)
    partner = mapping.partner
    mapping = fitting_mapping(kind, path, mapping)
    sender = Sender(partner, mapping.their_names)
    try:
        file, joined = read_inputs(path, mapping, follow_links=follow_links)
    except FileRefused as refusal:
        fault = replace(refusal.fault, file=name)
        digest = sha256(name.encode()).hexdigest()
        return Opened(kind, name, digest, size=0, refusal=fault, sender=sender)
    file = InputFile(name, file.data)
    digest = _digest(file, joined, mapping)
    size = len(file.data) + (len(joined.data) if joined else 0)
    try:
        if kind == ORDERS:
            source = order_source(file, mapping, joined=joined)
            return Opened(kind, name, digest, size, orders=source, sender=sender)
        rows = row_source(file, KINDS[kind].fields, mapping, joined=joined)
    except FileRefused as refusal:
        return Opened(kind, name, digest, size, refusal=refusal.fault, sender=sender)
    return Opened(kind, name, digest, size, rows=rows, sender=sender)


def _digest(file: InputFile, joined: InputFile | None, mapping: Mapping) -> str:
    """Hash all that decides what the rows mean: read otherwise it is another file."""
    content = sha256(file.data)
    if joined is not None:
        content.update(b"\x1e" + joined.data)
    if mapping != OWN:
        content.update(b"\x1e" + repr(mapping).encode())
    return content.hexdigest()


def take_file(run: RunRef, opened: Opened, *, place: Place | None = None) -> Tally:
    """Store the rows of the file and put its end on record.

    Unit of retry: the file. A file that was interrupted goes on where it stood, with
    the counts of a file that was not; one taken before changes nothing.
    """
    refused = _refused(opened)
    if refused is None and opened.orders is not None:
        return _take_order_file(run, opened, opened.orders, place)
    with writing(resources().engine) as connection:
        keep_lease(connection, run.lease, now=now())
        taking, is_new = _begin(connection, run, opened)
        tally = refused or _take_rows(connection, taking, opened)
        _end(connection, taking, opened, tally, place, is_new=is_new)
    return tally


def _take_rows(connection: Connection, taking: Taking, opened: Opened) -> Tally:
    if opened.rows is None:
        return Tally(faults=[opened.refusal] if opened.refusal else [])
    return take_records(connection, taking, KINDS[opened.kind], opened.rows)


def _take_order_file(
    run: RunRef, opened: Opened, source: OrderSource, place: Place | None
) -> Tally:
    with writing(resources().engine) as connection:
        keep_lease(connection, run.lease, now=now())
        taking, is_new = _begin(connection, run, opened)
    tally = take_orders(taking, source)
    with writing(resources().engine) as connection:
        keep_lease(connection, run.lease, now=now())
        _end(connection, taking, opened, tally, place, is_new=is_new)
    return tally


def _refused(opened: Opened) -> Tally | None:
    """Return the tally of a file of which nothing is taken by policy."""
    if opened.source is None or resources().policy.intake.broken_file == "good_rows":
        return None
    broken = opened.source.broken_rows()
    if not broken:
        return None
    rows = opened.source.row_count()
    return Tally(
        read=rows,
        rejected=rows,
        faults=[
            _nothing_taken(opened.name, broken),
            *opened.source.warnings,
            *broken,
        ],
    )


def _nothing_taken(name: str, broken: Sequence[FileFault]) -> FileFault:
    first = broken[0]
    message = (
        f"nothing of the file was taken because of row {first.row} of {first.file}: "
        f"{first.message}; {len(broken)} rows are broken so; send the file again"
    )
    return FileFault(name, 0, "", "file_refused", message)


def _begin(connection: Connection, run: RunRef, opened: Opened) -> tuple[Taking, bool]:
    """Put the file on record; one archived before keeps its first record."""
    known = known_file(connection, kind=opened.kind, sha256=opened.digest)
    is_new = known is None or known.state != "archived"
    file_id = (
        begin_file(
            connection,
            kind=opened.kind,
            name=opened.name,
            sha256=opened.digest,
            size=opened.size,
            now=now(),
        )
        if known is None or is_new
        else known.id
    )
    taking = Taking(
        run=run,
        kind=opened.kind,
        name=opened.source.name if opened.source else opened.name,
        file_id=file_id,
        is_resumed=known is not None and known.state == "taking",
        seller=selling_company(connection),
    )
    return taking, is_new


def _end(
    connection: Connection,
    taking: Taking,
    opened: Opened,
    tally: Tally,
    place: Place | None,
    *,
    is_new: bool,
) -> None:
    """Put the end of a file on record, and the answer to its sender in the outbox."""
    is_quarantined = tally.took_nothing or (tally.errors and not tally.read)
    state = "quarantined" if is_quarantined else "archived"
    placed = place(state, tally) if place else None
    if is_new:
        end = FileEnd(
            state=state,
            rows_read=tally.read,
            accepted=tally.accepted,
            duplicate=tally.duplicate,
            rejected=tally.rejected,
            faults=tally.faults,
            stored_as=placed.stored_as if placed and placed.is_moved else None,
            report=placed.report_page if placed else None,
        )
        end_file(connection, taking.file_id, end=end, now=now())
    if placed:
        file = AnsweredFile(
            taking.file_id, opened.digest, placed.report, placed.stored_as
        )
        queue_answer(connection, taking.run, file, opened.sender, tally)
