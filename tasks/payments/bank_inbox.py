"""Which bank files have come in, and what did they bring?

A file whose statements cannot all be trusted ends in quarantine with a report that
names the difference; what could be trusted of it is booked.
"""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from adv_domain.files.bank import BankFile
from adv_domain.files.bank_formats import MAX_BYTES, read_bank_file
from adv_domain.files.mapping import InvalidMapping
from adv_domain.files.report import FileReport
from adv_domain.files.text import CannotOpen, FileRefused, read_file
from adv_domain.store.engine import reading, writing
from adv_domain.store.intake.source_files import (
    FileEnd,
    begin_file,
    end_file,
    known_file,
)
from adv_domain.store.leases import keep_lease
from adv_domain.store.payments.bank_entries import states_of_entries
from adv_domain.store.runs import resolve_failures
from tasks.conduct import conduct
from tasks.intake.aside import arrived, document_of, mended, not_a_file, set_aside
from tasks.intake.inbox import Arrival, Shelf, move, safe_name, write_reports
from tasks.payments.bank_files import Booked, book_bank_file
from tasks.payments.matching import MATCHING
from tasks.resources import business_day, now, resources
from tasks.retrying import with_retries
from tasks.step import Call, Outcome, RunRef

KIND = "bank"
_STEP = "payments"


@dataclass(frozen=True, slots=True)
class _Opened:
    """A bank file as it was read, and what identifies its content."""

    name: str
    digest: str
    size: int
    found: BankFile


def take_bank_inbox(run: RunRef) -> Outcome:
    """Book the complete files of inbox/bank, each on its own.

    Unit of retry: a file; keys: its content hash and the keys of its entries.
    """
    outcome = Outcome()
    for arrival in arrived(run, KIND):
        outcome = outcome + _take(run, arrival)
    return outcome


def import_bank_file(
    path: Path, *, mapping: Path | None = None, on: date | None = None
) -> dict[str, Any]:
    """Book a bank file where it lies and match what it brought; count movements.

    read = accepted + duplicate + rejected; payments = matched + review + unmatched
    + reversed, of the accepted ones. Importing it again adds nothing. Raises
    CannotOpen, InvalidMapping, and LeaseHeld where another run is matching (what
    was booked is then matched by the next one).
    """
    if mapping is not None:
        raise InvalidMapping(
            name=mapping.name, mistakes=("a bank file takes no mapping",)
        )
    opened = _open(path)
    file_id, is_new = _begin(opened, None)
    day = on or business_day(now())
    booked = book_bank_file(
        opened.found, name=opened.name, on=day, source_file_id=file_id
    )
    with writing(resources().engine) as connection:
        if is_new:
            end_file(connection, file_id, end=_end_of(booked), now=now())
        if not _is_refused(booked):
            names = [document_of(KIND, path)]
            resolve_failures(connection, step=_STEP, documents=names, now=now())
    conduct(MATCHING, on=day, execute=_plainly)
    with reading(resources().engine) as connection:
        states = states_of_entries(connection, booked.fresh_keys)
    return _counted(booked, states)


def _take(run: RunRef, arrival: Arrival) -> Outcome:
    document = document_of(KIND, arrival.path)
    if not arrival.is_file:
        return not_a_file(run, document)
    try:
        opened = _open(arrival.path, follow_links=False)
    except CannotOpen as error:
        return set_aside(run, document, "cannot_open", str(error))
    if not arrival.is_unchanged():
        return Outcome(skipped={"still_growing": 1})
    booked = _book(run, arrival.path, opened)
    outcome = Outcome(
        done={"files": 1, "payments": booked.accepted},
        skipped={"duplicate_entries": booked.duplicate} if booked.duplicate else {},
    )
    if not _is_refused(booked):
        mended(run, document)
        return outcome
    first = booked.faults[0]
    return outcome + set_aside(run, document, first.code, first.message)


def _open(path: Path, *, follow_links: bool = True) -> _Opened:
    name = safe_name(path.name)
    try:
        data = read_file(path, limit=MAX_BYTES, follow_links=follow_links)
    except FileRefused as refusal:
        digest = sha256(name.encode()).hexdigest()
        return _Opened(name, digest, 0, BankFile((), (refusal.fault,)))
    found = read_bank_file(BytesIO(data), name=name)
    return _Opened(name, sha256(data).hexdigest(), len(data), found)


def _book(run: RunRef, path: Path, opened: _Opened) -> Booked:
    """Book the file, put its end on record, then move it out of the inbox."""

    def _hold(connection: Connection) -> None:
        keep_lease(connection, run.lease, now=now())

    file_id, is_new = _begin(opened, run)
    booked = book_bank_file(
        opened.found,
        name=opened.name,
        on=run.on,
        source_file_id=file_id,
        check=_hold,
    )
    end = _end_of(booked)
    shelf = Shelf(resources().settings.home, KIND, run.on)
    place = shelf.place_for(path.name, state=end.state)
    page = write_reports(place, _report(opened.name, end))
    if is_new:
        with writing(resources().engine) as connection:
            _hold(connection)
            end_file(
                connection,
                file_id,
                end=_end_of(
                    booked,
                    stored_as=shelf.relative(place),
                    report=shelf.relative(page),
                ),
                now=now(),
            )
    move(path, place)
    return booked


def _begin(opened: _Opened, run: RunRef | None) -> tuple[int, bool]:
    """Put the file on record; one archived before keeps its first record."""
    with writing(resources().engine) as connection:
        if run is not None:
            keep_lease(connection, run.lease, now=now())
        known = known_file(connection, kind=KIND, sha256=opened.digest)
        if known is not None and known.state == "archived":
            return known.id, False
        file_id = begin_file(
            connection,
            kind=KIND,
            name=opened.name,
            sha256=opened.digest,
            size=opened.size,
            now=now(),
        )
        return file_id, True


def _is_refused(booked: Booked) -> bool:
    """Tell whether a person must look: a statement or the whole file was refused."""
    return booked.rejected > 0 or booked.is_doubtful


def _end_of(
    booked: Booked, *, stored_as: str | None = None, report: str | None = None
) -> FileEnd:
    return FileEnd(
        state="quarantined" if _is_refused(booked) else "archived",
        rows_read=booked.read,
        accepted=booked.accepted,
        duplicate=booked.duplicate,
        rejected=booked.rejected,
        faults=booked.faults,
        stored_as=stored_as,
        report=report,
    )


def _report(name: str, end: FileEnd) -> FileReport:
    return FileReport(
        kind=KIND,
        name=name,
        outcome=end.state,
        counts={
            "read": end.rows_read,
            "accepted": end.accepted,
            "duplicate": end.duplicate,
            "rejected": end.rejected,
        },
        faults=end.faults,
    )


def _counted(booked: Booked, states: dict[str, int]) -> dict[str, Any]:
    """Return the form of `adv import bank`; other money (fees …) is no payment."""
    payments = {state: count for state, count in states.items() if state != "other"}
    return {
        "read": booked.read,
        "accepted": booked.accepted,
        "duplicate": booked.duplicate,
        "rejected": booked.rejected,
        "payments": sum(payments.values()),
        "matched": payments.get("matched", 0),
        "review": payments.get("review", 0),
        "unmatched": payments.get("unmatched", 0),
        "reversed": payments.get("reversed", 0),
        "other": states.get("other", 0),
        "faults": [fault.as_dict() for fault in booked.faults],
    }


def _plainly(plan: list[Call]) -> list[Outcome]:
    return [
        with_retries(
            lambda call=call: call.step.body(**call.arguments),  # type: ignore[misc]  # default binds the call
            retries=call.step.retries,
        )
        for call in plan
    ]
