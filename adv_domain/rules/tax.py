"""Which tax rate holds for a territory, a tax category and a date?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class TaxRate:
    """A dated rate: valid_from <= day < valid_to; valid_to None is open-ended."""

    territory: str
    category: str
    rate: Decimal
    valid_from: date
    valid_to: date | None = None


class MissingTaxRate(LookupError):
    """No rate is known; the document waits until somebody enters one."""

    def __init__(self, *, territory: str, category: str, on: date) -> None:
        super().__init__(
            f"no tax rate for category {category} in territory {territory} on {on}; "
            "enter the rate with its first day and run the step again"
        )
        self.territory = territory
        self.category = category
        self.on = on


class AmbiguousTaxRate(LookupError):
    """Two rates claim the same day; nobody is charged by guess."""

    def __init__(self, *, territory: str, category: str, on: date) -> None:
        super().__init__(
            f"two tax rates for category {category} in territory {territory} on {on}; "
            "end the older one where the newer one begins"
        )
        self.territory = territory
        self.category = category
        self.on = on


TaxTable = dict[tuple[str, str], tuple[TaxRate, ...]]


def tax_table(rates: Iterable[TaxRate]) -> TaxTable:
    """Group rates by territory and category, once per batch."""
    table: dict[tuple[str, str], list[TaxRate]] = {}
    for rate in rates:
        table.setdefault((rate.territory, rate.category), []).append(rate)
    return {key: tuple(found) for key, found in table.items()}


def tax_rate(*, table: TaxTable, territory: str, category: str, on: date) -> Decimal:
    """Return the rate as a fraction.

    Raises MissingTaxRate where none holds on the date and AmbiguousTaxRate where
    more than one does.
    """
    holding = [
        rate
        for rate in table.get((territory, category), ())
        if rate.valid_from <= on and (rate.valid_to is None or on < rate.valid_to)
    ]
    if not holding:
        raise MissingTaxRate(territory=territory, category=category, on=on)
    if len(holding) > 1:
        raise AmbiguousTaxRate(territory=territory, category=category, on=on)
    return holding[0].rate
