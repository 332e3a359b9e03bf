"""What was owed at the close of each of many days, without asking for each anew?

Open items and the money given to them come as groups of equal dates; each group
stands for a while, and a day's balance is the sum of the groups that stand on it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from adv_domain.rules.calendar_rules import ONE_DAY
from adv_domain.rules.exchange import ExchangeRates, converted
from adv_domain.rules.figures.kpis import ZERO, Figure
from adv_domain.rules.figures.receivables_kpis import (
    AGES,
    Balance,
    Month,
    OpenAmount,
    Turnover,
    receivables_figures,
    window_start,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenGroup:
    """Amounts of one currency that count as owed from a day on, until another.

    issued_on is the invoice's date, which gives the exchange rate; until_on is the
    first day on which the group no longer counts. Money given to items is a group
    of negative amount and no items.
    """

    issued_on: date
    due_on: date
    from_on: date
    until_on: date | None
    currency: str
    amount: Decimal
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldGroup:
    """What was invoiced on a day in one currency, less credit notes."""

    issued_on: date
    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Everything that receivables figures are made of, in any currency."""

    owed: Sequence[OpenGroup]
    sold: Sequence[SoldGroup]
    rates: ExchangeRates
    currency: str


def month_opening(day: date) -> date:
    """Return the last day of the month before: its close opens the month."""
    return day.replace(day=1) - ONE_DAY


def receivables_by_day(
    ledger: Ledger, *, first: date, last: date
) -> dict[date, dict[str, Figure]]:
    """Return the receivables figures at the close of each day from first to last.

    Amounts count in the company's currency at the rate of their invoice's date.
    Raises NoExchangeRate.
    """
    start = month_opening(first)
    closes = _balances(ledger, first=start, last=last)
    sales = _sales_by_day(ledger)
    figures = {}
    for at in range((last - first).days + 1):
        day = first + timedelta(days=at)
        figures[day] = receivables_figures(
            as_of=day,
            balance=closes[day],
            turnover=_turnover(sales, day),
            opening=closes[month_opening(day)].open,
        )
    return figures


def _balances(ledger: Ledger, *, first: date, last: date) -> dict[date, Balance]:
    count = (last - first).days + 1
    amounts = {name: [ZERO] * (count + 1) for name, _, _ in AGES}
    items = {name: [0] * (count + 1) for name, _, _ in AGES}
    for group in ledger.owed:
        worth = converted(
            group.amount,
            source=group.currency,
            target=ledger.currency,
            on=group.issued_on,
            rates=ledger.rates,
        )
        for name, begins, ends in _stays(group, first, count):
            amounts[name][begins] += worth
            amounts[name][ends] -= worth
            items[name][begins] += group.items
            items[name][ends] -= group.items
    return _running(first, count, amounts, items)


def _stays(group: OpenGroup, first: date, count: int) -> Iterable[tuple[str, int, int]]:
    """Tell from which day to which (excluded) the group lies in each bucket."""
    since = (group.from_on - first).days
    until = count if group.until_on is None else (group.until_on - first).days
    due = (group.due_on - first).days
    for name, newest, oldest in AGES:
        begins = since if newest is None else max(since, due + newest)
        ends = until if oldest is None else min(until, due + oldest + 1)
        begins, ends = max(begins, 0), min(ends, count)
        if begins < ends:
            yield name, begins, ends


def _running(
    first: date,
    count: int,
    amounts: Mapping[str, list[Decimal]],
    items: Mapping[str, list[int]],
) -> dict[date, Balance]:
    balances = {}
    standing = {name: OpenAmount() for name in amounts}
    for at in range(count):
        standing = {
            name: OpenAmount(
                amount=standing[name].amount + amounts[name][at],
                items=standing[name].items + items[name][at],
            )
            for name in amounts
        }
        balances[first + timedelta(days=at)] = Balance(buckets=standing)
    return balances


def _sales_by_day(ledger: Ledger) -> dict[date, Decimal]:
    sales: dict[date, Decimal] = {}
    for group in ledger.sold:
        worth = converted(
            group.amount,
            source=group.currency,
            target=ledger.currency,
            on=group.issued_on,
            rates=ledger.rates,
        )
        sales[group.issued_on] = sales.get(group.issued_on, ZERO) + worth
    return sales


def _turnover(sales: Mapping[date, Decimal], as_of: date) -> Turnover:
    since = window_start(as_of)
    window = ZERO
    by_month: dict[Month, Decimal] = {}
    for on, amount in sales.items():
        if on > as_of:
            continue
        month = (on.year, on.month)
        by_month[month] = by_month.get(month, ZERO) + amount
        if on >= since:
            window += amount
    month_so_far = by_month.get((as_of.year, as_of.month), ZERO)
    return Turnover(window=window, month=month_so_far, by_month=by_month)
