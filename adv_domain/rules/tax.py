"""Which tax rate holds for a territory, a tax category and a date?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple


class TaxMeaning(NamedTuple):
    """What a tax category says on a document: its code of UNCL5305 and why no tax."""

    vat_code: str = "S"
    exemption_code: str | None = None
    exemption_reason: str | None = None


TAXED = TaxMeaning()


@dataclass(frozen=True, slots=True)
class TaxRate:
    """A dated rate: valid_from <= day < valid_to; valid_to None is open-ended.

    surcharge_rate is the recargo de equivalencia that goes with it.
    """

    territory: str
    category: str
    rate: Decimal
    valid_from: date
    valid_to: date | None = None
    surcharge_rate: Decimal | None = None
    meaning: TaxMeaning = TAXED


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


class MissingSurcharge(LookupError):
    """The customer is under the recargo de equivalencia and the rate has none."""

    def __init__(self, rate: TaxRate) -> None:
        super().__init__(
            f"no surcharge (recargo de equivalencia) is known for category "
            f"{rate.category} in territory {rate.territory} from {rate.valid_from}; "
            "enter it in surcharge_percent of the tax rate and run the step again, or "
            "correct the customer's tax_category"
        )
        self.rate = rate


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
    """Return the rate as a fraction; raises what rate_of raises."""
    return rate_of(table, (territory,), category=category, on=on).rate


def rate_of(
    table: TaxTable, territories: Sequence[str], *, category: str, on: date
) -> TaxRate:
    """Return the rate of the first territory that has one on the day.

    Raises MissingTaxRate where none holds on the date and AmbiguousTaxRate where
    more than one does.
    """
    for territory in territories:
        holding = [
            rate
            for rate in table.get((territory, category), ())
            if rate.valid_from <= on and (rate.valid_to is None or on < rate.valid_to)
        ]
        if len(holding) > 1:
            raise AmbiguousTaxRate(territory=territory, category=category, on=on)
        if holding:
            return holding[0]
    raise MissingTaxRate(territory=territories[0], category=category, on=on)


def surcharge_of(rate: TaxRate) -> Decimal:
    """Return the surcharge that goes with a rate, nothing where there is no tax.

    Raises MissingSurcharge.
    """
    if rate.surcharge_rate is None and rate.rate:
        raise MissingSurcharge(rate)
    return rate.surcharge_rate or Decimal(0)
