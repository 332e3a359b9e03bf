"""Is an amount converted by the rate of its day, and never by a guess?"""

from datetime import date
from decimal import Decimal

import pytest

from adv_domain.rules.exchange import (
    ExchangeRate,
    NoExchangeRate,
    converted,
    exchange_rates,
)

RATES = exchange_rates(
    [
        ExchangeRate("JPY", "EUR", Decimal(160), date(2026, 1, 1)),
        ExchangeRate("JPY", "EUR", Decimal(170), date(2026, 2, 1)),
        ExchangeRate("TND", "EUR", Decimal("3.4"), date(2026, 1, 1)),
    ]
)


@pytest.mark.parametrize(
    ("amount", "source", "target", "on", "expected"),
    [
        ("100", "EUR", "EUR", date(2020, 1, 1), "100"),
        ("16000", "JPY", "EUR", date(2026, 1, 31), "100.00"),
        ("17000", "JPY", "EUR", date(2026, 2, 1), "100.00"),
        ("100", "EUR", "JPY", date(2026, 3, 1), "17000"),
        ("34", "TND", "JPY", date(2026, 3, 1), "1700"),
        ("1", "EUR", "TND", date(2026, 3, 1), "3.400"),
    ],
    ids=["same", "day before the new rate", "its day", "back", "through EUR", "digits"],
)
def test_the_rate_of_the_day_counts(
    amount: str, source: str, target: str, on: date, expected: str
) -> None:
    told = converted(Decimal(amount), source=source, target=target, on=on, rates=RATES)
    assert str(told) == expected


@pytest.mark.parametrize(
    ("source", "on"),
    [("USD", date(2026, 3, 1)), ("JPY", date(2025, 12, 31))],
    ids=["no such currency", "before the first rate"],
)
def test_without_a_rate_nothing_is_converted(source: str, on: date) -> None:
    with pytest.raises(NoExchangeRate, match=f"from {source} to EUR on {on}"):
        converted(Decimal(1), source=source, target="EUR", on=on, rates=RATES)
