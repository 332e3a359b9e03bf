"""In one word for stock: is this customer good for his order?"""

from functools import lru_cache
from typing import NamedTuple


class CreditFacts(NamedTuple):
    """What is on record about a customer's and an order's credit.

    is_stopped: the customer is blocked or insolvent; the rest is about the order's
    own credit faults that stand: one that holds it, one that a person let pass, one
    that only warns.
    """

    is_stopped: bool = False
    is_paid: bool = False
    is_held: bool = False
    is_released: bool = False
    is_warned: bool = False


CREDIT_WORDS = ("stopped", "held", "paid", "released", "watch", "good")


# asked for each order of a batch, and there are few different answers
@lru_cache(maxsize=64)
def credit_word(facts: CreditFacts) -> str:
    """Return the gravest word that holds.

    stopped and held: prepare nothing more than asked; paid and good: as ordered;
    released: a person answers for it; watch: ask before anything beyond the order.
    """
    holds = (
        facts.is_stopped,
        facts.is_held,
        facts.is_paid,
        facts.is_released,
        facts.is_warned,
        True,
    )
    return next(word for word, is_so in zip(CREDIT_WORDS, holds, strict=True) if is_so)
