"""What could a customer cost us, and up to where does he have credit?

Exposure is open items, what may be invoiced and is not yet, and accepted orders, all
with tax, less the money that he has given for them. Each class counts only where the
policy says so, and each euro once: an order weighs the same whether it is accepted,
shipped or invoiced, until it is paid.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from adv_domain.rules.exchange import Conversion
from adv_domain.rules.money import ZERO


@dataclass(frozen=True, slots=True)
class CreditRules:
    """Which classes of money count, and whether orders are believed to be prepaid."""

    count_open_items: bool = True
    count_unapplied: bool = True
    count_unbilled: bool = True
    count_accepted_orders: bool = True
    advance_payment_passes: bool = True


@dataclass(frozen=True, slots=True)
class Exposure:
    """What stands against a limit in one currency, by class.

    unbilled may be invoiced and is not yet; accepted_orders is ordered, and neither
    may be invoiced yet nor was. unapplied is money that no item has used, prepaid
    what orders were paid in advance and have not been settled with: the same money
    may stand in both, so only the greater of the two counts.
    """

    open_items: Decimal = ZERO
    unbilled: Decimal = ZERO
    accepted_orders: Decimal = ZERO
    unapplied: Decimal = ZERO
    prepaid: Decimal = ZERO

    def __add__(self, other: "Exposure") -> "Exposure":
        return Exposure(
            open_items=self.open_items + other.open_items,
            unbilled=self.unbilled + other.unbilled,
            accepted_orders=self.accepted_orders + other.accepted_orders,
            unapplied=self.unapplied + other.unapplied,
            prepaid=self.prepaid + other.prepaid,
        )

    def total(
        self, rules: CreditRules, *, asked: Decimal = ZERO, advance: Decimal = ZERO
    ) -> Decimal:
        """Return what counts of it, with what one more order asks for.

        advance is what that order was paid in advance.
        """
        owed = (
            asked
            + (self.open_items if rules.count_open_items else ZERO)
            + (self.unbilled if rules.count_unbilled else ZERO)
            + (self.accepted_orders if rules.count_accepted_orders else ZERO)
        )
        unapplied = self.unapplied if rules.count_unapplied else ZERO
        prepaid = self.prepaid + advance if rules.advance_payment_passes else ZERO
        return owed - max(unapplied, prepaid)


@dataclass(frozen=True, slots=True)
class PrepaidOrder:
    """An order that was paid in advance, and what of it stands in which class.

    settled is what its invoices have been paid or credited so far.
    """

    prepaid: Decimal
    settled: Decimal
    stands: Exposure

    def cover(self, rules: CreditRules) -> Decimal:
        """Return the advance not settled with, at most what stands of the order.

        So an advance covers its own order alone, at every stage of it.
        """
        return max(ZERO, min(self.prepaid - self.settled, self.stands.total(rules)))


@dataclass(frozen=True, slots=True)
class CreditPosition:
    """A customer's limit and what already stands against it, by currency.

    The limit ends with the day expires_on. A currency that no rate is known for has
    no conversion.
    """

    limit: Decimal | None
    currency: str
    expires_on: date | None = None
    stands: Mapping[str, Exposure] = field(default_factory=dict)
    conversions: Mapping[str, Conversion] = field(default_factory=dict)

    def worth(self, amount: Decimal, currency: str) -> Decimal | None:
        """Tell an amount in the limit's currency, None where no rate is known."""
        if currency == self.currency or not amount:
            return amount
        known = self.conversions.get(currency)
        return None if known is None else known.worth(amount)

    def exposure(self, rules: CreditRules) -> Decimal:
        """Return what stands against the limit; what has no rate is left out."""
        worths = self._worths(rules).values()
        return sum((worth for worth in worths if worth is not None), ZERO)

    def without_rate(self, rules: CreditRules) -> tuple[str, ...]:
        """Return the currencies with amounts that no known rate can tell."""
        worths = self._worths(rules)
        return tuple(currency for currency, worth in worths.items() if worth is None)

    def _worths(self, rules: CreditRules) -> dict[str, Decimal | None]:
        return {
            currency: self.worth(one.total(rules), currency)
            for currency, one in self.stands.items()
        }

    def limit_on(self, day: date) -> Decimal | None:
        """Return the limit in force: none is unlimited, after its end it is zero."""
        if self.limit is None or not self.has_ended(day):
            return self.limit
        return ZERO

    def has_ended(self, day: date) -> bool:
        """Tell whether the cover of the limit is gone on the day."""
        return self.expires_on is not None and day > self.expires_on
