"""Which payment terms do a batch's orders ask for, and which were agreed?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

from adv_domain.rules.orders.order_terms import NO_TERMS, OrderTerms, order_terms
from adv_domain.rules.terms.legal_caps import legal_cap
from adv_domain.rules.terms.term_form import term_from_form
from adv_domain.rules.terms.terms import PaymentTerm, TermError
from adv_domain.store.intake.payment_terms import term_definitions
from adv_domain.store.orders.agreements import CustomerTerms
from adv_domain.store.orders.validation import WaitingOrder

_Asked = tuple[str | None, str, str, str, date]


@dataclass(frozen=True, slots=True)
class TermsBook:
    """The terms that a batch names, by code; what was answered once is kept."""

    terms: Mapping[str, PaymentTerm]
    answered: dict[_Asked, OrderTerms] = field(default_factory=dict)

    def of_order(
        self, order: WaitingOrder, customer: CustomerTerms | None
    ) -> OrderTerms:
        """Return the order's terms beside its customer's and the law of his country."""
        if customer is None:
            return NO_TERMS
        key = (
            order.payment_terms,
            customer.payment_terms,
            customer.country,
            customer.party_kind,
            order.ordered_on,
        )
        if (found := self.answered.get(key)) is None:
            found = self.answered[key] = order_terms(
                order.payment_terms,
                customer.payment_terms,
                terms=self.terms,
                cap=legal_cap(customer.country, customer.party_kind, order.ordered_on),
            )
        return found


def read_terms_book(
    connection: Connection,
    orders: Iterable[WaitingOrder],
    customers: Iterable[CustomerTerms],
) -> TermsBook:
    """Read what the terms of the orders and of their customers say."""
    codes = {order.payment_terms for order in orders if order.payment_terms}
    codes |= {customer.payment_terms for customer in customers}
    return TermsBook(readable_terms(term_definitions(connection, codes)))


def readable_terms(definitions: Mapping[str, object]) -> dict[str, PaymentTerm]:
    """Return the terms by code; one that is no term is as good as unknown."""
    terms = {}
    for code, definition in definitions.items():
        try:
            terms[code] = term_from_form(definition)
        except TermError:
            continue
    return terms
