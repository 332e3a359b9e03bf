import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.billing.invoicing import (
    InvoiceLineInput,
    invoice_amounts,
    line_net,
)
from adv_domain.rules.money import minor_unit, rounded_to_minor

REFERENCE = Path(__file__).parents[3] / "shared" / "reference"
quantities = st.decimals("-10000", "10000", places=3)
prices = st.decimals("0", "10000", places=4)
rates = st.sampled_from([Decimal("0.21"), Decimal("0.10"), Decimal("0.055")])
line_inputs = st.builds(
    InvoiceLineInput,
    quantities,
    prices,
    st.decimals("0", "1", places=4),
    st.sampled_from(["S", "AA"]),
    rates,
    st.sampled_from([Decimal(0), Decimal("0.052")]),
)


def a_line(qty: str, price: str, *, rate: str = "0.21", discount: str = "0"):
    return InvoiceLineInput(
        Decimal(qty), Decimal(price), Decimal(discount), "S", Decimal(rate)
    )


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="../shared/reference is absent")
def test_the_worked_invoice_holds_to_the_cent():
    worked = json.loads((REFERENCE / "worked_examples.json").read_text())["vat"]
    found = invoice_amounts(
        [
            a_line("3", "33.33"),
            a_line("7", "1.99"),
            a_line("1", "0.15"),
            a_line("2", "12.345", rate="0.10"),
        ],
        "EUR",
    )
    assert [str(net) for net in found.line_nets] == worked["line_nets"]
    by_percent = {f"{group.rate * 100:.0f}": group for group in found.taxes}
    assert {p: str(g.base) for p, g in by_percent.items()} == worked["base"]
    assert {p: str(g.tax) for p, g in by_percent.items()} == worked["vat_per_rate"]
    assert str(found.gross) == worked["total"]


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="../shared/reference is absent")
def test_halves_are_rounded_away_from_zero_as_worked():
    worked = json.loads((REFERENCE / "worked_examples.json").read_text())
    for exact, expected in worked["rounding_pitfalls"].items():
        found = line_net(
            qty=Decimal(1),
            unit_price=Decimal(exact),
            discount_rate=Decimal(0),
            currency="EUR",
        )
        assert str(found) == expected[0]


def test_an_unconditional_discount_leaves_the_base():
    found = invoice_amounts([a_line("1", "1000", discount="0.02")], "EUR")
    assert (str(found.net), str(found.tax), str(found.gross)) == (
        "980.00",
        "205.80",
        "1185.80",
    )


def test_lines_of_one_rate_but_two_categories_are_taxed_apart():
    zero = Decimal(0)
    lines = [
        InvoiceLineInput(Decimal(1), Decimal(10), zero, category, zero)
        for category in ("K", "E", "K")
    ]
    found = invoice_amounts(lines, "EUR")
    assert [(group.category, str(group.base)) for group in found.taxes] == [
        ("E", "10.00"),
        ("K", "20.00"),
    ]


def test_rates_equal_in_value_are_one_group_however_written():
    lines = [a_line("1", "0.12", rate="0.1"), a_line("1", "0.12", rate="0.100000")]
    assert len(invoice_amounts(lines, "EUR").taxes) == 1


@pytest.mark.parametrize(
    ("currency", "gross"), [("JPY", "1210"), ("EUR", "1210.00"), ("TND", "1210.000")]
)
def test_amounts_carry_the_digits_of_the_currency(currency: str, gross: str):
    found = invoice_amounts([a_line("1", "1000")], currency)
    assert str(found.gross) == gross
    assert str(invoice_amounts([], currency).gross) == gross.replace("1210", "0")


@given(
    lines=st.lists(line_inputs, max_size=12),
    currency=st.sampled_from(["EUR", "JPY", "TND"]),
)
def test_sums_are_exact_and_a_credit_note_mirrors_its_invoice(
    lines: list[InvoiceLineInput], currency: str
):
    found = invoice_amounts(lines, currency)
    vat = [group for group in found.taxes if group.kind == "vat"]
    assert found.net == sum(found.line_nets) == sum(group.base for group in vat)
    assert found.tax == sum(group.tax for group in found.taxes)
    assert found.gross == found.net + found.tax
    mirrored = invoice_amounts(
        [line._replace(qty=-line.qty) for line in lines], currency
    )
    assert mirrored.gross == -found.gross
    for line, net in zip(lines, found.line_nets, strict=True):
        alone = line_net(
            qty=line.qty,
            unit_price=line.unit_price,
            discount_rate=line.discount_rate,
            currency=currency,
        )
        assert alone == net


@given(lines=st.lists(line_inputs, min_size=1, max_size=12))
def test_tax_per_line_differs_from_tax_per_rate_by_half_a_unit_a_line_at_most(
    lines: list[InvoiceLineInput],
):
    found = invoice_amounts(lines, "EUR")
    for group in found.taxes:
        nets = [
            net
            for line, net in zip(lines, found.line_nets, strict=True)
            if group.rate
            in {
                "vat": (line.tax_rate,),
                "surcharge": (line.surcharge_rate,),
            }[group.kind]
            and line.tax_category == group.category
        ]
        per_line = sum(rounded_to_minor(net * group.rate, "EUR") for net in nets)
        allowed = minor_unit("EUR") * (len(nets) + 1) / 2
        assert abs(per_line - group.tax) <= allowed
