"""May this order be delivered on credit?

It may where the customer's exposure, this order included, stays within his limit. No
limit means unlimited, a limit of zero means nothing. An order that was paid in advance
passes whatever the limit; a part paid in advance covers that part of its own order, so
that only the rest needs credit. Orders are looked at in turn, so that two of them
never pass on one remainder.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from adv_domain.rules.exchange import Conversion
from adv_domain.rules.faults import OrderFault, order_fault
from adv_domain.rules.money import ZERO
from adv_domain.rules.orders.exposure import CreditPosition, CreditRules, Exposure
from adv_domain.rules.orders.rule_settings import CREDIT_LIMIT
from adv_domain.rules.orders.waivers import Waiver

_NOTHING = Exposure()


@dataclass(frozen=True, slots=True)
class CreditClaim:
    """An order that asks for credit, in the turn in which it is to be looked at.

    amount is with tax, in the order's own currency, None where a price is missing.
    consumes is False for an order that another cause holds: it is told its result,
    and leaves the remainder to others. What goes ahead beyond the limit uses credit
    too: where a person's waiver covers it, or anyway, where the policy only warns.
    """

    order_id: int
    customer_id: int
    currency: str
    amount: Decimal | None
    prepaid: Decimal = ZERO
    consumes: bool = True
    waiver: Waiver | None = None
    goes_ahead: bool = False

    @property
    def is_paid_in_advance(self) -> bool:
        """Tell whether all of it is paid; an order for nothing is not."""
        return bool(self.amount) and self.advance == self.amount

    @property
    def advance(self) -> Decimal:
        """Return what it was paid in advance, at most what it comes to."""
        return min(self.prepaid, self.amount or ZERO)


@dataclass(frozen=True, slots=True)
class CreditDecision:
    """What is wrong, if anything, and at which exposure, the order included.

    exposure is None where nobody had to look or it cannot be told; foreign are the
    conversions that the answer hangs on, by currency.
    """

    fault: OrderFault | None = None
    exposure: Decimal | None = None
    foreign: Mapping[str, Conversion] = field(default_factory=dict)

    @property
    def passes(self) -> bool:
        return self.fault is None


def credit_decisions(
    claims: Iterable[CreditClaim],
    *,
    positions: Mapping[int, CreditPosition],
    rules: CreditRules,
    on: date,
) -> dict[int, CreditDecision]:
    """Decide on each claim in turn; those that go ahead use up their customer's limit.

    Returns the decisions by order id.
    """
    accounts = {key: _Account(one, rules, on) for key, one in positions.items()}
    decisions = {}
    for claim in claims:
        account = accounts[claim.customer_id]
        decision = decisions[claim.order_id] = account.decided(claim)
        if claim.consumes and _goes_ahead(claim, decision):
            account.take(claim)
    return decisions


def _goes_ahead(claim: CreditClaim, decision: CreditDecision) -> bool:
    if decision.fault is None or claim.goes_ahead:
        return True
    return claim.waiver is not None and claim.waiver.covers(decision.fault)


class _Account:
    """A position as the orders of a batch use it up, one after the other."""

    __slots__ = ("limit", "on", "position", "rules", "stands")

    def __init__(self, position: CreditPosition, rules: CreditRules, on: date) -> None:
        self.position = position
        self.rules = rules
        self.on = on
        self.limit = position.limit_on(on)
        self.stands = dict(position.stands)

    def decided(self, claim: CreditClaim) -> CreditDecision:
        if self.rules.advance_payment_passes and claim.is_paid_in_advance:
            return CreditDecision()
        if self.limit is None:
            return CreditDecision()
        if claim.amount is None:
            # what holds it is what keeps its amount from being known
            fault = self._fault("no_amount") if claim.consumes else None
            return CreditDecision(fault)
        totals = self._totals(claim, claim.amount)
        exposure = ZERO
        for currency, total in totals.items():
            worth = self.position.worth(total, currency)
            if worth is None:
                # the day is left out: the same fault must read the same tomorrow
                unknown = self._fault("no_rate", foreign_currency=currency)
                return CreditDecision(unknown)
            exposure += worth
        foreign = {
            currency: self.position.conversions[currency]
            for currency, total in totals.items()
            if total and currency != self.position.currency
        }
        fault = None
        if exposure > self.limit:
            fault = self._over(claim, exposure, totals)
        return CreditDecision(fault, exposure, foreign)

    def take(self, claim: CreditClaim) -> None:
        """Count the order among the accepted ones, where these count."""
        if claim.amount is None or not self.rules.count_accepted_orders:
            return
        taken = Exposure(accepted_orders=claim.amount, prepaid=claim.advance)
        before = self.stands.get(claim.currency, _NOTHING)
        self.stands[claim.currency] = before + taken

    def _totals(self, claim: CreditClaim, amount: Decimal) -> dict[str, Decimal]:
        """Return what counts by currency with the order, the order's own last."""
        totals = {
            currency: one.total(self.rules)
            for currency, one in self.stands.items()
            if currency != claim.currency
        }
        own = self.stands.get(claim.currency, _NOTHING)
        totals[claim.currency] = own.total(
            self.rules, asked=amount, advance=claim.advance
        )
        return totals

    def _fault(self, case: str, **clash: Any) -> OrderFault:
        currency = self.position.currency
        return order_fault(
            CREDIT_LIMIT, "credit_limit", case=case, currency=currency, **clash
        )

    def _over(
        self, claim: CreditClaim, exposure: Decimal, totals: Mapping[str, Decimal]
    ) -> OrderFault:
        """Say by how much the limit is passed; of foreign money, at which rate."""
        position, limit = self.position, self.limit or ZERO
        clash: dict[str, Any] = {
            "exposure": exposure,
            "limit": limit,
            "over": exposure - limit,
            "amount": claim.amount or ZERO,
            "order_currency": claim.currency,
        }
        case = "over"
        if position.has_ended(self.on) and position.expires_on is not None:
            case = "ended"
            clash |= {"limit": position.limit or ZERO, "until": position.expires_on}
        foreign = [
            (currency, total)
            for currency, total in totals.items()
            if total and currency != position.currency
        ]
        if not foreign:
            return self._fault(case, **clash)
        currency, total = foreign[-1]
        conversion = position.conversions[currency]
        return self._fault(
            f"{case}_foreign",
            foreign=total,
            foreign_currency=currency,
            worth=conversion.worth(total),
            rate=conversion.rate,
            rate_on=conversion.dated_on,
            **clash,
        )
