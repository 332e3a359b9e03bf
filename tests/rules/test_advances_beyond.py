"""Row 41: what an order's documents come to is never more than the order bills."""

from dataclasses import dataclass, field, replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.advances.advances import (
    AdvanceReceived,
    advance_bases,
    draft_advance,
    not_deducted,
)
from adv_domain.rules.advances.paid_ahead import (
    Advance,
    Advances,
    deductions,
    gross_taken,
    left_after,
)
from adv_domain.rules.billing.charges import TaxedAt
from adv_domain.rules.billing.invoicing import invoice_amounts
from adv_domain.rules.billing.rounding import PER_DOCUMENT
from tests.rules.test_advance_parts import DAY, an_order, groups, inputs_of

ZERO = Decimal(0)
steps = st.lists(
    st.tuples(st.sampled_from(["pay", "ship"]), st.integers(1, 130)),
    min_size=1,
    max_size=8,
)


@dataclass
class _Books:
    """An order of which parts are billed and paid ahead, in any order."""

    rest: dict
    asked: dict
    ahead: Advances = field(default_factory=Advances)
    invoiced: dict = field(default_factory=dict)
    billed: Decimal = ZERO
    documents: Decimal = ZERO

    @property
    def left_to_bill(self):
        rest = {group: base for group, base in self.rest.items() if base}
        return an_order(rest) if rest else None

    def pay(self, percent):
        """Receive money for the order, and invoice what of it may be."""
        rest = self.left_to_bill
        if rest is None:
            return
        amount = (rest.amounts.gross * percent / 100).quantize(Decimal("0.01"))
        if not amount:
            return
        before = not_deducted(self.invoiced, self.ahead, currency="EUR")
        money = AdvanceReceived(amount, DAY, self.asked, before)
        draft = draft_advance(rest, money, description="A", rounding=PER_DOCUMENT)
        if draft is None:
            return
        assert ZERO < draft.amounts.gross <= amount
        left = {TaxedAt(*one[3:6]): one.unit_price for one in draft.inputs}
        at = len(self.ahead.invoices)
        self.ahead = replace(
            self.ahead,
            invoices=(*self.ahead.invoices, Advance(at, f"A-{at}", left)),
            gross=self.ahead.gross + draft.amounts.gross,
        )
        for one in draft.amounts.taxes:
            key = (one.kind, one.category, one.rate)
            base, tax = self.invoiced.get(key, (ZERO, ZERO))
            self.invoiced[key] = (base + one.base, tax + one.tax)
        self.documents += draft.amounts.gross

    def ship(self, percent):
        """Bill a part of what is left, less what was paid ahead."""
        part = {
            group: min(base, (base * percent / 100).quantize(Decimal("0.01")))
            for group, base in self.rest.items()
        }
        part = {group: base for group, base in part.items() if base}
        if not part:
            return
        self.rest = {
            group: base - part.get(group, ZERO) for group, base in self.rest.items()
        }
        lines = inputs_of(part)
        off = deductions(self.ahead, lines, (), "EUR")
        gross = gross_taken(self.ahead, off, currency="EUR", rounding=PER_DOCUMENT)
        self.ahead = left_after(self.ahead, off, gross=gross)
        billed = invoice_amounts(lines, "EUR").gross
        self.billed += billed
        self.documents += billed - gross


@given(bases=groups, percent=st.integers(1, 100), events=steps)
def test_row_41_advances_and_invoices_never_exceed_what_the_order_bills(
    bases, percent, events
):
    """Whenever the money comes: before, between or after the deliveries."""
    asked = advance_bases(an_order(bases), rate=Decimal(percent) / 100)
    books = _Books(dict(bases), asked)
    for what, share in events:
        getattr(books, what)(share)
        rest = books.left_to_bill
        still = rest.amounts.gross if rest else ZERO
        # a cent of tax a group for each document, where parts are rounded
        cents = Decimal("0.02") * len(bases) * len(events)
        assert books.documents <= books.billed + still + cents
        assert books.documents == books.billed + books.ahead.gross
    if books.left_to_bill is None:
        before = books.documents
        books.pay(100)
        assert books.documents == before


@given(bases=groups, percent=st.integers(1, 100))
def test_row_41_money_after_the_full_invoice_is_no_advance(bases, percent):
    order = an_order(bases)
    asked = advance_bases(order, rate=Decimal(percent) / 100)
    nothing = an_order(dict.fromkeys(bases, ZERO))
    money = AdvanceReceived(order.amounts.gross, DAY, asked)
    given_up = draft_advance(nothing, money, description="A", rounding=PER_DOCUMENT)
    assert given_up is None
