"""May this order be delivered on credit?

Exposure is what the customer could cost: open items less unapplied money, plus
what may be invoiced and is not yet, plus accepted orders, plus this order; each
class counts only where the policy says so, and each euro once. No limit means
unlimited, a limit of zero means nothing. Orders are looked at in turn, so that
two of them never pass on one remainder. All amounts are in the limit's currency.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from adv_domain.rules.money import ZERO, rounded_to_minor


@dataclass(frozen=True, slots=True)
class CreditRules:
    """Which classes of money count, and what paying in advance does."""

    count_open_items: bool = True
    count_unapplied: bool = True
    count_unbilled: bool = True
    count_accepted_orders: bool = True
    advance_payment_passes: bool = True


@dataclass(frozen=True, slots=True)
class CreditPosition:
    """A customer's limit and what already stands against it.

    unbilled is billable and not yet invoiced; accepted_orders is what is ordered
    and neither billable nor invoiced. A limit ends with the day expires_on; after
    it the cover is gone and counts as zero. unknown says why an amount could not be
    told in the limit's currency; then nothing passes but what is paid in advance.
    """

    limit: Decimal | None
    currency: str
    expires_on: date | None = None
    open_items: Decimal = ZERO
    unapplied: Decimal = ZERO
    unbilled: Decimal = ZERO
    accepted_orders: Decimal = ZERO
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class CreditClaim:
    """An order that asks for credit, in the turn in which it is to be looked at.

    amount is None where it could not be converted. consumes is False for an
    order that is held for another cause: it is told its result, and leaves the
    remainder to others.
    """

    order_id: int
    customer_id: int
    amount: Decimal | None
    is_paid_in_advance: bool = False
    is_waived: bool = False
    consumes: bool = True


@dataclass(frozen=True, slots=True)
class CreditDecision:
    """Whether the order passes, at which exposure (itself included), and why."""

    passes: bool
    exposure: Decimal
    limit: Decimal | None
    reason: str


def exposure(position: CreditPosition, *, rules: CreditRules) -> Decimal:
    """Return what already stands against the limit, without a new order."""
    return (
        (position.open_items if rules.count_open_items else ZERO)
        - (position.unapplied if rules.count_unapplied else ZERO)
        + (position.unbilled if rules.count_unbilled else ZERO)
        + (position.accepted_orders if rules.count_accepted_orders else ZERO)
    )


def credit_decisions(
    claims: Iterable[CreditClaim],
    *,
    positions: Mapping[int, CreditPosition],
    rules: CreditRules,
    on: date,
) -> dict[int, CreditDecision]:
    """Decide on each claim in turn; those that pass use up their customer's limit.

    Returns the decisions by order id. An order paid in advance uses up nothing.
    """
    standing = {
        customer_id: exposure(position, rules=rules)
        for customer_id, position in positions.items()
    }
    decisions: dict[int, CreditDecision] = {}
    for claim in claims:
        position = positions[claim.customer_id]
        decision = _decided(claim, position, standing[claim.customer_id], rules, on)
        decisions[claim.order_id] = decision
        if _uses_credit(claim, decision):
            standing[claim.customer_id] += claim.amount or ZERO
    return decisions


def _uses_credit(claim: CreditClaim, decision: CreditDecision) -> bool:
    if claim.is_paid_in_advance or not claim.consumes:
        return False
    return decision.passes or claim.is_waived


def _decided(
    claim: CreditClaim,
    position: CreditPosition,
    standing: Decimal,
    rules: CreditRules,
    on: date,
) -> CreditDecision:
    limit = limit_on(position, on=on)
    if claim.is_paid_in_advance and rules.advance_payment_passes:
        return CreditDecision(True, standing, limit, "paid in advance")
    if limit is None:
        return CreditDecision(True, standing, None, "no limit")
    if claim.amount is None or position.unknown:
        why = position.unknown or _no_amount(position.currency)
        return CreditDecision(False, standing, limit, why)
    total = standing + claim.amount
    if total <= limit:
        return CreditDecision(True, total, limit, "within the limit")
    return CreditDecision(False, total, limit, _over(position, total, limit))


def _no_amount(currency: str) -> str:
    return (
        f"the order's amount in {currency} is not known: a price or the exchange rate "
        f"to {currency} is missing; add it with adv import prices or exchange_rates"
    )


def limit_on(position: CreditPosition, *, on: date) -> Decimal | None:
    """Return the limit in force on the day: zero once its cover has expired."""
    expired = position.expires_on is not None and on > position.expires_on
    return ZERO if expired and position.limit is not None else position.limit


def _over(position: CreditPosition, total: Decimal, limit: Decimal) -> str:
    currency = position.currency
    told = (
        f"exposure {rounded_to_minor(total, currency)} {currency} with this order, "
        f"limit {rounded_to_minor(limit, currency)}"
    )
    if limit == position.limit or position.limit is None:
        return told
    ended = f"the limit of {rounded_to_minor(position.limit, currency)} ended on"
    return f"{told} ({ended} {position.expires_on})"
