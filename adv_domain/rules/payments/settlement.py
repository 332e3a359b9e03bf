"""How does an amount settle items of one customer: whole, early, in part, over?

All items are of one currency. Where the customer paid early and in time, the
discount is left to a credit note; taken late, it is a short payment.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from adv_domain.rules.money import plain_amount
from adv_domain.rules.payments.match_decision import DiscountTaken, Share
from adv_domain.rules.payments.open_items import OpenItem, OpenItems

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Settlement:
    """A way to settle; is_exact where the amount itself tells what was meant.

    unapplied is what is left of the payment; no shares: the way is not clear.
    """

    shares: tuple[Share, ...]
    unapplied: Decimal
    how: str
    is_exact: bool
    discounts: tuple[DiscountTaken, ...] = ()


def settlement_of(
    amount: Decimal, *, paid_on: date, due: Sequence[OpenItem], items: OpenItems
) -> Settlement:
    """Settle the items that the payer named (each with something open).

    A short payment of several invoices does not tell which of them is short.
    """
    total = items.total(due)
    if amount == total:
        return Settlement(shares_of(due, items), _ZERO, "exact amount", True)
    early = _early(amount, paid_on, due, items)
    if early is None and len({item.invoice_no for item in due}) == 1:
        early = _early_by_document(amount, paid_on, due, items)
    if early is not None:
        return early
    if amount > total:
        how = f"overpaid by {plain_amount(amount - total, due[0].currency)}"
        return Settlement(shares_of(due, items), amount - total, how, False)
    if len({item.invoice_no for item in due}) > 1:
        return Settlement((), amount, "short for several invoices", False)
    return _part_of_invoice(amount, paid_on, due, items)


def exact_settlements(
    amount: Decimal, *, paid_on: date, owed: Sequence[OpenItem], items: OpenItems
) -> list[tuple[tuple[OpenItem, ...], Settlement]]:
    """Return every reading of an amount without a reference that fits to the cent.

    Read are single instalments, whole invoices, an invoice's early amount, and,
    only where none of these fits, everything that is owed.
    """
    found: dict[tuple[int, ...], tuple[tuple[OpenItem, ...], Settlement]] = {}
    for group in _groups(owed):
        way = _fitting(amount, paid_on, group, items)
        if way is not None:
            found.setdefault(tuple(item.instalment_id for item in group), (group, way))
    if not found and len(owed) > 1 and items.total(owed) == amount:
        all_of_it = Settlement(shares_of(owed, items), _ZERO, "whole balance", True)
        return [(tuple(owed), all_of_it)]
    return list(found.values())


def shares_of(due: Sequence[OpenItem], items: OpenItems) -> tuple[Share, ...]:
    """Settle every item in full."""
    return tuple(Share(item.instalment_id, items.balance(item)) for item in due)


def _groups(owed: Sequence[OpenItem]) -> list[tuple[OpenItem, ...]]:
    by_invoice: dict[str, list[OpenItem]] = {}
    for item in owed:
        by_invoice.setdefault(item.invoice_no, []).append(item)
    singles: list[tuple[OpenItem, ...]] = [(item,) for item in owed]
    return singles + [tuple(all_of) for all_of in by_invoice.values()]


def _fitting(
    amount: Decimal, paid_on: date, group: tuple[OpenItem, ...], items: OpenItems
) -> Settlement | None:
    if items.total(group) == amount:
        return Settlement(shares_of(group, items), _ZERO, "exact amount", True)
    return _early(amount, paid_on, group, items)


def _early(
    amount: Decimal, paid_on: date, due: Sequence[OpenItem], items: OpenItems
) -> Settlement | None:
    """Settle invoices paid at their early amount on or before the last day.

    Only an invoice of which nothing was paid yet can be paid early.
    """
    expected = _ZERO
    discounted: dict[str, Decimal] = {}
    by_invoice: dict[str, list[OpenItem]] = {}
    for item in due:
        by_invoice.setdefault(item.invoice_no, []).append(item)
    for invoice_no, parts in by_invoice.items():
        total, first = items.total(parts), parts[0]
        if _pays_early(first, total, paid_on) and first.early_amount is not None:
            discounted[invoice_no] = total - first.early_amount
            total = first.early_amount
        expected += total
    if not discounted or expected != amount:
        return None
    return _with_discounts(due, discounted, items)


def _early_by_document(
    amount: Decimal, paid_on: date, due: Sequence[OpenItem], items: OpenItems
) -> Settlement | None:
    """Settle one invoice of which a part was credited, paid by its document.

    Its own figure, as if nothing had been credited, earns what the offer is now; the
    rest stays the customer's. Its own discount, taken off what is left, is more than
    the offer is now: no shares, a person decides.
    """
    first = due[0]
    if first.early_amount is None or not _pays_early(first, items.total(due), paid_on):
        return None
    discount = first.gross - first.early_amount
    if amount == first.early_stated and amount > first.early_amount:
        way = _with_discounts(due, {first.invoice_no: discount}, items)
        return replace(way, unapplied=amount - first.early_amount)
    if amount != first.early_too_little:
        return None
    short = plain_amount(first.early_amount - amount, first.currency)
    how = f"{short} short: its credit notes lower the early-payment discount as well"
    return Settlement((), amount, how, True)


def _pays_early(item: OpenItem, total: Decimal, paid_on: date) -> bool:
    return (
        item.early_until is not None
        and paid_on <= item.early_until
        and total == item.gross
    )


def _with_discounts(
    due: Sequence[OpenItem], discounted: dict[str, Decimal], items: OpenItems
) -> Settlement:
    """Leave each invoice's discount open on its last instalments."""
    left = dict(discounted)
    shares: list[Share] = []
    taken: list[DiscountTaken] = []
    for item in reversed(due):
        balance = items.balance(item)
        discount = min(left.get(item.invoice_no, _ZERO), balance)
        if discount:
            left[item.invoice_no] -= discount
            taken.append(DiscountTaken(item.instalment_id, item.invoice_no, discount))
        if balance > discount:
            shares.append(Share(item.instalment_id, balance - discount))
    discount = sum(discounted.values(), _ZERO)
    how = f"early-payment discount of {plain_amount(discount, due[0].currency)}"
    return Settlement(tuple(reversed(shares)), _ZERO, how, True, tuple(reversed(taken)))


def _part_of_invoice(
    amount: Decimal, paid_on: date, due: Sequence[OpenItem], items: OpenItems
) -> Settlement:
    """Pay the instalment that the amount equals, else the oldest due first."""
    equal = [item for item in due if items.balance(item) == amount]
    if equal:
        how = f"instalment due {equal[0].due_on}"
        return Settlement(shares_of(equal[:1], items), _ZERO, how, True)
    left = amount
    shares: list[Share] = []
    for item in due:
        part = min(left, items.balance(item))
        if part:
            shares.append(Share(item.instalment_id, part))
            left -= part
    how = "part payment, oldest due first"
    first = due[0]
    if first.early_amount == amount and paid_on > (first.early_until or paid_on):
        how = f"early-payment discount taken after {first.early_until}: short payment"
    return Settlement(tuple(shares), _ZERO, how, False)
