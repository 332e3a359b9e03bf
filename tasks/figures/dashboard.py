"""What stands on the dashboard of the day, and how does it get into the home?"""

import os
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Connection

from adv_domain.bundled import bundled_path
from adv_domain.documents.dashboard import dashboard_labels, render_dashboard
from adv_domain.documents.dashboard_data import (
    AttentionGroup,
    AttentionRow,
    Dashboard,
    Freshness,
    LastRun,
)
from adv_domain.documents.dashboard_words import Words
from adv_domain.rules.figures.kpi_catalogue import definition
from adv_domain.rules.figures.kpi_trends import Trend, trend
from adv_domain.rules.figures.kpis import Figure
from adv_domain.store.engine import reading
from adv_domain.store.exchange import read_exchange_rates
from adv_domain.store.figures.kpi_days import read_days
from adv_domain.store.figures.waiting import waiting_work
from adv_domain.store.figures.waiting_cases import WaitingCase, WaitingWork
from adv_domain.store.run_state import StepRun, last_runs, newest_data
from tasks.figures.late_orders import orders_at_risk
from tasks.figures.worth import worth
from tasks.resources import now, resources

CHARTED_DAYS = 84
DASHBOARD = Path("dashboard") / "index.html"
_NAMED_CASES = 8
_STALE_KINDS = ("bank", "orders", "stock")


def write_dashboard(on: date) -> Path:
    """Render the page of the day and put it in place whole; return its path."""
    known = resources()
    with reading(known.engine) as connection:
        page = read_dashboard(connection, on=on)
    path = known.settings.home / DASHBOARD
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    unfinished.write_text(render_dashboard(page, folders=_folders()), encoding="utf-8")
    os.replace(unfinished, path)
    return path


def dashboard_words() -> Words:
    """Return how figures are written in the company's language and currency."""
    known = resources()
    company = known.policy.company
    labels = dashboard_labels(company.language, folders=_folders())
    return Words(language=company.language, currency=company.currency, labels=labels)


def _folders() -> tuple[Path, ...]:
    return (resources().settings.home / "templates", bundled_path("templates"))


def read_dashboard(connection: Connection, *, on: date) -> Dashboard:
    """Collect what the page tells from the tables."""
    known = resources()
    company = known.policy.company
    days = tuple(
        on - timedelta(days=CHARTED_DAYS - 1 - at) for at in range(CHARTED_DAYS)
    )
    return Dashboard(
        company=company.name,
        currency=company.currency,
        language=company.language,
        time_zone=known.settings.time_zone.key,
        as_of=on,
        made_at=now(),
        days=days,
        attention=_attention(connection, on=on, currency=company.currency),
        trends=_trends(connection, days),
        freshness=_freshness(connection, on=on),
        runs=tuple(_last_run(run) for run in last_runs(connection)),
        smallest_sample=known.policy.kpis.smallest_sample,
    )


def _trends(connection: Connection, days: Sequence[date]) -> dict[str, Trend]:
    found: dict[str, dict[date, Figure]] = {}
    for stored in read_days(connection, first=days[0], last=days[-1]):
        found.setdefault(stored.name, {})[stored.day] = stored.figure
    return {
        name: trend(definition(name), days, figures)
        for name, figures in sorted(found.items())
    }


def _attention(
    connection: Connection, *, on: date, currency: str
) -> tuple[AttentionGroup, ...]:
    works = [
        *waiting_work(connection, on=on, limit=_NAMED_CASES),
        orders_at_risk(connection, on=on, limit=_NAMED_CASES),
    ]
    currencies = {part.currency for work in works for part in work.parts}
    rates = read_exchange_rates(connection, currencies=currencies | {currency}, on=on)
    return tuple(
        AttentionGroup(
            kind=work.kind,
            count=work.count,
            amount=worth(work.parts, currency=currency, on=on, rates=rates),
            rows=_rows(work),
        )
        for work in works
    )


def _rows(work: WaitingWork) -> tuple[AttentionRow, ...]:
    return tuple(_row(case) for case in work.cases)


def _row(case: WaitingCase) -> AttentionRow:
    return AttentionRow(
        document=case.document,
        party=case.party,
        reasons=case.reasons,
        who=case.who,
        amount=case.amount,
        currency=case.currency,
        since=case.since,
        old_on=case.old_on,
        new_on=case.new_on,
    )


def _freshness(connection: Connection, *, on: date) -> tuple[Freshness, ...]:
    oldest = on - timedelta(days=resources().policy.payments.stale_days)
    return tuple(
        Freshness(
            kind=kind,
            newest_on=newest,
            is_stale=kind in _STALE_KINDS and (newest is None or newest < oldest),
        )
        for kind, newest in newest_data(connection, on=on).items()
    )


def _last_run(run: StepRun) -> LastRun:
    return LastRun(
        step=run.step,
        business_date=run.business_date,
        state=run.state,
        ended_at=run.ended_at,
        done=sum(run.done.values()),
        waiting=run.waiting,
        failed=run.failed,
    )
