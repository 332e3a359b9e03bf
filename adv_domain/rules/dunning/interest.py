"""How much statutory interest and compensation has a late payment earned?

Simple interest from the day after the due date to the day of payment inclusive,
actual days over 365, rounded once at the end. Reference rate, margin and what
happens when the rate changes during the delay differ by country. Sources:
Directive 2011/7 art. 2, 3 and 6; Ley 3/2004; Code de commerce L441-10; BGB 288.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

from adv_domain.rules.dunning.interest_rates import (
    ECB_MAIN_REFINANCING,
    FRENCH_LEGAL,
    GERMAN_BASE,
    ReferenceRate,
)
from adv_domain.rules.money import ZERO, rounded_to_minor

_DAYS_A_YEAR = 365
_FLOOR_FACTOR = 3


class RateChange(StrEnum):
    """Which rate counts when the reference rate changes during the delay."""

    EACH_ITS_OWN_DAYS = "each_its_own_days"
    AS_ON_PAYMENT = "as_on_payment"


@dataclass(frozen=True, slots=True)
class InterestLaw:
    """A country's rule: reference rates, margin, and the fixed compensation in EUR.

    rounded_up_to is the step to which the whole rate is rounded up (Belgium).
    """

    country: str
    reference: tuple[ReferenceRate, ...]
    margin_rate: Decimal
    compensation: Decimal
    change: RateChange = RateChange.EACH_ITS_OWN_DAYS
    rounded_up_to: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LatePart:
    """A part of the due amount that stayed unpaid until a day, that day included."""

    amount: Decimal
    until_on: date


@dataclass(frozen=True, slots=True)
class InterestLeg:
    """One part over one stretch of days at one rate; interest is not yet rounded."""

    first_on: date
    last_on: date
    days: int
    rate: Decimal
    interest: Decimal


@dataclass(frozen=True, slots=True)
class Interest:
    """What accrued, rounded once to the currency's digits, and how it came about."""

    amount: Decimal
    legs: tuple[InterestLeg, ...]


class RateUnknown(LookupError):
    """The rate table has no row for a day; interest is held until it has one."""

    def __init__(self, *, country: str, day: date) -> None:
        super().__init__(f"no statutory rate of {country} is known for {day}")
        self.country = country
        self.day = day


_B2B_MARGIN = Decimal("0.08")
_COMPENSATION = Decimal(40)
_LAWS = {
    law.country: law
    for law in (
        InterestLaw("ES", ECB_MAIN_REFINANCING, _B2B_MARGIN, _COMPENSATION),
        InterestLaw("IT", ECB_MAIN_REFINANCING, _B2B_MARGIN, _COMPENSATION),
        InterestLaw("FR", ECB_MAIN_REFINANCING, Decimal("0.10"), _COMPENSATION),
        InterestLaw("DE", GERMAN_BASE, Decimal("0.09"), _COMPENSATION),
        InterestLaw(
            "IE",
            ECB_MAIN_REFINANCING,
            _B2B_MARGIN,
            _COMPENSATION,
            change=RateChange.AS_ON_PAYMENT,
        ),
        InterestLaw(
            "BE",
            ECB_MAIN_REFINANCING,
            _B2B_MARGIN,
            _COMPENSATION,
            rounded_up_to=Decimal("0.005"),
        ),
    )
}
_GERMAN_CONSUMER = InterestLaw("DE", GERMAN_BASE, Decimal("0.05"), ZERO)


def interest_law(*, country: str, party_kind: str = "business") -> InterestLaw | None:
    """Return the law that late payments of such a party fall under, if we know it.

    Public bodies count as businesses (Directive 2011/7 art. 4). Consumers have the
    German rate of BGB 288(1) without compensation, elsewhere none that we know.
    """
    if party_kind != "consumer":
        return _LAWS.get(country)
    return _GERMAN_CONSUMER if country == "DE" else None


def accrued_interest(
    law: InterestLaw, *, due_on: date, parts: Sequence[LatePart], currency: str
) -> Interest:
    """Return the interest on the parts of one item, in its currency.

    A part paid on or before the due date earns nothing. Raises RateUnknown where
    the table does not reach.
    """
    legs = [leg for part in parts for leg in _legs(law, due_on, part)]
    total = sum((leg.interest for leg in legs), ZERO)
    return Interest(rounded_to_minor(total, currency), tuple(legs))


def yearly_rate(law: InterestLaw, *, on: date) -> Decimal:
    """Return the rate in force on the day, a fraction; raises RateUnknown."""
    return _rate_of(law, _row(law, on))


def french_floor_rate(*, on: date) -> Decimal:
    """Return the least rate that a French contract may agree, three legal rates.

    Raises RateUnknown where the table does not reach.
    """
    for row in FRENCH_LEGAL:
        if row.valid_from <= on < row.valid_to:
            return _FLOOR_FACTOR * row.rate
    raise RateUnknown(country="FR", day=on)


def _legs(law: InterestLaw, due_on: date, part: LatePart) -> list[InterestLeg]:
    first_on = due_on + timedelta(days=1)
    if part.until_on < first_on:
        return []
    if law.change is RateChange.AS_ON_PAYMENT:
        rate = yearly_rate(law, on=part.until_on)
        return [_leg(part.amount, first_on, part.until_on, rate)]
    legs = []
    while first_on <= part.until_on:
        row = _row(law, first_on)
        last_on = min(part.until_on, row.valid_to - timedelta(days=1))
        legs.append(_leg(part.amount, first_on, last_on, _rate_of(law, row)))
        first_on = row.valid_to
    return legs


def _leg(amount: Decimal, first_on: date, last_on: date, rate: Decimal) -> InterestLeg:
    days = (last_on - first_on).days + 1
    return InterestLeg(
        first_on, last_on, days, rate, amount * rate * days / _DAYS_A_YEAR
    )


def _row(law: InterestLaw, on: date) -> ReferenceRate:
    for row in reversed(law.reference):
        if row.valid_from <= on < row.valid_to:
            return row
    raise RateUnknown(country=law.country, day=on)


def _rate_of(law: InterestLaw, row: ReferenceRate) -> Decimal:
    rate = max(row.rate + law.margin_rate, ZERO)
    if law.rounded_up_to is None:
        return rate
    steps = (rate / law.rounded_up_to).to_integral_value(rounding=ROUND_CEILING)
    return steps * law.rounded_up_to
