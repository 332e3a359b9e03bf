"""What does a person's match of a payment settle, and when is it refused?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from adv_domain.rules.money import ZERO, minor_digits, rounded_to_minor
from adv_domain.rules.payments.match_decision import DiscountTaken, Share
from adv_domain.rules.terms.early_offer import EarlyOffer

MOST_RECEIVED = Decimal("999999999.99")


class MatchRefused(ValueError):
    """The payment cannot settle what it was matched with; says why."""


@dataclass(frozen=True, slots=True)
class HandItem:
    """An instalment that a person chose for a payment.

    early_amount settles its invoice, of payable after credit notes, up to early_until.
    Where notes lowered it, early_too_little is the rest less the discount on the
    document: a person who matches it lets the customer have it. early_stated is the
    figure on the document.
    """

    instalment_id: int
    invoice_no: str
    customer_id: int
    currency: str
    due_on: date
    issued_on: date
    open_amount: Decimal
    customer_code: str = ""
    payable: Decimal = Decimal(0)
    early_until: date | None = None
    early_amount: Decimal | None = None
    early_too_little: Decimal | None = None
    early_stated: Decimal | None = None


def with_offer(item: HandItem, offer: EarlyOffer | None) -> HandItem:
    """Take what is offered after credit notes in place of what the document offers."""
    if offer is None:
        return replace(item, early_until=None, early_amount=None)
    return replace(
        item,
        payable=offer.left,
        early_amount=offer.amount,
        early_too_little=offer.too_little,
        early_stated=offer.stated,
    )


def told_amount(amount: Decimal, currency: str) -> Decimal:
    """Return an amount that a person told, in the currency's digits.

    Raises MatchRefused for one that is not above zero, is beyond all that a payment
    can be, or has decimals that the currency does not have.
    """
    if amount <= 0:
        raise MatchRefused("an amount must be above 0; give what came in")
    if amount > MOST_RECEIVED:
        raise MatchRefused(
            f"the amount is above {MOST_RECEIVED:,f}, more than any payment; "
            "look for a slip in it"
        )
    exact = rounded_to_minor(amount, currency)
    if exact != amount:
        raise MatchRefused(
            f"an amount in {currency} has at most {minor_digits(currency)} decimals; "
            "look for a slip in it"
        )
    return exact


def check_owner(items: Sequence[HandItem], *, customer_id: int, code: str) -> None:
    """Raise MatchRefused where a named invoice is another customer's."""
    for item in items:
        if item.customer_id != customer_id:
            raise MatchRefused(
                f"invoice {item.invoice_no} is of customer {item.customer_code}, not "
                f"of {code}; record the money for {item.customer_code}, or name an "
                f"invoice of {code}"
            )


def meant_for(free: Decimal, items: Sequence[HandItem], *, paid_on: date) -> Decimal:
    """Return how much of the money is meant for the chosen items.

    All of it; but of the figure on a document of which a part was credited since, paid
    in time, what the offer is now: the rest is the customer's.
    """
    if len({item.invoice_no for item in items}) != 1:
        return free
    first = items[0]
    if first.early_amount is None:
        return free
    if free == first.early_stated and _may_pay_early(items, paid_on):
        return min(free, first.early_amount)
    return free


def _may_pay_early(parts: Sequence[HandItem], paid_on: date) -> bool:
    """Tell whether nothing of the invoice was paid yet, and its offer still holds."""
    until = parts[0].early_until
    is_unpaid = sum(one.open_amount for one in parts) == parts[0].payable
    return until is not None and paid_on <= until and is_unpaid


def hand_shares(
    free: Decimal, *, currency: str, items: Sequence[HandItem]
) -> tuple[int, tuple[Share, ...]]:
    """Settle the chosen items in the order given, oldest instalment first.

    free is what the payment has left. Returns the customer and the shares; what is
    more than the items stays unapplied. Raises MatchRefused.
    """
    if free <= 0:
        raise MatchRefused("the payment has nothing left to match; unmatch it first")
    customers = {item.customer_id for item in items}
    if len(customers) != 1:
        raise MatchRefused("one payment settles invoices of one customer")
    if any(item.currency != currency for item in items):
        raise MatchRefused(f"the payment is in {currency}, an invoice is not")
    shares: list[Share] = []
    for item in items:
        part = min(free, item.open_amount)
        if part > 0:
            shares.append(Share(item.instalment_id, part))
            free -= part
    if not shares:
        raise MatchRefused("nothing is open of these invoices")
    return customers.pop(), tuple(shares)


def hand_discounts(
    items: Sequence[HandItem], shares: Sequence[Share], *, paid_on: date
) -> tuple[DiscountTaken, ...]:
    """Return what is left open of invoices that were paid early, and in time.

    Only an invoice of which nothing was paid yet can be paid early.
    """
    given = {one.instalment_id: one.amount for one in shares}
    by_invoice: dict[str, list[HandItem]] = {}
    for item in items:
        by_invoice.setdefault(item.invoice_no, []).append(item)
    taken: list[DiscountTaken] = []
    for number, parts in by_invoice.items():
        first = parts[0]
        paid = sum(given.get(one.instalment_id, ZERO) for one in parts)
        if _may_pay_early(parts, paid_on) and paid in (
            first.early_amount,
            first.early_too_little,
        ):
            left = [
                (one, one.open_amount - given.get(one.instalment_id, ZERO))
                for one in parts
            ]
            taken += [
                DiscountTaken(one.instalment_id, number, rest)
                for one, rest in left
                if rest
            ]
    return tuple(taken)


def part_of(
    open_amount: Decimal, wanted: Decimal | None, *, what: str, currency: str
) -> Decimal:
    """Return the part of an open amount that is disputed or promised.

    Without a wanted part it is the whole. Raises MatchRefused where nothing is
    open, or the part is not within it or no amount of the currency.
    """
    if open_amount <= 0:
        raise MatchRefused("nothing is open of this invoice")
    if wanted is None:
        return open_amount
    if not 0 < wanted <= open_amount:
        most = rounded_to_minor(open_amount, currency)
        raise MatchRefused(f"the {what} part must be more than 0, at most {most:f}")
    return told_amount(wanted, currency)
