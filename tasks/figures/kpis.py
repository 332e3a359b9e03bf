"""The KPI refresh: the figures of the last days, and the page that shows them."""

from datetime import date, timedelta

from adv_domain.store.engine import reading, writing
from adv_domain.store.figures.kpi_days import (
    first_fact_on,
    first_missing_day,
    replace_days,
    replace_figures,
)
from adv_domain.store.leases import keep_lease
from adv_domain.store.runs import FailedDocument, record_failures, resolve_failures
from tasks.figures.dashboard import CHARTED_DAYS, write_dashboard
from tasks.figures.kpi_figures import (
    Computed,
    errors_found_late,
    figures_by_day,
)
from tasks.progress import report
from tasks.resources import now, resources
from tasks.step import Call, Outcome, RunRef, StepFlow, step

_RECEIVABLES = "receivables figures"


@step(name="refresh KPIs", retries=3, run_name="refresh KPIs to {run.on}")
def refresh_kpis(run: RunRef, first: date) -> Outcome:
    """Compute the days from first to the business date and replace their figures.

    Entry errors that credit notes named since count back to older days too. All of
    them change in one transaction, so nobody sees half a table; repeating it replaces
    them by the same. Unit of retry: the range of days.
    """
    known = resources()
    with reading(known.engine) as connection:
        computed = figures_by_day(
            connection,
            first=first,
            last=run.on,
            currency=known.policy.company.currency,
        )
        amended = errors_found_late(
            connection,
            before=first,
            last=run.on,
            since=run.on - timedelta(days=CHARTED_DAYS),
        )
    with writing(known.engine) as connection:
        keep_lease(connection, run.lease, now=now())
        replace_days(connection, computed.by_day, now=now())
        replace_figures(connection, amended, now=now())
    report(stage=run.step, event="batch", done=len(computed.by_day))
    return Outcome(done={"days": len(computed.by_day)}) + _problem(run, computed)


def _problem(run: RunRef, computed: Computed) -> Outcome:
    known = resources()
    failed = []
    if computed.problem is not None:
        message = f"{computed.problem}: enter the rate and run kpis again"
        failed = [
            FailedDocument(
                document=_RECEIVABLES, code="no_exchange_rate", message=message
            )
        ]
    with writing(known.engine) as connection:
        keep_lease(connection, run.lease, now=now())
        if not failed:
            resolve_failures(
                connection, step=run.step, documents=[_RECEIVABLES], now=now()
            )
        fresh = record_failures(
            connection,
            step=run.step,
            run_id=run.run_id,
            owner=known.policy.owner_of_step(run.step),
            failed=failed,
            now=now(),
        )
    return Outcome(waiting=len(failed) - len(fresh), failed=tuple(fresh))


@step(name="write dashboard", retries=3, run_name="dashboard of {run.on}")
def show_dashboard(run: RunRef) -> Outcome:
    """Write the page of the business date; an unfinished one is never seen."""
    write_dashboard(run.on)
    return Outcome(done={"dashboard": 1})


def first_day_to_refresh(on: date) -> date:
    """Return the earliest day to compute: the policy's last N days, and before them
    any day of the charts that has no figures yet.
    """
    known = resources()
    usual = on - timedelta(days=known.policy.kpis.recompute_days - 1)
    with reading(known.engine) as connection:
        oldest = first_fact_on(connection) or on
        missing = first_missing_day(
            connection,
            first=max(on - timedelta(days=CHARTED_DAYS - 1), min(oldest, on)),
            last=on,
        )
    return max(min(usual, missing or usual), min(oldest, on))


def _plan(run: RunRef) -> list[Call]:
    return [
        Call(refresh_kpis, {"run": run, "first": first_day_to_refresh(run.on)}),
        Call(show_dashboard, {"run": run}),
    ]


def refresh_from(first: date, *, with_dashboard: bool = True) -> StepFlow:
    """Return the step for a given first day: a rebuild, or a day alone."""

    def _from_first(run: RunRef) -> list[Call]:
        calls = [Call(refresh_kpis, {"run": run, "first": min(first, run.on)})]
        return [*calls, Call(show_dashboard, {"run": run})][: 1 + with_dashboard]

    return StepFlow(name="kpis", plan=_from_first)


KPIS = StepFlow(name="kpis", plan=_plan)
