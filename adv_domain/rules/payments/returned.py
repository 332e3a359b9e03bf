"""Which earlier payment did the bank take back?

A return or reversal undoes exactly one payment of the same account, currency and
amount. Its own references decide first, then the payer's account.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from adv_domain.rules.identifiers import normalised_reference


class MoneyKind(StrEnum):
    """What a bank movement means for receivables."""

    PAYMENT = "payment"
    RETURN = "return"
    OTHER = "other"


def kind_of_money(amount: Decimal, *, reversal: bool, return_reason: str) -> MoneyKind:
    """Tell money in from a customer from money taken back and from all the rest.

    Money out is a return only where the bank says so (a reversal flag or a return
    reason); fees and our own transfers are none of ours, nor is the reversal of one.
    """
    if amount > 0:
        return MoneyKind.OTHER if reversal else MoneyKind.PAYMENT
    if amount < 0 and (reversal or return_reason):
        return MoneyKind.RETURN
    return MoneyKind.OTHER


@dataclass(frozen=True, slots=True)
class MoneyMovement:
    """A bank movement; amount is positive for the payment, negative for the return."""

    payment_id: int
    account: str
    amount: Decimal
    currency: str
    booked_on: date
    structured_reference: str = ""
    end_to_end_id: str = ""
    remittance: str = ""
    payer_iban: str = ""


@dataclass(frozen=True, slots=True)
class ReturnDecision:
    """The payment that is undone; None sends the return to review with the reason."""

    return_id: int
    payment_id: int | None
    evidence: str
    candidates: tuple[int, ...] = ()


def match_returns(
    returns: Sequence[MoneyMovement], *, originals: Sequence[MoneyMovement]
) -> list[ReturnDecision]:
    """Find the one payment that each return undoes; none is undone twice."""
    by_amount: dict[tuple[str, str, Decimal], list[MoneyMovement]] = {}
    for original in originals:
        key = (original.account, original.currency, original.amount)
        by_amount.setdefault(key, []).append(original)
    undone: set[int] = set()
    decisions = []
    for returned in returns:
        key = (returned.account, returned.currency, -returned.amount)
        candidates = [
            original
            for original in by_amount.get(key, ())
            if original.payment_id not in undone
            and original.booked_on <= returned.booked_on
        ]
        decision = _decided(returned, candidates)
        if decision.payment_id is not None:
            undone.add(decision.payment_id)
        decisions.append(decision)
    return decisions


def _decided(
    returned: MoneyMovement, candidates: Sequence[MoneyMovement]
) -> ReturnDecision:
    for what, mark in _MARKS:
        own = mark(returned)
        same = [one for one in candidates if own and mark(one) == own]
        if len(same) == 1:
            evidence = f"same {what} and amount"
            return ReturnDecision(returned.payment_id, same[0].payment_id, evidence)
        if same:
            candidates = same
    why = "several payments fit" if candidates else "no payment of this amount"
    if len(candidates) == 1:
        why = "one payment has this amount, but neither reference nor payer agree"
    ids = tuple(one.payment_id for one in candidates)
    return ReturnDecision(returned.payment_id, None, why, ids)


_MARKS: tuple[tuple[str, Callable[[MoneyMovement], str]], ...] = (
    ("end-to-end id", lambda one: one.end_to_end_id),
    ("reference", lambda one: normalised_reference(one.structured_reference)),
    ("text", lambda one: normalised_reference(one.remittance)),
    ("payer's account", lambda one: one.payer_iban),
)
