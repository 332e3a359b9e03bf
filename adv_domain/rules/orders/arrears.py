"""What does a customer owe for too long, and how often was he reminded of it?

What he disputes does not count, nor what he promised to pay and still may, where the
policy says so; money of his that no item has used yet counts as paid.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from adv_domain.rules.exchange import Conversion
from adv_domain.rules.money import ZERO


@dataclass(frozen=True, slots=True)
class ArrearsRules:
    """From when on arrears are told: days after the due date, and reminder level.

    None tells never. minimum is the least overdue amount worth it, in the company's
    currency.
    """

    currency: str
    overdue_days: int | None = None
    minimum: Decimal = ZERO
    dunned_from_level: int | None = None


class PastDue(NamedTuple):
    """What a customer owes in one currency of items reminded up to one level.

    left is past due, overdue the part of it that is for more days than the policy
    allows, since is the oldest due date of that part.
    """

    currency: str
    level: int
    left: Decimal
    overdue: Decimal
    since: date | None


class Owed(NamedTuple):
    """An amount that is told: with its oldest due date or its reminder level."""

    amount: Decimal
    currency: str
    since: date | None
    level: int


@dataclass(frozen=True, slots=True)
class Arrears:
    """All that a customer owes past its due date, and his money not used, by currency.

    conversions lead into the company's currency, as far as rates are known.
    """

    past_due: tuple[PastDue, ...] = ()
    unused: Mapping[str, Decimal] = field(default_factory=dict)
    conversions: Mapping[str, Conversion] = field(default_factory=dict)

    def overdue(self, rules: ArrearsRules) -> Owed | None:
        """Return what is overdue for too long, the oldest where it is in several
        currencies; None where there is nothing or too little.
        """
        if rules.overdue_days is None:
            return None
        found = []
        for currency, parts in self._by_currency().items():
            days = [part.since for part in parts if part.since is not None]
            amount = self._unpaid(currency, [part.overdue for part in parts])
            if days and amount > ZERO and self._is_worth(amount, currency, rules):
                found.append(Owed(amount, currency, min(days), _highest(parts)))
        return min(found, key=lambda one: (one.since, one.currency), default=None)

    def dunned(self, rules: ArrearsRules) -> Owed | None:
        """Return what was reminded too often, at the highest level; None for none."""
        least = rules.dunned_from_level
        if least is None:
            return None
        found = []
        for currency, parts in self._by_currency().items():
            reached = [part for part in parts if part.level >= least]
            amount = self._unpaid(currency, [part.left for part in reached])
            if reached and amount > ZERO:
                found.append(Owed(amount, currency, None, _highest(reached)))
        return max(found, key=lambda one: (one.level, one.currency), default=None)

    def _by_currency(self) -> dict[str, list[PastDue]]:
        found: dict[str, list[PastDue]] = {}
        for part in self.past_due:
            found.setdefault(part.currency, []).append(part)
        return found

    def _unpaid(self, currency: str, parts: list[Decimal]) -> Decimal:
        return sum(parts, ZERO) - self.unused.get(currency, ZERO)

    def _is_worth(self, amount: Decimal, currency: str, rules: ArrearsRules) -> bool:
        """Tell whether it reaches the minimum; without a rate nobody can say no."""
        if currency == rules.currency:
            return amount >= rules.minimum
        known = self.conversions.get(currency)
        return known is None or known.worth(amount) >= rules.minimum


NO_ARREARS = Arrears()


def _highest(parts: list[PastDue]) -> int:
    return max(part.level for part in parts)
