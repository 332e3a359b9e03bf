"""The delivery step: what did stock confirm, ship, move or give up?

Each complete file of the inbox is read once, booked batch by batch, and moved to the
archive or the quarantine with a report beside it. A file that was interrupted is read
again: what it had booked counts as duplicate and changes nothing.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from adv_domain.files.mapping import InvalidMapping, Mapping
from adv_domain.files.sources import load_mapping
from adv_domain.files.stock_feedback import FEEDBACK_COLUMNS
from adv_domain.files.text import CannotOpen
from tasks.conduct import conduct
from tasks.intake.aside import (
    arrived,
    document_of,
    mapping_path,
    mended,
    not_a_file,
    set_aside,
)
from tasks.intake.inbox import MAPPING_NAME, Arrival
from tasks.intake.tally import Tally
from tasks.resources import business_day, now
from tasks.step import Call, Outcome, RunRef, StepFlow, step
from tasks.stock.feedback_intake import (
    KIND,
    OpenedFeedback,
    open_feedback,
    take_feedback,
)
from tasks.stock.reckoning import follow_goods

_STEP = "delivery"


@step(name="track deliveries", retries=3, run_name="delivery {run.on}")
def track_deliveries(run: RunRef) -> Outcome:
    """Take the files of inbox/deliveries by name, then see which lines wait for goods;
    unit of retry: a file, a batch of products."""
    return _take_inbox(run) + follow_goods(run)


def _take_inbox(run: RunRef) -> Outcome:
    found = arrived(run, KIND)
    if not found:
        return Outcome()
    try:
        mapping = load_mapping(mapping_path(KIND), fields=FEEDBACK_COLUMNS)
    except (InvalidMapping, CannotOpen) as error:
        return set_aside(run, f"{KIND}/{MAPPING_NAME}", "invalid_mapping", str(error))
    mended(run, f"{KIND}/{MAPPING_NAME}")
    outcome = Outcome()
    for arrival in found:
        outcome = outcome + _take_arrival(run, arrival, mapping)
    return outcome


DELIVERY = StepFlow(name=_STEP, plan=lambda run: [Call(track_deliveries, {"run": run})])


def import_feedback(
    path: Path,
    *,
    mapping: Path | None = None,
    on: date | None = None,
    answer: bool = False,
) -> Tally:
    """Book one file from where it lies, as a run of the delivery step.

    The file stays where it is; answer writes the reports and tells the sender. A file
    that can be read whole closes the failure of one of its name. Raises CannotOpen,
    InvalidMapping, and LeaseHeld while another run tracks deliveries.
    """
    known = load_mapping(mapping, fields=FEEDBACK_COLUMNS)
    opened = open_feedback(path, known)
    found: list[Tally] = []

    @step(name="import deliveries", run_name="import deliveries {run.on}")
    def take_it(run: RunRef) -> Outcome:
        tally, outcome = take_feedback(run, opened, answer=answer)
        found.append(tally)
        if not opened.unread_faults:
            mended(run, document_of(KIND, path))
        return outcome

    flow = StepFlow(name=_STEP, plan=lambda run: [Call(take_it, {"run": run})])
    conduct(flow, on=on or business_day(now()), execute=_plainly)
    return found[0]


def _plainly(plan: Sequence[Call]) -> list[Outcome]:
    return [call.step.body(**call.arguments) for call in plan]


def _take_arrival(run: RunRef, arrival: Arrival, mapping: Mapping) -> Outcome:
    document = document_of(KIND, arrival.path)
    if not arrival.is_file:
        return not_a_file(run, document)
    try:
        opened = open_feedback(arrival.path, mapping, follow_links=False)
    except CannotOpen as error:
        return set_aside(run, document, "cannot_open", str(error))
    if not arrival.is_unchanged():
        return Outcome(skipped={"still growing": 1})
    return _take_opened(run, opened, arrival.path, document)


def _take_opened(
    run: RunRef, opened: OpenedFeedback, path: Path, document: str
) -> Outcome:
    tally, outcome = take_feedback(run, opened, out_of=path)
    skipped = {"unknown columns": len(opened.warnings)} if opened.warnings else {}
    outcome = outcome + Outcome(done={"files": 1}, skipped=skipped)
    unread = opened.unread_faults
    if not unread:
        mended(run, document)
        return outcome
    first = unread[0]
    where = f"row {first.row}: " if first.row else ""
    message = f"{tally.rejected} of {tally.read} rows rejected, first {where}"
    code = "rows_rejected" if tally.read else "quarantined"
    return outcome + set_aside(run, document, code, f"{message}{first.message}")
