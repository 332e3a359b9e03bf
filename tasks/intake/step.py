"""The intake step: which files have come in, and what do they bring?

Master data is taken before the orders that need it. Each file is a unit of its own:
one that breaks stays where it is, is named as failed, and the next is taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path

from sqlalchemy.exc import InterfaceError, OperationalError

from adv_domain.files.mapping import InvalidMapping, Mapping
from adv_domain.files.report import FileReport
from adv_domain.files.text import CannotOpen
from adv_domain.rules.faults import NOT_TAKEN, UNKNOWN_COLUMN, UNREAD_CELLS
from adv_domain.store.engine import reading
from adv_domain.store.intake.source_files import known_file
from adv_domain.store.leases import LeaseLost
from tasks.batches import failure_code
from tasks.conduct import conduct
from tasks.intake.aside import (
    arrived,
    document_of,
    mapping_path,
    mended,
    not_a_file,
    set_aside,
)
from tasks.intake.files import (
    ORDERS,
    Opened,
    Placed,
    fitting_mapping,
    mapping_for,
    open_file,
    take_file,
)
from tasks.intake.inbox import (
    MAPPING_NAME,
    Arrival,
    Shelf,
    move,
    safe_name,
    write_reports,
)
from tasks.intake.tally import Tally
from tasks.intake.unnamed import name_waiting_orders
from tasks.resources import business_day, now, resources
from tasks.step import Call, Outcome, RunRef, StepFlow, step

_FOLDERS = (
    "tax_rates",
    "exchange_rates",
    "payment_terms",
    "customers",
    "products",
    "customer_articles",
    "prices",
    "rebates",
    "stock",
    "receipts",
    "acknowledgements",
    "legacy-invoices",
    ORDERS,
    "survey",
)
_FATAL = (OperationalError, InterfaceError, LeaseLost, OSError, MemoryError)
_LEFT_OUT = {
    UNKNOWN_COLUMN: "unknown_columns",
    UNREAD_CELLS: "unread_cells",
    NOT_TAKEN: "values_not_taken",
}
_WAITS = "waits_for_joined_file"


@step(name="take files in", retries=3, run_name="intake {run.on}")
def take_inboxes(run: RunRef) -> Outcome:
    """Take the complete files of all inbox folders, master data first.

    Then waiting orders are looked at whose customer or products are known only now.
    Unit of retry: a file; keys: its content hash, customer and reference, row.
    """
    outcome = Outcome()
    for kind in _FOLDERS:
        outcome = outcome + _take_folder(run, kind)
    return outcome + name_waiting_orders(run)


INTAKE = StepFlow(name="intake", plan=lambda run: [Call(take_inboxes, {"run": run})])


def import_file(
    kind: str,
    path: Path,
    *,
    mapping: Path | None = None,
    on: date | None = None,
    answer: bool = False,
) -> Tally:
    """Take one file from where it lies, as a run of the intake step.

    answer writes the reports and tells the sender, as for a file of the inbox. A file
    without a fault closes the failure of one of its name. Raises CannotOpen,
    InvalidMapping, and LeaseHeld while another intake runs.
    """
    opened = open_file(kind, path, mapping_for(kind, mapping))
    found: list[Tally] = []

    @step(name="import a file", run_name="import {run.on}")
    def take_it(run: RunRef) -> Outcome:
        place = partial(_placed_by_import, run, opened) if answer else None
        tally = take_file(run, opened, place=place)
        found.append(tally)
        if not tally.errors:
            mended(run, document_of(kind, path))
        return _told(kind, tally)

    flow = StepFlow(name="intake", plan=lambda run: [Call(take_it, {"run": run})])
    conduct(flow, on=on or business_day(now()), execute=_plainly)
    return found[0]


def _placed_by_import(run: RunRef, opened: Opened, state: str, tally: Tally) -> Placed:
    """Write the reports of a file that stays where it is, under a name of its own: no
    file lies there to keep two of a name apart."""
    shelf = Shelf(resources().settings.home, opened.kind, run.on)
    target = shelf.place_for(f"{opened.digest[:12]}-{opened.name}", state=state)
    return replace(_reported(shelf, target, opened, state, tally), is_moved=False)


def _plainly(plan: Sequence[Call]) -> list[Outcome]:
    return [call.step.body(**call.arguments) for call in plan]


def _told(kind: str, tally: Tally) -> Outcome:
    done = {"files": 1, kind: tally.orders if kind == ORDERS else tally.accepted}
    if tally.amendments:
        done["amendments"] = tally.amendments
    skipped = {"duplicate_rows": tally.duplicate} if tally.duplicate else {}
    for fault in tally.faults:
        if reason := _LEFT_OUT.get(fault.code):
            skipped[reason] = skipped.get(reason, 0) + 1
    return Outcome(done=done, skipped=skipped)


def _take_folder(run: RunRef, kind: str) -> Outcome:
    found = arrived(run, kind)
    if not found:
        return Outcome()
    try:
        mapping = mapping_for(kind, mapping_path(kind))
    except (InvalidMapping, CannotOpen) as error:
        return set_aside(run, f"{kind}/{MAPPING_NAME}", "invalid_mapping", str(error))
    mended(run, f"{kind}/{MAPPING_NAME}")
    outcome = Outcome()
    joined = mapping.join.file if mapping.join else None
    for arrival in found:
        if arrival.path.name != joined:
            outcome = outcome + _take_arrival(run, kind, arrival, mapping)
    return outcome


def _take_arrival(
    run: RunRef, kind: str, arrival: Arrival, mapping: Mapping
) -> Outcome:
    document = document_of(kind, arrival.path)
    if not arrival.is_file:
        return not_a_file(run, document)
    try:
        join = fitting_mapping(kind, arrival.path, mapping).join
        joined = [arrival.path.parent / join.file] if join else []
        if not all(path.is_file() for path in joined):
            return Outcome(skipped={_WAITS: 1})
        opened = open_file(kind, arrival.path, mapping, follow_links=False)
        return _take_opened(run, arrival, opened, joined, document)
    except CannotOpen as error:
        return set_aside(run, document, "cannot_open", str(error))
    except _FATAL:
        raise
    except Exception as error:
        message = (str(error) or type(error).__name__).splitlines()[0][:500]
        return set_aside(run, document, failure_code(error), message)


def _take_opened(
    run: RunRef, arrival: Arrival, opened: Opened, joined: list[Path], document: str
) -> Outcome:
    way = _Way(run, opened, arrival, [arrival.path, *joined])
    if not arrival.is_unchanged():
        return Outcome(skipped={"still_growing": 1})
    if way.was_taken_before_the_move():
        way.clear()
        mended(run, document)
        return Outcome(done={"files": 1})
    tally = take_file(run, opened, place=way.place)
    way.clear()
    outcome = _told(opened.kind, tally)
    if not tally.errors:
        mended(run, document)
        return outcome
    return outcome + set_aside(run, document, *_what_is_wrong(tally))


def _what_is_wrong(tally: Tally) -> tuple[str, str]:
    first = tally.errors[0]
    told = f"row {first.row}: {first.message}" if first.row else first.message
    if tally.accepted or tally.duplicate:
        counts = f"{tally.rejected} of {tally.read} rows rejected"
        return "rows_rejected", f"{counts}, first {told}"
    return "quarantined", f"nothing taken, {told}"


def _reported(
    shelf: Shelf, target: Path, opened: Opened, state: str, tally: Tally
) -> Placed:
    """Write the reports beside the target, in the language of the file's sender."""
    report = FileReport(
        kind=opened.kind,
        name=opened.name,
        outcome=state,
        counts=tally.counts,
        faults=tally.faults,
        language=opened.sender.language,
        their_names=opened.sender.their_names,
    )
    write_reports(target, report)
    return Placed(shelf.relative(target), report)


@dataclass(slots=True)
class _Way:
    """The way of a file, and of the one joined to it, out of the inbox."""

    run: RunRef
    opened: Opened
    arrival: Arrival
    paths: list[Path]
    targets: list[Path] = field(default_factory=list)

    def place(self, state: str, tally: Tally) -> Placed:
        shelf = self._shelf()
        self.targets = [shelf.place_for(path.name, state=state) for path in self.paths]
        return _reported(shelf, self.targets[0], self.opened, state, tally)

    def was_taken_before_the_move(self) -> bool:
        """Tell whether an earlier run stored the file and died before moving it."""
        known = resources()
        with reading(known.engine) as connection:
            file = known_file(
                connection, kind=self.opened.kind, sha256=self.opened.digest
            )
        if file is None or file.state != "archived" or file.stored_as is None:
            return False
        target = known.settings.home / file.stored_as
        if target.exists():
            return False
        beside = [target.with_name(safe_name(path.name)) for path in self.paths[1:]]
        self.targets = [target, *beside]
        return True

    def clear(self) -> None:
        """Move the files; one that was replaced meanwhile stays for the next run."""
        if not self.arrival.is_unchanged():
            return
        for path, target in zip(self.paths, self.targets, strict=True):
            if path.exists():
                move(path, target)

    def _shelf(self) -> Shelf:
        return Shelf(resources().settings.home, self.opened.kind, self.run.on)
