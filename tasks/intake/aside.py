"""How is a file named that cannot be taken, and when is that over?"""

from pathlib import Path

from adv_domain.store.engine import reading, writing
from adv_domain.store.failures import documents_that_failed
from adv_domain.store.leases import keep_lease
from adv_domain.store.runs import FailedDocument, record_failures, resolve_failures
from tasks.intake.inbox import MAPPING_NAME, Arrival, arrivals, safe_name
from tasks.resources import now, resources
from tasks.step import Outcome, RunRef

_LONGEST_NAME = 120
_NO_FILE = "not_a_file"
_NOT_A_FILE = "it is a folder, a link, a pipe or the like; put the file itself here"


def document_of(kind: str, path: Path) -> str:
    """Return the name of a file of this kind in the failure list."""
    return f"{kind}/{safe_name(path.name)}"[:_LONGEST_NAME]


def mapping_path(kind: str) -> Path | None:
    """Return the mapping of this kind: in its inbox, else in mappings/, else None."""
    home = resources().settings.home
    places = (home / "inbox" / kind / MAPPING_NAME, home / "mappings" / f"{kind}.toml")
    return next((path for path in places if path.is_file()), None)


def arrived(run: RunRef, kind: str) -> list[Arrival]:
    """List what has come into the inbox of this kind.

    The failure of what lay there and was no file ends once it is gone.
    """
    known = resources()
    found = arrivals(known.settings.home / "inbox" / kind)
    stays = {document_of(kind, one.path) for one in found if not one.is_file}
    with reading(known.engine) as connection:
        told = documents_that_failed(connection, step=run.step, code=_NO_FILE)
    gone = {one for one in told if one.startswith(f"{kind}/")} - stays
    for document in sorted(gone):
        mended(run, document)
    return found


def not_a_file(run: RunRef, document: str) -> Outcome:
    """Set aside what lies in the inbox and is no file."""
    return set_aside(run, document, _NO_FILE, _NOT_A_FILE)


def set_aside(run: RunRef, document: str, code: str, message: str) -> Outcome:
    """Record the file as failed; one that stood failed for the same cause waits."""
    known = resources()
    with writing(known.engine) as connection:
        keep_lease(connection, run.lease, now=now())
        fresh = record_failures(
            connection,
            step=run.step,
            run_id=run.run_id,
            owner=known.policy.owner_of_step(run.step),
            failed=[FailedDocument(document, code, message)],
            now=now(),
        )
    return Outcome(failed=tuple(fresh), waiting=1 - len(fresh))


def mended(run: RunRef, document: str) -> None:
    """End the failure of a file that was taken."""
    with writing(resources().engine) as connection:
        keep_lease(connection, run.lease, now=now())
        resolve_failures(connection, step=run.step, documents=[document], now=now())
