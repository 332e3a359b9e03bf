"""Which KPIs of receivables are there, and what does each count?"""

from adv_domain.rules.figures.kpis import Better, Family, Grain, Kpi, Unit

UNBILLED = "delivered_not_invoiced"
_CREDIT = "credit control"


def _owed(name: str, what: str, *, better: Better = Better.DOWN) -> Kpi:
    return Kpi(
        name=name,
        family=Family.RECEIVABLES,
        unit=Unit.AMOUNT,
        grain=Grain.CLOSE,
        better=better,
        owner=_CREDIT,
        numerator=what,
        formula=f"{what}, in the company's currency at the rate of the invoice's date",
    )


def _speed(
    name: str,
    formula: tuple[str, str, str],
    *,
    unit: Unit = Unit.DAYS,
    better: Better = Better.DOWN,
) -> Kpi:
    numerator, denominator, after = formula
    return Kpi(
        name=name,
        family=Family.RECEIVABLES,
        unit=unit,
        grain=Grain.CLOSE,
        better=better,
        owner=_CREDIT,
        numerator=numerator,
        denominator=denominator,
        formula=f"{numerator} ÷ {denominator}{after}",
    )


def _paid(name: str, above: str, below: str, *, unit: Unit) -> Kpi:
    return Kpi(
        name=name,
        family=Family.RECEIVABLES,
        unit=unit,
        grain=Grain.DAY,
        better=Better.DOWN,
        owner=_CREDIT,
        numerator=above,
        denominator=below,
        formula=f"{above} ÷ {below}; counted on the day of settlement, per instalment",
    )


_OPEN = "amounts open at the close of the day"
_UNBILLED = "goods delivered and not invoiced at the close of the day"
_SALES = "sales of the last 90 days (gross, less credit notes)"

RECEIVABLES = (
    _owed("receivables", _OPEN, better=Better.NEITHER),
    _owed("overdue", f"{_OPEN} that were due before it"),
    _speed(
        "overdue_share",
        (f"{_OPEN} that were due before it", _OPEN, ""),
        unit=Unit.RATE,
    ),
    _owed("ageing_not_due", f"{_OPEN}, due that day or later", better=Better.NEITHER),
    _owed("ageing_1_30", f"{_OPEN}, 1 to 30 days overdue"),
    _owed("ageing_31_60", f"{_OPEN}, 31 to 60 days overdue"),
    _owed("ageing_61_90", f"{_OPEN}, 61 to 90 days overdue"),
    _owed("ageing_over_90", f"{_OPEN}, more than 90 days overdue"),
    _speed("dso_simple", (_OPEN, _SALES, " × 90")),
    _speed(
        "dso_count_back",
        (
            _OPEN,
            "the sales of the newest months",
            ": days of the newest months that make up what is open, the last by part",
        ),
    ),
    _speed("dso_best_possible", (f"{_OPEN}, not yet due", _SALES, " × 90")),
    _speed(
        "average_days_delinquent",
        (
            f"{_OPEN} that were due before it",
            _SALES,
            " × 90, which is DSO less the best possible DSO",
        ),
    ),
    _speed(
        "collection_effectiveness",
        (
            "(open at the end of last month + sales of the month − open)",
            "(open at the end of last month + sales of the month − not yet due)",
            "",
        ),
        unit=Unit.RATE,
        better=Better.UP,
    ),
    Kpi(
        name=UNBILLED,
        family=Family.RECEIVABLES,
        unit=Unit.AMOUNT,
        grain=Grain.CLOSE,
        better=Better.DOWN,
        owner="sales administration",
        numerator=_UNBILLED,
        formula=f"{_UNBILLED}, each delivery line at its net price, rounded, in the "
        "company's currency at the rate of the day on which it left; goods beyond the "
        "order and what came back before it was invoiced left out",
    ),
    _paid("late_invoices", "settled after the due date", "settled", unit=Unit.RATE),
    _paid(
        "days_late", "days after the due date, early as 0", "settled", unit=Unit.DAYS
    ),
    _paid(
        "days_late_when_late",
        "days after the due date",
        "settled after the due date",
        unit=Unit.DAYS,
    ),
)
