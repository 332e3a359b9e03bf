"""How much is owed at the close of a day, how old is it, and how fast is it paid?

Conventions, the same in all figures: an item is open at the close of D where its
invoice is dated on or before D and it is settled after D (or never); it is overdue
where it fell due before D; on the due date itself it is not yet due. Sales are the
gross amounts invoiced, less credit notes, because receivables are gross too. All
amounts are bare Decimals of the company's currency. Interest and fees stay outside.
Formulas: reference/rules-of-the-trade, B.6.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from adv_domain.rules.calendar_rules import days_in_month
from adv_domain.rules.figures.kpis import ZERO, Figure, kept, ratio, scaled_ratio, total

DSO_DAYS = 90
AGES = (
    ("ageing_not_due", None, 0),
    ("ageing_1_30", 1, 30),
    ("ageing_31_60", 31, 60),
    ("ageing_61_90", 61, 90),
    ("ageing_over_90", 91, None),
)
AGEING_NAMES = tuple(name for name, _, _ in AGES)
NOT_DUE = AGEING_NAMES[0]
Month = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeingPeriod:
    """A bucket said as due dates, both ends included; None is unbounded."""

    name: str
    first_due_on: date | None
    last_due_on: date | None

    def holds(self, due_on: date) -> bool:
        starts = self.first_due_on is None or self.first_due_on <= due_on
        return starts and (self.last_due_on is None or due_on <= self.last_due_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAmount:
    """What is open in one bucket: the amount and how many items it is made of."""

    amount: Decimal = ZERO
    items: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Receivables at the close of a day, by ageing bucket (every bucket named)."""

    buckets: Mapping[str, OpenAmount]

    @property
    def open(self) -> Decimal:
        return sum((bucket.amount for bucket in self.buckets.values()), ZERO)

    @property
    def items(self) -> int:
        return sum(bucket.items for bucket in self.buckets.values())

    @property
    def not_due(self) -> Decimal:
        return self.buckets[NOT_DUE].amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Turnover:
    """Sales that the speed of payment is measured against.

    window: invoiced in the last 90 days, the day itself included; month: invoiced
    in the day's calendar month so far; by_month: all sales by (year, month).
    """

    window: Decimal
    month: Decimal
    by_month: Mapping[Month, Decimal]


def ageing_periods(as_of: date) -> tuple[AgeingPeriod, ...]:
    """Return the buckets as due dates; together they hold every date once."""
    return tuple(
        AgeingPeriod(
            name=name,
            first_due_on=None if oldest is None else as_of - timedelta(days=oldest),
            last_due_on=None if newest is None else as_of - timedelta(days=newest),
        )
        for name, newest, oldest in AGES
    )


def ageing_bucket(*, due_on: date, as_of: date) -> str:
    """Return the bucket of an item that fell due that many days before."""
    return next(each.name for each in ageing_periods(as_of) if each.holds(due_on))


def balance_of(parts: Iterable[tuple[str, Decimal, int]]) -> Balance:
    """Add up (bucket, amount, items) to a balance that names every bucket."""
    buckets = dict.fromkeys(AGEING_NAMES, OpenAmount())
    for name, amount, items in parts:
        before = buckets[name]
        buckets[name] = OpenAmount(
            amount=before.amount + amount, items=before.items + items
        )
    return Balance(buckets=buckets)


def window_start(as_of: date) -> date:
    """Return the first of the 90 days that end with the day itself."""
    return as_of - timedelta(days=DSO_DAYS - 1)


def receivables_figures(
    *, as_of: date, balance: Balance, turnover: Turnover, opening: Decimal
) -> dict[str, Figure]:
    """Return every receivables figure of the day by KPI name.

    opening is what was open at the close of the last day of the month before.
    """
    overdue = balance.open - balance.not_due
    overdue_items = balance.items - balance.buckets[NOT_DUE].items
    figures = {
        "receivables": total(balance.open, n=balance.items),
        "overdue": total(overdue, n=overdue_items),
        "overdue_share": ratio(overdue, balance.open, n=balance.items),
        "dso_simple": dso_simple(balance, turnover),
        "dso_count_back": dso_count_back(
            as_of=as_of, balance=balance, by_month=turnover.by_month
        ),
        "dso_best_possible": dso_best_possible(balance, turnover),
        "average_days_delinquent": average_days_delinquent(balance, turnover),
        "collection_effectiveness": collection_effectiveness(
            opening=opening, sales=turnover.month, closing=balance
        ),
    }
    aged = {
        name: total(bucket.amount, n=bucket.items)
        for name, bucket in balance.buckets.items()
    }
    return figures | aged


def dso_simple(balance: Balance, turnover: Turnover) -> Figure:
    """Receivables ÷ sales of the last 90 days × 90; undefined without sales."""
    return scaled_ratio(balance.open, turnover.window, factor=DSO_DAYS, n=balance.items)


def dso_best_possible(balance: Balance, turnover: Turnover) -> Figure:
    """Receivables not yet due ÷ sales of the last 90 days × 90."""
    return scaled_ratio(
        balance.not_due, turnover.window, factor=DSO_DAYS, n=balance.items
    )


def average_days_delinquent(balance: Balance, turnover: Turnover) -> Figure:
    """DSO less the best possible DSO: overdue ÷ sales × 90."""
    overdue = balance.open - balance.not_due
    return scaled_ratio(overdue, turnover.window, factor=DSO_DAYS, n=balance.items)


def dso_count_back(
    *, as_of: date, balance: Balance, by_month: Mapping[Month, Decimal]
) -> Figure:
    """Count the days of the newest months whose sales the receivables make up.

    Whole calendar months are taken off from the newest back, the month of the day
    itself with its days so far; the month that doesn't fit counts its fraction.
    Undefined where receivables exceed all the sales on record, or without either.
    """
    sales = sum(by_month.values(), ZERO)
    value = _days_counted_back(as_of, balance.open, by_month) if sales else None
    return Figure(
        value=None if value is None else kept(value),
        numerator=balance.open,
        denominator=sales,
        n=balance.items,
    )


def _days_counted_back(
    as_of: date, left: Decimal, by_month: Mapping[Month, Decimal]
) -> Decimal | None:
    year, month, days = as_of.year, as_of.month, as_of.day
    first = min(by_month)
    counted = ZERO
    while left > 0:
        if (year, month) < first:
            return None
        sold = by_month.get((year, month), ZERO)
        if sold >= left:
            return counted + left / sold * days
        counted, left = counted + days, left - sold
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
        days = days_in_month(year=year, month=month)
    return counted


def collection_effectiveness(
    *, opening: Decimal, sales: Decimal, closing: Balance
) -> Figure:
    """(opening + sales − open) ÷ (opening + sales − not yet due) of the month.

    The share of what could be collected since the month began that was.
    """
    return ratio(
        opening + sales - closing.open,
        opening + sales - closing.not_due,
        n=closing.items,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How many items that fell due on one day were settled on another."""

    due_on: date
    settled_on: date
    items: int


def days_late(*, due_on: date, settled_on: date) -> int:
    """Return how many days after the due date it was settled; early counts 0."""
    return max(0, (settled_on - due_on).days)
