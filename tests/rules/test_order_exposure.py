"""What an order that has moved weighs: laws of shipping, invoicing and rounding."""

from dataclasses import dataclass
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.billing.invoicing import InvoiceLineInput, invoice_amounts
from adv_domain.rules.money import ZERO
from adv_domain.rules.orders.exposure import CreditRules
from adv_domain.rules.orders.order_exposure import (
    OpenLine,
    order_exposure,
    rounding_bound,
)

RATES = {"standard": Decimal("0.21"), "reduced": Decimal("0.1"), "zero": ZERO}


@dataclass(frozen=True)
class Shares:
    """A line, and the parts of it that were shipped and invoiced, in tenths."""

    line: OpenLine
    shipped: int
    invoiced: int

    def at(self, *, shipped: bool = False, invoiced: bool = False) -> OpenLine:
        tenth = self.line.qty / 10
        return self.line._replace(
            qty_shipped=tenth * self.shipped if shipped else ZERO,
            qty_invoiced=tenth * min(self.shipped, self.invoiced) if invoiced else ZERO,
        )


open_lines = st.builds(
    OpenLine,
    qty=st.integers(1, 60).map(Decimal),
    qty_shipped=st.just(ZERO),
    qty_invoiced=st.just(ZERO),
    qty_cancelled=st.just(ZERO),
    qty_ignored=st.just(ZERO),
    unit_price=st.decimals("0.001", 90, places=4),
    discount_rate=st.sampled_from([ZERO, Decimal("0.05")]),
    customer_category=st.sampled_from(["standard", "standard", "zero"]),
    product_class=st.sampled_from(sorted(RATES)),
)
orders = st.lists(
    st.builds(
        Shares, line=open_lines, shipped=st.integers(0, 10), invoiced=st.integers(0, 10)
    ),
    min_size=1,
    max_size=5,
)
currencies = st.sampled_from(["EUR", "JPY", "TND"])


def weight(lines: list[OpenLine], currency: str) -> Decimal:
    stands = order_exposure(lines, rates=RATES, currency=currency)
    return stands.total(CreditRules())


def category_of(line: OpenLine) -> str:
    is_domestic = line.customer_category == "standard"
    return line.product_class if is_domestic else line.customer_category


def invoiced(lines: list[tuple[OpenLine, Decimal]], currency: str) -> Decimal:
    """Return what an invoice of these quantities comes to, by the invoicing rule."""
    inputs = [
        InvoiceLineInput(
            qty,
            line.unit_price,
            line.discount_rate,
            category_of(line),
            RATES[category_of(line)],
        )
        for line, qty in lines
        if qty
    ]
    return invoice_amounts(inputs, currency).gross if inputs else ZERO


@given(orders, currencies)
def test_invariant_35_shipping_changes_nothing(
    order: list[Shares], currency: str
) -> None:
    before = weight([one.at() for one in order], currency)
    assert weight([one.at(shipped=True) for one in order], currency) == before


@given(orders, currencies)
def test_invariant_35_an_order_weighs_what_its_invoice_will(
    order: list[Shares], currency: str
) -> None:
    whole = [(one.line, one.line.qty) for one in order]
    assert weight([one.at() for one in order], currency) == invoiced(whole, currency)


@given(orders, currencies)
def test_invariant_35_an_invoice_that_leaves_a_rest_moves_it_by_rounding_alone(
    order: list[Shares], currency: str
) -> None:
    before = weight([one.at(shipped=True) for one in order], currency)
    after = [one.at(shipped=True, invoiced=True) for one in order]
    bill = invoiced([(line, line.qty_invoiced) for line in after], currency)
    moved = weight(after, currency) + bill - before
    split = [line for line in after if ZERO < line.qty_invoiced < line.qty]
    bound = rounding_bound(
        lines=len(split),
        rates={RATES[category_of(line)] for line in after},
        currency=currency,
    )
    assert abs(moved) <= bound
    if all(line.qty_invoiced == line.qty for line in after):
        assert moved == 0


@given(orders, currencies)
def test_of_a_cancelled_order_only_what_was_shipped_stands(
    order: list[Shares], currency: str
) -> None:
    lines = [one.at(shipped=True) for one in order]
    stands = order_exposure(lines, rates=RATES, currency=currency, is_cancelled=True)
    shipped = [(line, line.qty_shipped) for line in lines]
    assert (stands.unbilled, stands.accepted_orders) == (invoiced(shipped, currency), 0)
