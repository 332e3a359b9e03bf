"""Which strings do the digest and failure mails to operations show?

Codes of steps, indicators, teams and kinds of mail become words through the
catalogue labels.toml of the language; a code that is not in it is shown as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale

from adv_domain.mail.labels import Labels, word
from adv_domain.mail.views import Context
from adv_domain.wording import date_text, locale_of, qty_text

LISTED_FAILURES = 20
LISTED_ANSWERS = 10


@dataclass(frozen=True, slots=True)
class StageCount:
    """How a step of the close ended."""

    stage: str
    done: int
    skipped: int = 0
    waiting: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class StuckWork:
    """Work that waits for a person: what (a code), how much, whose, the way on."""

    what: str
    count: int
    owner: str
    oldest_on: date | None = None
    command: str = ""


@dataclass(frozen=True, slots=True)
class LateAnswer:
    """A held order that was not answered in time; waited is in working hours.

    value is written already; told are those whom silence went on to so far.
    """

    order: str
    customer: str
    owner: str
    waited: Decimal
    value: str = ""
    told: Sequence[str] = ()
    is_answered: bool = False


@dataclass(frozen=True, slots=True)
class LateReason:
    """Late order lines of one reason (a code); silent ones have had no word of stock.

    value is written already.
    """

    reason: str
    orders: int
    lines: int
    silent: int = 0
    value: str = ""
    since_on: date | None = None


@dataclass(frozen=True, slots=True)
class MailCounts:
    """Where the mails stand."""

    sent: int = 0
    waiting: int = 0
    failed: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Digest:
    """Last night in figures; kpis are pairs of name and written value."""

    company_name: str
    business_date: date
    stages: Sequence[StageCount]
    stuck: Sequence[StuckWork]
    kpis: Sequence[tuple[str, str]]
    mails: MailCounts
    dashboard: str = ""
    late_answers: Sequence[LateAnswer] = ()
    delays: Sequence[LateReason] = ()


@dataclass(frozen=True, slots=True)
class FailedEntry:
    """A document set aside."""

    document: str
    code: str
    message: str
    owner: str


@dataclass(frozen=True, slots=True)
class FailedRun:
    """A step that failed, for the person who reads it at night.

    technical: nothing of the step can go on (database, mail server) and so it cannot
    wait; business failures concern single documents and can. reached: kinds of what
    customers already got from this run, with counts.
    """

    flow: str
    business_date: date
    technical: bool
    reached: Sequence[tuple[str, int]]
    command: str
    failures: Sequence[FailedEntry]
    done_count: int
    run_url: str = ""


def digest_view(digest: Digest, *, language: str, labels: Labels) -> Context:
    """Return the context of the template digest."""
    locale = locale_of(language)
    return {
        "company_name": digest.company_name,
        "business_date": date_text(digest.business_date, locale=locale),
        "stages": [
            {
                "name": word(labels, "stage", stage.stage),
                "done": str(stage.done),
                "skipped": str(stage.skipped),
                "waiting": str(stage.waiting),
                "failed": str(stage.failed),
            }
            for stage in digest.stages
        ],
        "stuck": [
            {
                "what": word(labels, "stuck", work.what),
                "count": str(work.count),
                "owner": word(labels, "owner", work.owner),
                "oldest_on": ""
                if work.oldest_on is None
                else date_text(work.oldest_on, locale=locale),
                "command": work.command,
            }
            for work in digest.stuck
        ],
        "late_answers": [
            {
                "order": late.order,
                "customer": late.customer,
                "owner": word(labels, "owner", late.owner),
                "waited": qty_text(late.waited, locale=locale),
                "value": late.value,
                "told": ", ".join(word(labels, "owner", one) for one in late.told),
                "is_answered": late.is_answered,
            }
            for late in digest.late_answers[:LISTED_ANSWERS]
        ],
        "more_answers": _left_out(digest.late_answers, LISTED_ANSWERS),
        "delays": [_late_reason(each, labels, locale) for each in digest.delays],
        "kpis": [
            {"name": word(labels, "kpi", name), "value": value}
            for name, value in digest.kpis
        ],
        "failed_count": sum(stage.failed for stage in digest.stages),
        "stuck_count": sum(work.count for work in digest.stuck),
        "mails_sent": str(digest.mails.sent),
        "mails_waiting": str(digest.mails.waiting),
        "mails_failed": str(digest.mails.failed),
        "mails_unknown": str(digest.mails.unknown),
        "dashboard": digest.dashboard,
    }


def _late_reason(late: LateReason, labels: Labels, locale: Locale) -> dict[str, Any]:
    return {
        "reason": word(labels, "late_reason", late.reason),
        "orders": str(late.orders),
        "lines": str(late.lines),
        "silent": str(late.silent) if late.silent else "",
        "value": late.value,
        "since_on": date_text(late.since_on, locale=locale) if late.since_on else "",
    }


def failure_view(failed: FailedRun, *, language: str, labels: Labels) -> Context:
    """Return the context of the template failure; at most 20 failures are listed."""
    reason = "technical" if failed.technical else "single_documents"
    return {
        "flow": word(labels, "stage", failed.flow),
        "business_date": date_text(failed.business_date, locale=locale_of(language)),
        "can_wait": not failed.technical,
        "wait_reason": word(labels, "wait", reason),
        "reached": [
            {"what": word(labels, "reached", what), "count": str(count)}
            for what, count in failed.reached
            if count
        ],
        "command": failed.command,
        "failures": [_failure(each, labels) for each in _listed(failed.failures)],
        "failed_count": str(len(failed.failures)),
        "more_failures": _left_out(failed.failures, LISTED_FAILURES),
        "done_count": str(failed.done_count),
        "run_url": failed.run_url,
    }


def _left_out(all_of_them: Sequence[object], listed: int) -> str:
    return str(len(all_of_them) - listed) if len(all_of_them) > listed else ""


def _listed(failures: Sequence[FailedEntry]) -> Sequence[FailedEntry]:
    return failures[:LISTED_FAILURES]


def _failure(entry: FailedEntry, labels: Labels) -> dict[str, Any]:
    return {
        "document": entry.document,
        "message": entry.message,
        "code": entry.code,
        "owner": word(labels, "owner", entry.owner),
    }
