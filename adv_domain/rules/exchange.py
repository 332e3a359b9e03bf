"""What is an amount of one currency worth in another, on a given day?

Rates are dated and looked up, never guessed: the last one on or before the day
holds, and where there is none the conversion is refused.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from adv_domain.rules.money import rounded_to_minor


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
    """Convert and round half up to the target's digits; raises NoExchangeRate.

    A pair that has no rate of its own goes through a base that both are quoted in.
    """
    if source == target:
        return amount
    direct = _factor(source, target, on, rates)
    if direct is None:
        direct = _through_base(source, target, on, rates)
    if direct is None:
        raise NoExchangeRate(source=source, target=target, on=on)
    multiplier, divisor = direct
    return rounded_to_minor(amount * multiplier / divisor, target)


def _through_base(
    source: str, target: str, on: date, rates: ExchangeRates
) -> tuple[Decimal, Decimal] | None:
    for base in rates.bases:
        first = _factor(source, base, on, rates)
        second = _factor(base, target, on, rates)
        if first is not None and second is not None:
            return first[0] * second[0], first[1] * second[1]
    return None


def _factor(
    source: str, target: str, on: date, rates: ExchangeRates
) -> tuple[Decimal, Decimal] | None:
    """Return multiplier and divisor, so that nothing is divided before the end."""
    quoted = _rate_on(rates.by_pair.get((source, target), ()), on)
    if quoted is not None:
        return Decimal(1), quoted
    reverse = _rate_on(rates.by_pair.get((target, source), ()), on)
    return None if reverse is None else (reverse, Decimal(1))


def _rate_on(dated: tuple[tuple[date, Decimal], ...], on: date) -> Decimal | None:
    at = bisect_right(dated, on, key=lambda entry: entry[0])
    return dated[at - 1][1] if at else None
