from datetime import date
from decimal import Decimal

import pytest

from adv_domain.rules.tax import (
    AmbiguousTaxRate,
    MissingTaxRate,
    TaxRate,
    tax_rate,
    tax_table,
)

# Spain's general rate rose from 18 to 21 per cent on 1 September 2012.
SPAIN = tax_table(
    [
        TaxRate("ES", "S", Decimal("0.18"), date(2010, 7, 1), date(2012, 9, 1)),
        TaxRate("ES", "S", Decimal("0.21"), date(2012, 9, 1)),
        TaxRate("ES", "AA", Decimal("0.10"), date(2012, 9, 1)),
    ]
)


@pytest.mark.parametrize(
    ("category", "on", "rate"),
    [
        ("S", date(2012, 8, 31), "0.18"),
        ("S", date(2012, 9, 1), "0.21"),
        ("AA", date(2025, 1, 1), "0.10"),
    ],
)
def test_the_rate_of_the_day_holds(category: str, on: date, rate: str):
    found = tax_rate(table=SPAIN, territory="ES", category=category, on=on)
    assert found == Decimal(rate)


@pytest.mark.parametrize(
    ("territory", "category", "on"),
    [
        ("ES", "S", date(2010, 6, 30)),
        ("ES", "X", date(2025, 1, 1)),
        ("ES-CN", "S", date(2025, 1, 1)),
    ],
)
def test_a_missing_rate_says_what_to_enter(territory: str, category: str, on: date):
    with pytest.raises(MissingTaxRate) as caught:
        tax_rate(table=SPAIN, territory=territory, category=category, on=on)
    error = caught.value
    assert (error.territory, error.category, error.on) == (territory, category, on)
    for named in (territory, category, str(on), "enter the rate"):
        assert named in str(error)


def test_two_rates_for_one_day_are_not_guessed_between():
    table = tax_table(
        [
            TaxRate("FR", "S", Decimal("0.20"), date(2014, 1, 1)),
            TaxRate("FR", "S", Decimal("0.22"), date(2025, 1, 1)),
        ]
    )
    with pytest.raises(AmbiguousTaxRate, match="end the older one"):
        tax_rate(table=table, territory="FR", category="S", on=date(2025, 1, 1))
