"""What rebate has a customer earned so far by what was invoiced to him?

A year-end rebate is agreed by thresholds of turnover before tax, each with a rate. Its
basis is the whole turnover at the highest rate that is reached, or each band of the
turnover at its own rate. What is accrued is owed by what is reached; the projection
carries the turnover on to the end of the period at its pace so far.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

from adv_domain.rules.faults import FieldFault
from adv_domain.rules.money import ZERO, rounded_to_minor

Basis = Literal["whole", "band"]


@dataclass(frozen=True, slots=True)
class RebateRecord:
    """A threshold of a customer's agreement, as a file gives it.

    Rows of one customer, currency and first day are one agreement.
    """

    customer_code: str
    currency: str | None
    valid_from: date
    valid_to: date
    threshold: Decimal
    rate: Decimal
    basis: str

    def faults(self) -> list[FieldFault]:
        if self.valid_to <= self.valid_from:
            message = "must be after valid_from: it is the first day without the rebate"
            return [("valid_to", "out_of_range", message)]
        return []


class Tier(NamedTuple):
    """From a turnover on, this rate."""

    threshold: Decimal
    rate: Decimal


@dataclass(frozen=True, slots=True)
class RebateAgreement:
    """What was agreed for a period, valid_from <= day < valid_to; tiers ascending."""

    customer_code: str
    currency: str
    valid_from: date
    valid_to: date
    basis: Basis
    tiers: tuple[Tier, ...]

    @property
    def last_on(self) -> date:
        """The last day of the period: valid_to is the first one without the rebate."""
        return self.valid_to - timedelta(days=1)


class RebateUnclear(ValueError):
    """The rows of an agreement disagree on its end or basis."""

    def __init__(self, customer_code: str, valid_from: date) -> None:
        super().__init__(
            f"the rebate of customer {customer_code} from {valid_from}: its rows have "
            "different valid_to or basis; correct them with adv import rebates FILE"
        )


@dataclass(frozen=True, slots=True)
class Accrual:
    """The rebate earned, at which highest rate, and how far the next threshold is."""

    turnover: Decimal
    rate: Decimal
    amount: Decimal
    next_threshold: Decimal | None
    missing: Decimal | None


@dataclass(frozen=True, slots=True)
class RebateStanding:
    """An agreement as of a day: what is earned, and what is to be expected."""

    agreement: RebateAgreement
    as_of_on: date
    earned: Accrual
    projected: Accrual

    @property
    def accrued_by_projection(self) -> Decimal:
        """Return the part of the projected rebate that the turnover so far earned."""
        if not self.projected.turnover:
            return self.earned.amount
        exact = self.projected.amount * self.earned.turnover / self.projected.turnover
        return rounded_to_minor(exact, self.agreement.currency)


def agreements(records: Iterable[RebateRecord]) -> list[RebateAgreement]:
    """Put the rows of each agreement together; raises RebateUnclear."""
    found: dict[tuple[str, str, date], list[RebateRecord]] = {}
    for one in records:
        key = (one.customer_code, one.currency or "", one.valid_from)
        found.setdefault(key, []).append(one)
    return [_agreement(key, rows) for key, rows in sorted(found.items())]


def accrual(agreement: RebateAgreement, turnover: Decimal) -> Accrual:
    """Return the rebate of a turnover, rounded once, half up; never below zero."""
    turnover = rounded_to_minor(turnover, agreement.currency)
    reached = [tier for tier in agreement.tiers if turnover >= tier.threshold]
    coming = [tier for tier in agreement.tiers if turnover < tier.threshold]
    rate = reached[-1].rate if reached and turnover > 0 else ZERO
    exact = turnover * rate
    if agreement.basis == "band":
        exact = _by_band(reached, turnover)
    following = coming[0].threshold if coming else None
    return Accrual(
        turnover,
        rate,
        rounded_to_minor(max(ZERO, exact), agreement.currency),
        following,
        None if following is None else following - turnover,
    )


def standing(
    agreement: RebateAgreement, turnover: Decimal, *, as_of_on: date
) -> RebateStanding:
    """Return how an agreement stands at the close of a day of its period, or after."""
    whole = (agreement.valid_to - agreement.valid_from).days
    elapsed = min((as_of_on - agreement.valid_from).days + 1, whole)
    carried_on = rounded_to_minor(turnover * whole / elapsed, agreement.currency)
    return RebateStanding(
        agreement,
        as_of_on,
        earned=accrual(agreement, turnover),
        projected=accrual(agreement, carried_on),
    )


def _agreement(
    key: tuple[str, str, date], rows: Sequence[RebateRecord]
) -> RebateAgreement:
    customer_code, currency, valid_from = key
    if len({(row.valid_to, row.basis) for row in rows}) > 1:
        raise RebateUnclear(customer_code, valid_from)
    return RebateAgreement(
        customer_code,
        currency,
        valid_from,
        rows[0].valid_to,
        "band" if rows[0].basis == "band" else "whole",
        tuple(
            sorted(
                Tier(rounded_to_minor(row.threshold, currency), row.rate)
                for row in rows
            )
        ),
    )


def _by_band(reached: Sequence[Tier], turnover: Decimal) -> Decimal:
    total = ZERO
    ends = [*(tier.threshold for tier in reached[1:]), turnover]
    for tier, end in zip(reached, ends, strict=False):
        total += (end - tier.threshold) * tier.rate
    return total
