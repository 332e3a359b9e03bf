"""A believable day of a believable company, for the dashboard's tests and looks."""

import math
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from adv_domain.documents.dashboard_data import (
    AttentionGroup,
    AttentionRow,
    Dashboard,
    Freshness,
    LastRun,
)
from adv_domain.rules.figures.kpi_catalogue import KPIS, definition, part_name
from adv_domain.rules.figures.kpi_trends import Trend
from adv_domain.rules.figures.kpis import Figure, Grain, Unit, ratio, total

AS_OF = date(2026, 11, 20)
DAYS = tuple(AS_OF - timedelta(days=83 - at) for at in range(84))
D = Decimal


def a_dashboard(*, language: str = "en", quiet: bool = False) -> Dashboard:
    return Dashboard(
        company="Quimera Distribución S.L.",
        currency="EUR",
        language=language,
        time_zone="Europe/Madrid",
        as_of=AS_OF,
        made_at=datetime(2026, 11, 21, 0, 42, 7, tzinfo=UTC),
        days=DAYS,
        attention=tuple(_quiet_groups() if quiet else _busy_groups()),
        trends=_trends(),
        freshness=(
            Freshness(kind="orders", newest_on=AS_OF, is_stale=False),
            Freshness(kind="bank", newest_on=AS_OF - timedelta(days=5), is_stale=True),
            Freshness(kind="survey", newest_on=None, is_stale=False),
        ),
        runs=tuple(
            LastRun(
                step=step,
                business_date=AS_OF,
                state="failed" if step == "invoicing" else "completed",
                ended_at=datetime(2026, 11, 21, 0, 31, tzinfo=UTC),
                done=412,
                waiting=3,
                failed=5 if step == "invoicing" else 0,
            )
            for step in ("intake", "validation", "delivery", "invoicing", "mail")
        ),
        smallest_sample=10,
    )


def _quiet_groups() -> list[AttentionGroup]:
    return [
        AttentionGroup(kind=kind, count=0, amount=None, rows=())
        for kind in ("held", "delays", "review", "failures", "unknown", "tasks")
    ]


def _busy_groups() -> list[AttentionGroup]:
    held = AttentionRow(
        document="SO-2026-004711",
        party="Ferretería <b>Ñandú</b> e Hijos S.A.",
        reasons=("price", "credit"),
        who="credit",
        amount=D("12840.50"),
        currency="EUR",
        since=AS_OF - timedelta(days=9),
    )
    small = AttentionRow(
        document="SO-2026-004802",
        party="大阪工具株式会社",
        reasons=("product",),
        who="master_data",
        amount=D("482000"),
        currency="JPY",
        since=AS_OF,
    )
    moved = AttentionRow(
        document="SO-2026-004399/2",
        party="Établissements Dubois",
        who="stock",
        amount=D("3120"),
        currency="EUR",
        since=AS_OF - timedelta(days=2),
        old_on=AS_OF - timedelta(days=1),
        new_on=AS_OF + timedelta(days=8),
    )
    money = AttentionRow(
        document="2026-11-19 · E2E-77120",
        party="SOTUVER Tunis",
        reasons=("review",),
        who="credit",
        amount=D("1204.375"),
        currency="TND",
        since=AS_OF - timedelta(days=1),
    )
    failed = AttentionRow(
        document="customer C-0042",
        party="invoicing",
        reasons=("no tax rate for category “reduced” in ES-CN on 2026-11-20",),
        who="master_data",
        since=AS_OF - timedelta(days=3),
    )
    return [
        AttentionGroup(kind="held", count=14, amount=D("48210"), rows=(held, small)),
        AttentionGroup(kind="delays", count=1, amount=D("3120"), rows=(moved,)),
        AttentionGroup(kind="review", count=1, amount=D("357"), rows=(money,)),
        AttentionGroup(kind="failures", count=1, amount=None, rows=(failed,)),
        AttentionGroup(kind="unknown", count=0, amount=None, rows=()),
        AttentionGroup(
            kind="tasks",
            count=1,
            amount=D("910"),
            rows=(
                AttentionRow(
                    document="call",
                    party="Northgate Supplies Ltd",
                    reasons=("Call about invoice F2026-00311, promise broken",),
                    who="credit",
                    amount=D("910"),
                    currency="EUR",
                    since=AS_OF - timedelta(days=1),
                ),
            ),
        ),
        AttentionGroup(
            kind="at_risk",
            count=2,
            amount=None,
            rows=(
                AttentionRow(
                    document="S00000052",
                    party="Northgate Supplies Ltd",
                    reasons=("P-7 × 4",),
                    who="stock",
                    since=AS_OF - timedelta(days=2),
                    old_on=AS_OF + timedelta(days=2),
                    new_on=AS_OF + timedelta(days=9),
                ),
                AttentionRow(
                    document="S00000053",
                    party="Almena SL",
                    reasons=("no_goods_coming", "P-9 × 1"),
                    who="stock",
                    since=AS_OF,
                ),
            ),
        ),
    ]


_LEVELS = {
    "orders_entered": 64,
    "order_lines": 190,
    "invoices_posted": 58,
    "credit_notes_posted": 3,
    "payments_matched": 51,
    "holds_released": 4,
    "delay_notices": 6,
    "reminders_sent": 12,
    "receivables": 1_284_000,
    "overdue": 268_000,
    "delivered_not_invoiced": 41_000,
    "order_to_shipment_days": 4,
    "order_to_shipment_days_p50": 3,
    "order_to_shipment_days_p90": 9,
    "order_to_shipment_days_p95": 14,
    "order_to_invoice_days": 5,
    "order_to_invoice_days_p50": 4,
    "order_to_invoice_days_p90": 10,
    "order_to_invoice_days_p95": 15,
    "ageing_not_due": 1_016_000,
    "ageing_1_30": 151_000,
    "ageing_31_60": 63_000,
    "ageing_61_90": 31_000,
    "ageing_over_90": 23_000,
    "dso_simple": 47,
    "dso_count_back": 44,
    "dso_best_possible": 36,
    "average_days_delinquent": 11,
    "days_late": 6,
    "days_late_when_late": 14,
}
_RATES = {
    "order_entry_error_rate": "0.046",
    "entry_errors_found_late": "0.008",
    "on_time_rate": "0.947",
    "on_time_in_full_rate": "0.902",
    "on_time_in_full_lines_rate": "0.931",
    "on_time_in_full_to_confirmed_rate": "0.915",
    "shipped_early_rate": "0.12",
    "shipped_in_part_rate": "0.02",
    "back_order_rate": "0.07",
    "collection_effectiveness": "0.83",
    "late_invoices": "0.34",
    "overdue_share": "0.21",
    "survey_satisfied": "0.81",
}


def _trends() -> dict[str, Trend]:
    dice = random.Random(7)
    trends = {
        kpi.name: _trend(kpi.name, dice)
        for kpi in KPIS
        if kpi.name != "on_time_to_confirmed_rate"
    }
    trends["on_time_to_confirmed_rate"] = Trend(
        day=ratio(0, 0),
        period=ratio(0, 0),
        before=ratio(0, 0),
        points=(None,) * len(DAYS),
    )
    for part, cases in {"price": 31, "quantity": 12, "credit": 22, "other": 0}.items():
        name = part_name("order_entry_error_rate", part)
        trends[name] = _flat(ratio(cases, 1280))
    for item, answers in {"phone": 42, "delivery": 88, "website": 6}.items():
        trends[part_name("survey_mean", item)] = _flat(ratio(answers * D(4), answers))
        trends[part_name("survey_satisfied", item)] = _flat(
            ratio(int(answers * 0.8), answers)
        )
    return trends


def _flat(figure: Figure) -> Trend:
    return Trend(day=figure, period=figure, before=figure, points=())


def _trend(name: str, dice: random.Random) -> Trend:
    kpi = definition(name)
    if name in _RATES or name == "survey_mean":
        level = D(_RATES.get(name, "4.1"))
        points = tuple(
            level + D(round(math.sin(at / 9) * 0.012 + dice.gauss(0, 0.004), 4))
            for at in range(len(DAYS))
        )
        before = ratio((level * 1200).to_integral(), 1290)
        return Trend(
            day=ratio((level * 60).to_integral(), 60),
            period=ratio((level * 1280).to_integral(), 1280),
            before=before,
            points=points,
        )
    level = D(_LEVELS[name])
    walk = tuple(
        (level * D(round(1 + math.sin(at / 11) * 0.08 + dice.gauss(0, 0.02), 4)))
        for at in range(len(DAYS))
    )
    if kpi.unit is Unit.COUNT:
        walk = tuple(
            value.to_integral() if day.weekday() < 5 else D(0)
            for value, day in zip(walk, DAYS, strict=True)
        )
        return Trend(
            day=total(walk[-1], n=int(walk[-1])),
            period=total(sum(walk[-28:]), n=0),
            before=total(sum(walk[-56:-28]), n=0),
            points=walk,
        )
    assert kpi.grain is Grain.CLOSE or kpi.unit is Unit.DAYS
    return Trend(
        day=total(walk[-1], n=88),
        period=total(walk[-1], n=88),
        before=total(walk[-29], n=80),
        points=walk,
    )
