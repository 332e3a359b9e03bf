"""Both roundings of tax, cash rounding and what is shared out (rows 34, 35)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.billing.invoicing import (
    ChargeInput,
    InvoiceLineInput,
    invoice_amounts,
)
from adv_domain.rules.billing.rounding import (
    Rounding,
    cash_rounding,
    shared_tax,
)
from adv_domain.rules.money import minor_unit, rounded_to_minor

D = Decimal
RATES = [("standard", D("0.21"), D("0.052")), ("reduced", D("0.10"), D(0))]
currencies = st.sampled_from(["EUR", "JPY", "TND"])
amounts = st.decimals("-100000", "100000", places=3)
lines = st.lists(
    st.builds(
        lambda qty, price, taxed: InvoiceLineInput(qty, price, D(0), *taxed),
        st.decimals("0", "1000", places=3),
        st.decimals("0", "1000", places=4),
        st.sampled_from(RATES),
    ),
    min_size=1,
    max_size=12,
)
charges = st.lists(
    st.builds(
        lambda amount, taxed: ChargeInput("", D(amount), *taxed),
        st.integers(-500, 500),
        st.sampled_from(RATES),
    ),
    max_size=4,
)


@given(lines=lines, charges=charges, currency=currencies)
def test_row_34_both_roundings_differ_by_half_a_unit_a_line_at_most(
    lines, charges, currency
):
    """Invariant 4, for VAT and surcharge, charges counting as lines."""
    once = invoice_amounts(lines, currency, charges=charges)
    by_line = invoice_amounts(
        lines, currency, charges=charges, rounding=Rounding("line")
    )
    unit = minor_unit(currency)
    assert once.net == by_line.net
    for one, other in zip(once.taxes, by_line.taxes, strict=True):
        assert (one.kind, one.category, one.rate) == (
            other.kind,
            other.category,
            other.rate,
        )
        allowed = unit * (len(lines) + len(charges) + 1) / 2
        assert abs(one.tax - other.tax) <= allowed


@given(
    lines=lines,
    charges=charges,
    currency=currencies,
    tax=st.sampled_from(["document", "line"]),
)
def test_row_34_the_sums_of_the_norm_hold_in_both(lines, charges, currency, tax):
    """BR-CO-10, 13, 14, 15: lines, charges, taxes and gross sum exactly."""
    found = invoice_amounts(
        lines, currency, charges=charges, rounding=Rounding(tax, D("0.05"))
    )
    vat = [group for group in found.taxes if group.kind == "vat"]
    assert found.net == sum(found.line_nets) + sum(one.amount for one in charges)
    assert found.net == sum(group.base for group in vat)
    assert found.tax == sum(group.tax for group in found.taxes)
    assert found.gross == found.net + found.tax
    assert found.payable == found.gross + found.rounding
    mirrored = invoice_amounts(
        [line._replace(qty=-line.qty) for line in lines],
        currency,
        charges=[one._replace(amount=-one.amount) for one in charges],
        rounding=Rounding(tax, D("0.05")),
    )
    assert mirrored.payable == -found.payable


@pytest.mark.parametrize(
    ("price", "rate", "currency", "tax"),
    [
        # half a unit goes away from zero: 0.105, 0.025, 1.5 and 0.0005
        ("0.50", "0.21", "EUR", "0.11"),
        ("0.25", "0.10", "EUR", "0.03"),
        ("-0.25", "0.10", "EUR", "-0.03"),
        ("25", "0.10", "JPY", "3"),
        ("0.005", "0.10", "TND", "0.001"),
    ],
)
@pytest.mark.parametrize("tax_rounding", ["document", "line"])
def test_row_34_half_a_unit_of_tax_is_rounded_away_from_zero(
    price, rate, currency, tax, tax_rounding
):
    qty = D(-1) if price.startswith("-") else D(1)
    line = InvoiceLineInput(qty, abs(D(price)), D(0), "standard", D(rate))
    found = invoice_amounts([line], currency, rounding=Rounding(tax_rounding))
    assert str(found.tax) == tax


@given(
    gross=amounts,
    step=st.sampled_from([D("0.05"), D("0.10"), D("0.50"), D(1), D(5)]),
    currency=currencies,
)
def test_row_35_what_is_paid_is_a_multiple_of_the_coin(gross, step, currency):
    """Invariant 12: a multiple of the step, by half a step at most, half up."""
    gross = rounded_to_minor(gross, currency)
    difference = cash_rounding(gross, step, currency)
    assert (gross + difference) % step == 0
    assert abs(difference) <= step / 2
    assert cash_rounding(-gross, step, currency) == -difference
    assert cash_rounding(gross + difference, step, currency) == 0


@pytest.mark.parametrize(
    ("gross", "step", "currency", "difference"),
    [
        ("10.02", "0.05", "CHF", "-0.02"),
        ("10.03", "0.05", "CHF", "0.02"),
        ("10.025", "0.05", "TND", "0.025"),
        ("-10.025", "0.05", "TND", "-0.025"),
        ("10.03", None, "EUR", "0"),
        ("1234", "5", "JPY", "1"),
        ("1234", "10", "JPY", "-4"),
    ],
)
def test_row_35_worked_figures(gross, step, currency, difference):
    found = cash_rounding(D(gross), step and D(step), currency)
    assert str(found) == difference


@given(
    tax=st.integers(0, 100_000).map(lambda cents: D(cents) / 100),
    nets=st.lists(
        st.integers(0, 10**7).map(lambda cents: D(cents) / 100),
        min_size=1,
        max_size=10,
    ),
)
def test_row_34_tax_shared_out_sums_and_no_share_is_a_cent_off(tax, nets):
    """Invariant 5, for the tax of a group over its lines."""
    shares = shared_tax(tax, nets, "EUR")
    assert sum(shares) == tax
    whole = sum(nets)
    for share, net in zip(shares, nets, strict=True):
        if whole:
            assert abs(share - tax * net / whole) < D("0.01")
