"""What settles an invoice early, once a part of it was credited?

The offer on the document holds for what is left of it: the one formula, on the rest.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from adv_domain.rules.money import ZERO
from adv_domain.rules.terms.instalments import early_amount
from adv_domain.rules.terms.terms import EarlyDiscount


@dataclass(frozen=True, slots=True)
class StatedOffer:
    """What a document offers an early payer: amount for payable, until a day."""

    until: date
    payable: Decimal
    amount: Decimal
    net: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Credited:
    """What credit notes gave back, above zero; given is the early discount itself."""

    payable: Decimal = ZERO
    net: Decimal = ZERO
    given: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class EarlyOffer:
    """What settles the rest early: amount of left; in time, nothing paid before.

    stated is the document's own figure; too_little is the rest less the document's
    own discount, the most that a customer could take.
    """

    until: date
    left: Decimal
    amount: Decimal
    stated: Decimal
    too_little: Decimal


def offer_left(
    stated: StatedOffer, credited: Credited, rule: EarlyDiscount | None
) -> EarlyOffer | None:
    """Return the offer for what is left after credit notes, None where none is.

    A discount that was given already stays given: it is in what is left to pay, and
    never granted again.
    """
    rest = stated.payable - credited.payable
    amount = stated.amount
    if credited.payable or credited.net:
        if rule is None:
            return None
        net = stated.net - credited.net
        amount = early_amount(rule, total=rest, currency=stated.currency, net=net)
    left = rest - credited.given
    if amount <= 0 or amount >= left:
        return None
    too_little = rest - (stated.payable - stated.amount)
    return EarlyOffer(stated.until, left, amount, stated.amount, too_little)
