"""How do operations learn of a failed run? One mail per run, through the outbox."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from adv_domain.mail.labels import labels_of
from adv_domain.mail.operations_views import (
    FailedEntry,
    FailedRun,
    failure_view,
)
from adv_domain.mail.render import mail_templates
from adv_domain.store.engine import writing
from adv_domain.store.run_history import (
    PastRun,
    failures_of_runs,
    mails_sent_since,
    runs_since,
)
from tasks.catalogue import CHAINS
from tasks.mail.operations import INTERNAL_KINDS, queue_operations_mail
from tasks.resources import resources


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedFlow:
    """A flow run that failed: name as for `adv run`, and a key unique to the run."""

    name: str
    run_key: str
    on: date
    started_at: datetime
    message: str
    run_url: str = ""


def queue_failure_mail(failed: FailedFlow) -> int:
    """Queue one mail to each address of operations; return how many are new."""
    known = resources()
    language = known.policy.company.language
    labels = labels_of(mail_templates(known.settings.home), language)
    with writing(known.engine) as connection:
        facts = _failed_run(connection, failed)
        return queue_operations_mail(
            connection,
            kind="failure",
            key=failed.run_key,
            context=failure_view(facts, language=language, labels=labels),
            on=failed.on,
        )


def _failed_run(connection: Connection, failed: FailedFlow) -> FailedRun:
    steps = CHAINS.get(failed.name, (failed.name,))
    runs = runs_since(connection, steps=steps, since=failed.started_at)
    broken = [run for run in runs if run.state == "crashed"]
    documents = failures_of_runs(connection, [run.run_id for run in runs])
    entries = [_broken_step(run) for run in broken] + [
        FailedEntry(
            document=one.document, code=one.code, message=one.message, owner=one.owner
        )
        for one in documents
    ]
    if not entries:
        entries = [_broken_flow(failed)]
    sent = mails_sent_since(connection, failed.started_at)
    return FailedRun(
        flow=failed.name,
        business_date=failed.on,
        technical=bool(broken) or not documents,
        reached=[
            (kind, count) for kind, count in sent.items() if kind not in INTERNAL_KINDS
        ],
        command=f"adv run {failed.name} --date {failed.on.isoformat()}",
        failures=entries,
        done_count=sum(int(count) for run in runs for count in run.done.values()),
        run_url=failed.run_url,
    )


def _broken_step(run: PastRun) -> FailedEntry:
    return FailedEntry(
        document=run.step, code="step_broke", message=run.message, owner="operations"
    )


def _broken_flow(failed: FailedFlow) -> FailedEntry:
    return FailedEntry(
        document=failed.name,
        code="run_broke",
        message=failed.message,
        owner="operations",
    )
