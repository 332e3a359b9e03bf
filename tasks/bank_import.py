"""What does importing one bank file by hand do, and how is it counted?"""

from dataclasses import dataclass
from datetime import date
from hashlib import file_digest
from pathlib import Path
from typing import Any

from adv_domain.files.bank_formats import read_bank_file
from adv_domain.rules.faults import FileFault
from adv_domain.store.bank_entries import states_of_entries
from adv_domain.store.engine import reading, writing
from adv_domain.store.source_files import FileEnd, begin_file, end_file
from tasks.bank_files import Booked, book_bank_file
from tasks.conduct import conduct
from tasks.payments import MATCHING
from tasks.resources import now, resources
from tasks.retrying import with_retries
from tasks.step import Call, Outcome


@dataclass(frozen=True, slots=True)
class BankImport:
    """Counts in movements: read = accepted + duplicate + rejected.

    states counts the accepted ones by what became of them.
    """

    read: int
    accepted: int
    duplicate: int
    rejected: int
    faults: tuple[FileFault, ...]
    states: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """Return the form of `adv import bank`; other money is no payment."""
        payments = {k: n for k, n in self.states.items() if k != "other"}
        return {
            "read": self.read,
            "accepted": self.accepted,
            "duplicate": self.duplicate,
            "rejected": self.rejected,
            "payments": sum(payments.values()),
            "matched": payments.get("matched", 0),
            "review": payments.get("review", 0),
            "unmatched": payments.get("unmatched", 0),
            "reversed": payments.get("reversed", 0),
            "other": self.states.get("other", 0),
            "faults": [fault.as_dict() for fault in self.faults],
        }


def import_bank_file(path: Path, *, on: date) -> BankImport:
    """Book a bank file and match what it brought; the file stays where it is.

    Importing it again adds nothing. Raises OSError where it cannot be opened and
    LeaseHeld where another run is matching (what was booked is matched by it).
    """
    with path.open("rb") as stream:
        digest = file_digest(stream, "sha256").hexdigest()
        found = read_bank_file(stream, name=path.name)
        size = stream.seek(0, 2)
    with writing(resources().engine) as connection:
        file_id = begin_file(
            connection,
            kind="bank",
            name=path.name,
            sha256=digest,
            size=size,
            now=now(),
        )
    booked = book_bank_file(found, source_file_id=file_id)
    with writing(resources().engine) as connection:
        end_file(connection, file_id, end=file_end(booked), now=now())
    conduct(MATCHING, on=on, execute=_plainly)
    with reading(resources().engine) as connection:
        states = states_of_entries(connection, booked.fresh_keys)
    return BankImport(
        read=booked.read,
        accepted=booked.accepted,
        duplicate=booked.duplicate,
        rejected=booked.rejected,
        faults=tuple(booked.faults),
        states=states,
    )


def file_end(
    booked: Booked, *, stored_as: str | None = None, report: str | None = None
) -> FileEnd:
    """Return how the file ended: a rejected statement sends it to quarantine."""
    is_refused = booked.rejected > 0 or (booked.faults and not booked.read)
    return FileEnd(
        state="quarantined" if is_refused else "archived",
        rows_read=booked.read,
        accepted=booked.accepted,
        duplicate=booked.duplicate,
        rejected=booked.rejected,
        faults=booked.faults,
        stored_as=stored_as,
        report=report,
    )


def _plainly(plan: list[Call]) -> list[Outcome]:
    return [
        with_retries(
            lambda call=call: call.step.body(**call.arguments),  # type: ignore[misc]  # default binds the call
            retries=call.step.retries,
        )
        for call in plan
    ]
