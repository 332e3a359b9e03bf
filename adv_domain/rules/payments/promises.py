"""Did a customer keep the promise to pay an item?"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from adv_domain.rules.money import ZERO


class PromiseState(StrEnum):
    """How a promise ends once it is decided."""

    KEPT = "kept"
    PARTLY = "partly"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class PromiseFacts:
    """A promise for an item, and what became of the item up to its last day.

    paid is what was paid since the promise and left is what is open, both as of
    that day, in the item's one currency.
    """

    amount: Decimal
    promised_on: date
    paid: Decimal
    left: Decimal


def last_day_of(promised_on: date, *, grace_days: int) -> date:
    """Return the last day on which money still counts for the promise."""
    return promised_on + timedelta(days=grace_days)


def promise_state(
    facts: PromiseFacts, *, on: date, grace_days: int
) -> PromiseState | None:
    """Decide on the promise as of the day, None while there is still time.

    It is kept as soon as the promised amount came or nothing is left to pay; once
    its last day has passed, a part of it is partly, and nothing is broken.
    """
    if facts.paid >= facts.amount or facts.left <= ZERO:
        return PromiseState.KEPT
    if on <= last_day_of(facts.promised_on, grace_days=grace_days):
        return None
    return PromiseState.PARTLY if facts.paid > ZERO else PromiseState.BROKEN
