"""The digest: what happened, what is stuck and who must act, the headline figures."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from sqlalchemy import Connection

from adv_domain.documents.dashboard_words import Words, value_text
from adv_domain.mail.labels import labels_of
from adv_domain.mail.operations_views import (
    Digest,
    LateReason,
    MailCounts,
    StageCount,
    StuckWork,
    digest_view,
)
from adv_domain.mail.render import mail_templates
from adv_domain.rules.figures.kpi_catalogue import definition
from adv_domain.rules.figures.kpi_trends import PERIOD_DAYS, Trend, trend
from adv_domain.rules.figures.kpis import Figure, Grain, Kpi, Unit
from adv_domain.store.engine import writing
from adv_domain.store.exchange import read_exchange_rates
from adv_domain.store.figures.kpi_days import read_days
from adv_domain.store.figures.waiting import waiting_work
from adv_domain.store.figures.waiting_cases import WaitingPart, WaitingWork
from adv_domain.store.leases import keep_lease
from adv_domain.store.run_state import mail_states, runs_of_day
from tasks.figures.dashboard import DASHBOARD, dashboard_words
from tasks.figures.late_answers import late_answers
from tasks.figures.late_orders import delays_by_cause, orders_at_risk
from tasks.figures.worth import worth
from tasks.mail.operations import queue_operations_mail
from tasks.resources import now, resources
from tasks.step import Call, Outcome, RunRef, StepFlow, step

_HEADLINE = (
    "orders_entered",
    "invoices_posted",
    "credit_notes_posted",
    "order_entry_error_rate",
    "on_time_rate",
    "on_time_in_full_rate",
    "order_to_shipment_days_p90",
    "delivered_not_invoiced",
    "dso_simple",
    "receivables",
    "overdue",
)
_STUCK = {
    "held": ("held_orders", "adv holds"),
    "delays": ("late_orders", "adv delays"),
    "at_risk": ("orders_at_risk", "adv stock back-orders --at-risk"),
    "review": ("review_payments", "adv review"),
    "failures": ("failures", "adv failures"),
    "unknown": ("unknown_mails", "adv outbox list"),
    "tasks": ("open_tasks", "adv tasks"),
}


@step(name="queue digest", retries=3, run_name="digest of {run.on}")
def queue_digest(run: RunRef) -> Outcome:
    """Queue the digest of the business date; its key is the date.

    A second run for the date queues nothing: the first one stands.
    """
    known = resources()
    with writing(known.engine) as connection:
        keep_lease(connection, run.lease, now=now())
        queued = queue_operations_mail(
            connection,
            kind="digest",
            key=run.on.isoformat(),
            context=digest_context(connection, on=run.on),
            on=run.on,
            run_id=run.run_id,
        )
    if not queued:
        return Outcome(skipped={"digest of the date is queued already": 1})
    return Outcome(done={"digest mails": queued})


def digest_context(connection: Connection, *, on: date) -> dict[str, object]:
    """Return the variables of the digest mail, in the company's language."""
    known = resources()
    company = known.policy.company
    words = dashboard_words()
    states = mail_states(connection)
    digest = Digest(
        company_name=company.name,
        business_date=on,
        stages=_stages(connection, on),
        stuck=_stuck(connection, on, words),
        late_answers=late_answers(connection, on=on, words=words),
        delays=_delays(connection, on, words),
        kpis=_headline(connection, on, words),
        mails=MailCounts(
            sent=states.get("sent", 0),
            waiting=sum(states.get(name, 0) for name in ("queued", "retry", "sending")),
            failed=states.get("failed", 0),
            unknown=states.get("unknown", 0),
        ),
        dashboard=str(known.settings.home / DASHBOARD),
    )
    labels = labels_of(mail_templates(known.settings.home), company.language)
    return dict(digest_view(digest, language=company.language, labels=labels))


def _stages(connection: Connection, on: date) -> list[StageCount]:
    """Sum the runs of the date by step, in the order in which they first ran."""
    counts: dict[str, StageCount] = {}
    for run in runs_of_day(connection, on=on):
        if run.state == "running":
            continue
        before = counts.get(run.step, StageCount(stage=run.step, done=0))
        counts[run.step] = StageCount(
            stage=run.step,
            done=before.done + sum(run.done.values()),
            skipped=before.skipped + sum(run.skipped.values()),
            waiting=run.waiting,
            failed=before.failed + run.failed,
        )
    return list(counts.values())


def _stuck(connection: Connection, on: date, words: Words) -> list[StuckWork]:
    works = [
        *waiting_work(connection, on=on, limit=0),
        orders_at_risk(connection, on=on, limit=0),
    ]
    currencies = {part.currency for work in works for part in work.parts}
    rates = read_exchange_rates(
        connection, currencies=currencies | {words.currency}, on=on
    )

    def _value(parts: Sequence[WaitingPart]) -> str:
        amount = worth(parts, currency=words.currency, on=on, rates=rates)
        return "" if amount is None else words.money(amount)

    return [one for work in works for one in _by_team(work, _value)]


def _delays(connection: Connection, on: date, words: Words) -> list[LateReason]:
    return [
        LateReason(
            reason=one.cause,
            orders=one.orders,
            lines=one.lines,
            silent=one.silent,
            value="" if one.amount is None else words.money(one.amount),
            since_on=one.since,
        )
        for one in delays_by_cause(connection, on=on)
    ]


def _by_team(
    work: WaitingWork, value: Callable[[Sequence[WaitingPart]], str]
) -> list[StuckWork]:
    what, command = _STUCK[work.kind]
    stuck = []
    for team in dict.fromkeys(part.team for part in work.parts):
        parts = [part for part in work.parts if part.team == team]
        days = [part.since for part in parts if part.since]
        stuck.append(
            StuckWork(
                what=what,
                count=sum(part.count for part in parts),
                owner=team,
                oldest_on=min(days, default=None),
                command=" · ".join(text for text in (value(parts), command) if text),
            )
        )
    return stuck


def _headline(connection: Connection, on: date, words: Words) -> list[tuple[str, str]]:
    """Return the headline figures; none where the refresh of the day did not finish.

    Counts and states are those of the day; rates cover four weeks, because a single
    day has too few cases.
    """
    days = [on - timedelta(days=PERIOD_DAYS - 1 - at) for at in range(PERIOD_DAYS)]
    figures: dict[str, dict[date, Figure]] = {name: {} for name in _HEADLINE}
    for one in read_days(connection, first=days[0], last=on):
        if one.name in figures:
            figures[one.name][one.day] = one.figure
    return [
        (name, _written(definition(name), trend(definition(name), days, found), words))
        for name, found in figures.items()
        if on in found
    ]


def _written(kpi: Kpi, moved: Trend, words: Words) -> str:
    if kpi.unit is not Unit.RATE or kpi.grain is Grain.CLOSE:
        return value_text(moved.day.value, unit=kpi.unit, words=words)
    cases = words.label("page", "out_of").format(
        above=words.count(moved.period.numerator),
        below=words.count(moved.period.denominator or 0),
    )
    return f"{value_text(moved.period.value, unit=kpi.unit, words=words)} ({cases})"


def _plan(run: RunRef) -> list[Call]:
    return [Call(queue_digest, {"run": run})]


DIGEST = StepFlow(name="digest", plan=_plan)
