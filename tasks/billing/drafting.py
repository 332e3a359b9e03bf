"""Which documents do a batch's billable orders become, alone or together?"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import Connection

from adv_domain.rules.advances.paid_ahead import Advances, left_after
from adv_domain.rules.billing.collecting import collected, is_taxed_alike, together
from adv_domain.rules.billing.drafting import draft_invoice, with_company_tax
from adv_domain.rules.billing.posting import BillableOrder, Draft
from adv_domain.rules.terms.terms import TermBase
from adv_domain.store.billing.billable import closed_on
from adv_domain.store.company import COMPANY_ID
from tasks.batches import BatchResult, decided
from tasks.billing.amounts import AmountRules, read_amount_rules
from tasks.billing.books import Books, TermsOverCap, due_of, read_books, term_of


class PeriodClosed(ValueError):
    """The business date lies in a closed period."""

    def __init__(self, on: date) -> None:
        super().__init__(
            f"{on} lies in a closed period and takes no more postings; "
            "run invoicing for an open day"
        )


@dataclass(frozen=True, slots=True)
class Desk:
    """What drafting a batch's documents of a day looks up, read once."""

    on: date
    books: Books
    amounts: AmountRules
    is_closed: bool

    def draft(self, order: BillableOrder) -> Draft:
        """Decide the document; raises what sets an order aside, PeriodClosed too."""
        if self.is_closed:
            raise PeriodClosed(self.on)
        draft = draft_invoice(
            order,
            book=self.amounts.taxes,
            conditions=self.amounts.conditions_of(order),
        )
        # a term that does not work is told here, not when the series is locked
        due_of(self.books, draft, issued_on=self.on)
        return with_company_tax(
            draft,
            name=f"order {order.order_no}",
            currency=self.books.company.currency,
            rates=self.amounts.exchange,
        )


@dataclass(frozen=True, slots=True)
class _InTurn:
    """Drafts a batch's orders in turn: of several invoices of one order, a month each,
    a later one deducts of its advances what the earlier ones have left."""

    desk: Desk
    left: dict[tuple[int, ...], Advances] = field(default_factory=dict)

    def draft(self, order: BillableOrder) -> Draft:
        if not order.advances.invoices:
            return self.desk.draft(order)
        ahead = self.left.get(order.order_ids, order.advances)
        draft = self.desk.draft(replace(order, advances=ahead))
        self.left[order.order_ids] = left_after(
            ahead, draft.amounts.charges, gross=draft.deducted
        )
        return draft


def read_desk(
    connection: Connection, orders: Sequence[BillableOrder], *, on: date
) -> Desk:
    """Read what drafting looks up in a constant number of statements."""
    books = read_books(connection, [order.customer_id for order in orders])
    return Desk(
        on=on,
        books=books,
        amounts=read_amount_rules(connection, orders, company=books.company),
        is_closed=closed_on(connection, COMPANY_ID, on),
    )


def drafts_of(
    desk: Desk, orders: Sequence[BillableOrder], *, result: BatchResult
) -> list[Draft]:
    """Decide each order by itself, then put together those that share an invoice.

    So an order that cannot be invoiced is set aside alone, and holds up no other.
    """
    pairs = decided(
        orders,
        _InTurn(desk).draft,
        name_of=lambda order: order.order_no,
        result=result,
    )
    alone = {id(order): draft for order, draft in pairs}
    groups = collected(
        [order for order, _ in pairs], counted_from_order=_from_order(desk, pairs)
    )
    return [
        draft
        for group in groups
        for draft in _joint(desk, group, [alone[id(order)] for order in group])
    ]


def _joint(
    desk: Desk, group: Sequence[BillableOrder], apart: Sequence[Draft]
) -> Sequence[Draft]:
    """Return one document of the group, or one each where they do not agree after all:
    in the tax of a line, or in due dates that the law would shorten."""
    if len(group) == 1:
        return apart
    try:
        joint = desk.draft(together(group))
    except TermsOverCap:
        return apart
    return [joint] if is_taxed_alike(joint, apart) else apart


def _from_order(
    desk: Desk, pairs: Sequence[tuple[BillableOrder, Draft]]
) -> frozenset[str]:
    return frozenset(
        code
        for code in {order.payment_terms for order, _ in pairs if order.collect_on}
        if term_of(desk.books, code).base is TermBase.ORDER
    )
