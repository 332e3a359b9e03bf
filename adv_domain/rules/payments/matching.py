"""Which invoices does a payment settle, and how do we know?

In this order: structured reference, document numbers in the payer's text, exact
amount and known payer. What has more than one reading goes to review with
proposals; nothing is guessed. Currencies are never mixed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from adv_domain.rules.identifiers import creditor_references_in
from adv_domain.rules.payments.match_decision import (
    Decision,
    IncomingPayment,
    MatchState,
    Proposal,
)
from adv_domain.rules.payments.open_items import OpenItem, OpenItems
from adv_domain.rules.payments.payer_text import is_weak_number, spelled_numbers
from adv_domain.rules.payments.settlement import (
    Settlement,
    exact_settlements,
    settlement_of,
)

_MOST_PROPOSALS = 3


Payers = Mapping[str, frozenset[int]]
"""The customers known to pay from an IBAN."""


def match_payments(
    payments: Sequence[IncomingPayment], *, items: OpenItems, payers: Payers
) -> list[Decision]:
    """Decide each payment in the order given; earlier ones take from the items.

    Raises ValueError for a payment that is not money in.
    """
    return [_decided(payment, items, payers) for payment in payments]


@dataclass(frozen=True, slots=True)
class _Named:
    """The items that the payer named, how, and whether the name may be chance."""

    items: tuple[OpenItem, ...]
    how: str
    is_weak: bool = False

    @property
    def invoices(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(item.invoice_no for item in self.items))


def _decided(payment: IncomingPayment, items: OpenItems, payers: Payers) -> Decision:
    if payment.amount <= 0:
        raise ValueError(f"payment {payment.payment_id} is not money in")
    known = payers.get(payment.payer_iban, frozenset()) if payment.payer_iban else ()
    named = _by_reference(payment, items) or _by_number(payment, items)
    if named is not None:
        return _named_decision(payment, named, items, frozenset(known))
    return _payer_decision(payment, items, frozenset(known))


def _by_reference(payment: IncomingPayment, items: OpenItems) -> _Named | None:
    """Find the items by creditor references: the structured one, then in the text."""
    reference = payment.structured_reference.replace(" ", "").upper()
    found = items.with_reference(reference) if reference else []
    if found:
        return _Named(tuple(found), f"reference {reference}")
    said = (
        f"{payment.structured_reference} {payment.end_to_end_id} {payment.remittance}"
    )
    if "RF" not in said.upper():
        return None
    written = creditor_references_in(said)
    found = [item for one in written for item in items.with_reference(one)]
    if not found:
        return None
    return _Named(_each_once(found), f"reference {', '.join(written)}")


def _by_number(payment: IncomingPayment, items: OpenItems) -> _Named | None:
    """Find the items by the invoice numbers that the payer wrote."""
    said = (
        f"{payment.structured_reference} {payment.end_to_end_id} {payment.remittance}"
    )
    written = spelled_numbers(said, items.numbers, starts=items.number_starts)
    if not written:
        return None
    strong = [number for number in written if not is_weak_number(number)]
    found = [item for number in strong or written for item in items.numbers[number]]
    numbers = ", ".join(dict.fromkeys(item.invoice_no for item in found))
    return _Named(
        _each_once(found),
        f"invoice number {numbers}",
        is_weak=not strong,
    )


def _each_once(found: Iterable[OpenItem]) -> tuple[OpenItem, ...]:
    return tuple({item.instalment_id: item for item in found}.values())


def _named_decision(
    payment: IncomingPayment, named: _Named, items: OpenItems, known: frozenset[int]
) -> Decision:
    """Settle what the payer named, or say why a person must look."""
    customers = {item.customer_id for item in named.items}
    if len(customers) > 1:
        return _review(payment, named, None, "names invoices of several customers")
    (customer,) = customers
    if any(item.currency != payment.currency for item in named.items):
        return _review(payment, named, customer, "is in another currency")
    due = [item for item in named.items if items.balance(item) > 0]
    if not due:
        return _review(payment, named, customer, "comes for what is settled already")
    due.sort(key=lambda item: (item.due_on, item.instalment_id))
    way = settlement_of(payment.amount, paid_on=payment.paid_on, due=due, items=items)
    if not (way.is_exact or _is_credible(named, customer, known)):
        return _review(payment, named, customer, "fits neither amount nor payer")
    if not way.shares:
        return _review(payment, named, customer, f"is {way.how}")
    return _settled(payment, customer, way, f"{named.how}: {way.how}", items)


def _is_credible(named: _Named, customer: int, known: frozenset[int]) -> bool:
    """Tell whether the name alone says enough, without an exact amount.

    Not where another customer is known to pay from this account, nor where a
    plain number may stand in the text by chance.
    """
    return customer in known or not (known or named.is_weak)


def _payer_decision(
    payment: IncomingPayment, items: OpenItems, known: frozenset[int]
) -> Decision:
    """Settle by exact amount where the payer's account is known."""
    if not known:
        return _stranger_decision(payment, items)
    owed = items.of_customers(known, currency=payment.currency)
    readings = [
        reading
        for customer in sorted(known)
        for reading in exact_settlements(
            payment.amount,
            paid_on=payment.paid_on,
            owed=[item for item in owed if item.customer_id == customer],
            items=items,
        )
    ]
    if len(readings) == 1:
        named, way = readings[0]
        evidence = f"payer's account {payment.payer_iban} and {way.how}"
        return _settled(payment, named[0].customer_id, way, evidence, items)
    customer = next(iter(known)) if len(known) == 1 else None
    if readings:
        why = f"{len(readings)} readings of the same amount"
        groups = [named for named, _way in readings]
        return _open_question(payment, customer, why, groups)
    if not owed:
        return _unmatched(payment, customer, "known payer, nothing open")
    why = "known payer, amount fits no invoice"
    return _open_question(payment, customer, why, [_oldest_first(payment, owed, items)])


def _stranger_decision(payment: IncomingPayment, items: OpenItems) -> Decision:
    """Propose what has the same amount open; an unknown payer settles nothing."""
    equal = items.with_amount(payment.amount, currency=payment.currency)
    if not equal:
        return _unmatched(payment, None, "no reference, unknown payer")
    why = "same amount, unknown payer"
    return _open_question(payment, None, why, [(item,) for item in equal])


def _oldest_first(
    payment: IncomingPayment, owed: Sequence[OpenItem], items: OpenItems
) -> tuple[OpenItem, ...]:
    left = payment.amount
    chosen: list[OpenItem] = []
    for item in owed:
        if left <= 0:
            break
        chosen.append(item)
        left -= items.balance(item)
    return tuple(chosen)


def _settled(
    payment: IncomingPayment,
    customer: int,
    way: Settlement,
    evidence: str,
    items: OpenItems,
) -> Decision:
    for share in way.shares:
        items.take(share.instalment_id, share.amount)
    for discount in way.discounts:
        items.take(discount.instalment_id, discount.amount)
    return Decision(
        payment_id=payment.payment_id,
        state=MatchState.MATCHED,
        customer_id=customer,
        shares=way.shares,
        unapplied=way.unapplied,
        evidence=evidence,
        discounts=way.discounts,
    )


def _review(
    payment: IncomingPayment, named: _Named, customer: int | None, why: str
) -> Decision:
    evidence = f"{named.how}, but the payment {why}"
    proposal = Proposal(named.invoices, evidence)
    return Decision(
        payment_id=payment.payment_id,
        state=MatchState.REVIEW,
        customer_id=customer,
        shares=(),
        unapplied=payment.amount,
        evidence=evidence,
        proposals=(proposal,),
    )


def _open_question(
    payment: IncomingPayment,
    customer: int | None,
    why: str,
    groups: Sequence[Sequence[OpenItem]],
) -> Decision:
    proposals = tuple(
        Proposal(tuple(dict.fromkeys(item.invoice_no for item in group)), why)
        for group in groups[:_MOST_PROPOSALS]
    )
    return Decision(
        payment_id=payment.payment_id,
        state=MatchState.REVIEW,
        customer_id=customer,
        shares=(),
        unapplied=payment.amount,
        evidence=why,
        proposals=proposals,
    )


def _unmatched(payment: IncomingPayment, customer: int | None, why: str) -> Decision:
    return Decision(
        payment_id=payment.payment_id,
        state=MatchState.UNMATCHED,
        customer_id=customer,
        shares=(),
        unapplied=payment.amount,
        evidence=why,
    )
