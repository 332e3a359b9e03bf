"""What is open, and how is it found by reference, number, payer or amount?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from adv_domain.rules.identifiers import normalised_reference
from adv_domain.rules.terms.early_offer import EarlyOffer

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One instalment of an invoice; open_amount 0 says that it is settled.

    early_amount is what settles the whole invoice (gross, less its credit notes) up
    to early_until. Where notes lowered it, early_stated is the figure on the document
    and early_too_little what is left less the discount on the document.
    """

    instalment_id: int
    invoice_no: str
    reference: str
    customer_id: int
    currency: str
    due_on: date
    open_amount: Decimal
    gross: Decimal
    issued_on: date | None = None
    early_until: date | None = None
    early_amount: Decimal | None = None
    early_stated: Decimal | None = None
    early_too_little: Decimal | None = None


def with_offer(item: OpenItem, offer: EarlyOffer | None) -> OpenItem:
    """Take what is offered after credit notes in place of what the document offers."""
    if offer is None:
        return replace(item, early_until=None, early_amount=None)
    return replace(
        item,
        gross=offer.left,
        early_amount=offer.amount,
        early_stated=offer.stated,
        early_too_little=offer.too_little,
    )


class OpenItems:
    """The open items of a batch; balances fall as payments take their part."""

    __slots__ = (
        "_balances",
        "_by_amount",
        "_by_customer",
        "_by_number",
        "_by_rf",
        "number_starts",
    )

    def __init__(self, items: Iterable[OpenItem] = ()) -> None:
        self.number_starts: set[str] = set()
        self._balances: dict[int, Decimal] = {}
        self._by_rf: dict[str, list[OpenItem]] = defaultdict(list)
        self._by_number: dict[str, list[OpenItem]] = defaultdict(list)
        self._by_customer: dict[int, list[OpenItem]] = defaultdict(list)
        self._by_amount: dict[tuple[str, Decimal], list[OpenItem]] = defaultdict(list)
        self.add(items)

    def add(self, items: Iterable[OpenItem]) -> None:
        """Take in more items; one that is known keeps its balance."""
        for item in items:
            if item.instalment_id not in self._balances:
                self._add(item)

    def _add(self, item: OpenItem) -> None:
        self._balances[item.instalment_id] = item.open_amount
        if item.reference:
            self._by_rf[item.reference].append(item)
        number = normalised_reference(item.invoice_no)
        self._by_number[number].append(item)
        self.number_starts.add(number[:1])
        if item.open_amount > 0:
            self._by_customer[item.customer_id].append(item)
            self._by_amount[item.currency, item.open_amount].append(item)

    @property
    def numbers(self) -> Mapping[str, list[OpenItem]]:
        """The items by normalised invoice number."""
        return self._by_number

    def with_reference(self, reference: str) -> list[OpenItem]:
        """Return the items of the invoice with this creditor reference."""
        return self._by_rf.get(reference, [])

    def of_customers(
        self, customers: Iterable[int], *, currency: str
    ) -> list[OpenItem]:
        """Return what the customers still owe in the currency, oldest due first."""
        found = [
            item
            for customer in sorted(customers)
            for item in self._by_customer.get(customer, ())
            if item.currency == currency and self.balance(item) > 0
        ]
        found.sort(key=lambda one: (one.due_on, one.instalment_id))
        return found

    def with_amount(self, amount: Decimal, *, currency: str) -> list[OpenItem]:
        """Return the items of which exactly this amount is open."""
        return [
            item
            for item in self._by_amount.get((currency, amount), ())
            if self.balance(item) == amount
        ]

    def balance(self, item: OpenItem) -> Decimal:
        """Return what is still open of the item."""
        return self._balances[item.instalment_id]

    def total(self, items: Iterable[OpenItem]) -> Decimal:
        """Return what is still open of the items, all of one currency."""
        return sum((self.balance(item) for item in items), _ZERO)

    def take(self, instalment_id: int, amount: Decimal) -> None:
        """Lower the instalment's balance; raises ValueError below zero."""
        rest = self._balances[instalment_id] - amount
        if rest < 0:
            raise ValueError(f"{amount} is more than what is open: {rest + amount}")
        self._balances[instalment_id] = rest
