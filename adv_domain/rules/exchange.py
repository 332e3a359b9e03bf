"""What is an amount of one currency worth in another, on a given day?

Rates are dated and looked up, never guessed: the last one on or before the day
holds, and where there is none the conversion is refused.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from adv_domain.rules.money import rounded_to_minor

_TOLD = Decimal("0.000001")


class NoExchangeRate(LookupError):
    """No rate between the two currencies is known for the day."""

    def __init__(self, *, source: str, target: str, on: date) -> None:
        super().__init__(f"no exchange rate from {source} to {target} on {on}")
        self.source = source
        self.target = target
        self.on = on


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """So many units of currency make one unit of base, from a day on."""

    currency: str
    base: str
    rate: Decimal
    valid_from: date


@dataclass(frozen=True, slots=True)
class ExchangeRates:
    """Dated rates by pair of currencies, oldest first; made by exchange_rates."""

    by_pair: Mapping[tuple[str, str], tuple[tuple[date, Decimal], ...]]
    bases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conversion:
    """How an amount of one currency becomes one of the other, by a rate of a day.

    Multiplier and divisor are kept apart, so that nothing is divided before the end;
    dated_on is the older day where two rates made it.
    """

    target: str
    multiplier: Decimal
    divisor: Decimal
    dated_on: date

    @property
    def rate(self) -> Decimal:
        """How many units of the source make one of the target, six decimals."""
        exact = self.divisor / self.multiplier
        return exact.quantize(_TOLD, ROUND_HALF_UP)

    def worth(self, amount: Decimal) -> Decimal:
        """Convert and round half up to the target's digits."""
        return rounded_to_minor(amount * self.multiplier / self.divisor, self.target)


def exchange_rates(rates: Iterable[ExchangeRate]) -> ExchangeRates:
    """Index dated rates by their pair of currencies."""
    found: dict[tuple[str, str], list[tuple[date, Decimal]]] = {}
    for rate in rates:
        pair = (rate.currency, rate.base)
        found.setdefault(pair, []).append((rate.valid_from, rate.rate))
    return ExchangeRates(
        by_pair={pair: tuple(sorted(dated)) for pair, dated in found.items()},
        bases=tuple(sorted({base for _, base in found})),
    )


def converted(
    amount: Decimal, *, source: str, target: str, on: date, rates: ExchangeRates
) -> Decimal:
    """Convert and round half up to the target's digits; raises NoExchangeRate."""
    if source == target:
        return amount
    return conversion(source, target, on=on, rates=rates).worth(amount)


def conversion(
    source: str, target: str, *, on: date, rates: ExchangeRates
) -> Conversion:
    """Return how one currency becomes another on the day; raises NoExchangeRate.

    A pair that has no rate of its own goes through a base that both are quoted in.
    """
    found = _direct(source, target, on, rates)
    if found is None:
        found = _through_base(source, target, on, rates)
    if found is None:
        raise NoExchangeRate(source=source, target=target, on=on)
    return found


def _through_base(
    source: str, target: str, on: date, rates: ExchangeRates
) -> Conversion | None:
    for base in rates.bases:
        first = _direct(source, base, on, rates)
        second = _direct(base, target, on, rates)
        if first is not None and second is not None:
            return Conversion(
                target=target,
                multiplier=first.multiplier * second.multiplier,
                divisor=first.divisor * second.divisor,
                dated_on=min(first.dated_on, second.dated_on),
            )
    return None


def _direct(
    source: str, target: str, on: date, rates: ExchangeRates
) -> Conversion | None:
    quoted = _rate_on(rates.by_pair.get((source, target), ()), on)
    if quoted is not None:
        dated_on, rate = quoted
        return Conversion(target, Decimal(1), rate, dated_on)
    reverse = _rate_on(rates.by_pair.get((target, source), ()), on)
    if reverse is None:
        return None
    dated_on, rate = reverse
    return Conversion(target, rate, Decimal(1), dated_on)


def _rate_on(
    dated: tuple[tuple[date, Decimal], ...], on: date
) -> tuple[date, Decimal] | None:
    at = bisect_right(dated, on, key=lambda entry: entry[0])
    return dated[at - 1] if at else None
