"""How is one file of stock's news taken: read once, booked, put on record, moved?"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from adv_domain.files.mapping import OWN, Mapping
from adv_domain.files.report import FileReport
from adv_domain.files.sources import InputFile
from adv_domain.files.stock_feedback import ReadEntry
from adv_domain.files.stock_feedback_formats import is_document, read_news
from adv_domain.files.text import FileRefused, read_file
from adv_domain.rules.faults import FileFault
from adv_domain.store.engine import reading, writing
from adv_domain.store.intake.source_files import (
    FileEnd,
    TakenFile,
    begin_file,
    end_file,
    known_file,
)
from adv_domain.store.leases import keep_lease
from tasks.intake.answers import AnsweredFile, Sender, queue_answer
from tasks.intake.inbox import REPORT_HTML, Shelf, move, safe_name, write_reports
from tasks.intake.tally import Tally
from tasks.resources import now, resources
from tasks.step import Outcome, RunRef
from tasks.stock.feedback import book_feedback
from tasks.stock.feedback_file import FeedbackFile, feedback_file

KIND = "deliveries"


@dataclass(frozen=True, slots=True)
class OpenedFeedback:
    """A file read into memory: its rows, or the fault of the whole file."""

    name: str
    digest: str
    size: int
    read: Sequence[ReadEntry]
    refusal: FileFault | None = None
    warnings: Sequence[FileFault] = ()
    sender: Sender = field(default_factory=Sender)

    @property
    def unread_faults(self) -> list[FileFault]:
        """Return what could not be read, whatever was booked of the rest."""
        if self.refusal:
            return [self.refusal]
        return [fault for _, _, faults in self.read for fault in faults]


def open_feedback(
    path: Path, mapping: Mapping, *, follow_links: bool = True
) -> OpenedFeedback:
    """Read the file; raises CannotOpen and InvalidMapping."""
    name = safe_name(path.name)
    sender = Sender(mapping.partner, mapping.their_names)
    try:
        data = read_file(path, follow_links=follow_links)
    except FileRefused as error:
        digest = sha256(name.encode()).hexdigest()
        return OpenedFeedback(name, digest, 0, (), error.fault, sender=sender)
    digest = content_key(data, mapping)
    try:
        read, warnings = read_news(InputFile(name, data), mapping)
    except FileRefused as error:
        return OpenedFeedback(name, digest, len(data), (), error.fault, sender=sender)
    return OpenedFeedback(
        name, digest, len(data), read, warnings=warnings, sender=sender
    )


def content_key(data: bytes, mapping: Mapping) -> str:
    """Return what a file is known by: read with another mapping, the same bytes are
    other news. A document needs none."""
    used = b"" if mapping == OWN or is_document(data) else repr(mapping).encode()
    return sha256(data + used).hexdigest()


def take_feedback(
    run: RunRef,
    opened: OpenedFeedback,
    *,
    out_of: Path | None = None,
    answer: bool = False,
) -> tuple[Tally, Outcome]:
    """Book the file and put its end on record; out_of is the inbox path to clear.

    One from the inbox is answered, one from elsewhere where it is asked for.

    A file taken before is read again and found to be all duplicates; one whose run
    died between its record and its move is only moved.
    """
    known = _known(opened)
    if out_of and known and _was_not_moved(known):
        move(out_of, resources().settings.home / str(known.stored_as))
        return Tally(), Outcome()
    is_known = known is not None and known.state == "archived"
    file_id = known.id if known and is_known else _begun(run, opened)
    file = feedback_file(file_id, opened.name, opened.read)
    outcome = book_feedback(run, file)
    tally = _tally(file, opened)
    nothing_taken = tally.took_nothing or (tally.errors and not tally.read)
    end = _End(run, opened, tally, "quarantined" if nothing_taken else "archived")
    place = end.place(is_moved=out_of is not None) if out_of or answer else None
    end.record(file_id, place, is_new=not is_known, is_moved=out_of is not None)
    if out_of and place:
        move(out_of, place)
    return tally, outcome


@dataclass(frozen=True, slots=True)
class _End:
    """How the taking of a file ended: archived or quarantined, with what counts."""

    run: RunRef
    opened: OpenedFeedback
    tally: Tally
    state: str

    def place(self, *, is_moved: bool) -> Path:
        """Return the place for the file in archive or quarantine; the reports of one
        that stays elsewhere have a name of their own."""
        shelf = Shelf(resources().settings.home, KIND, self.run.on)
        name = self.opened.name
        if not is_moved:
            name = f"{self.opened.digest[:12]}-{name}"
        return shelf.place_for(name, state=self.state)

    def report(self) -> FileReport:
        sender = self.opened.sender
        return FileReport(
            kind=KIND,
            name=self.opened.name,
            outcome=self.state,
            counts=self.tally.counts,
            faults=self.tally.faults,
            language=sender.language,
            their_names=sender.their_names,
        )

    def record(
        self, file_id: int, place: Path | None, *, is_new: bool, is_moved: bool
    ) -> None:
        """Write the report beside the place, put the end on record, answer."""
        home = resources().settings.home
        stored_as = place.relative_to(home).as_posix() if place else None
        report = self.report()
        if place:
            write_reports(place, report)
        with writing(resources().engine) as connection:
            keep_lease(connection, self.run.lease, now=now())
            if is_new:
                end = self._end(stored_as, is_moved=is_moved)
                end_file(connection, file_id, end=end, now=now())
            if stored_as:
                file = AnsweredFile(file_id, self.opened.digest, report, stored_as)
                sender = self.opened.sender
                queue_answer(connection, self.run, file, sender, self.tally)

    def _end(self, stored_as: str | None, *, is_moved: bool) -> FileEnd:
        return FileEnd(
            state=self.state,
            rows_read=self.tally.read,
            accepted=self.tally.accepted,
            duplicate=self.tally.duplicate,
            rejected=self.tally.rejected,
            faults=self.tally.faults,
            stored_as=stored_as if is_moved else None,
            report=f"{stored_as}{REPORT_HTML}" if stored_as else None,
        )


def _known(opened: OpenedFeedback) -> TakenFile | None:
    with reading(resources().engine) as connection:
        return known_file(connection, kind=KIND, sha256=opened.digest)


def _was_not_moved(known: TakenFile) -> bool:
    if known.state == "taking" or known.stored_as is None:
        return False
    return not (resources().settings.home / known.stored_as).exists()


def _begun(run: RunRef, opened: OpenedFeedback) -> int:
    with writing(resources().engine) as connection:
        keep_lease(connection, run.lease, now=now())
        return begin_file(
            connection,
            kind=KIND,
            name=opened.name,
            sha256=opened.digest,
            size=opened.size,
            now=now(),
        )


def _tally(file: FeedbackFile, opened: OpenedFeedback) -> Tally:
    counts = file.counts
    faults = [*opened.warnings, *file.all_faults]
    return Tally(
        read=counts["read"],
        accepted=counts["accepted"],
        duplicate=counts["duplicate"],
        rejected=counts["rejected"],
        faults=[opened.refusal, *faults] if opened.refusal else faults,
        over_shipped=file.over_shipped,
    )
