"""Into which parts does a payment term split an amount? Rows 36 and 39 of features."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from adv_domain.rules.money import minor_unit, rounded_to_minor
from adv_domain.rules.terms.date_steps import DateStep, StepKind
from adv_domain.rules.terms.instalments import (
    early_discount,
    instalments,
    shares,
    tax_parts,
)
from adv_domain.rules.terms.term_dates import due_dates
from adv_domain.rules.terms.term_form import term_from_form
from adv_domain.rules.terms.terms import (
    DiscountBase,
    EarlyDiscount,
    PaymentTerm,
    Rounding,
    Share,
    TermError,
)
from tests.rules.term_cases import REFERENCE, a_term, amounts, terms


def split(term: PaymentTerm, total: str, currency: str = "EUR") -> list[str]:
    return [
        str(part) for part in shares(term=term, total=Decimal(total), currency=currency)
    ]


@given(term=terms(), amount=amounts())
def test_row_36_parts_sum_to_the_total_and_share_its_sign(
    term: PaymentTerm, amount: tuple[Decimal, str]
):
    """Invariants 1 and 3: any term, total of either sign, currency of 0, 2, 3 digits.

    A line is never more than what the lines before it left.
    """
    total, currency = amount
    parts = shares(term=term, total=total, currency=currency)
    assert sum(parts) == total
    assert len(parts) == len(term.lines)
    assert all(part * total >= 0 for part in parts)
    assert all(part % minor_unit(currency) == 0 for part in parts)
    assert shares(term=term, total=-total, currency=currency) == [-p for p in parts]


@given(term=terms(), amount=amounts())
def test_a_percentage_differs_from_its_exact_share_by_less_than_a_unit(
    term: PaymentTerm, amount: tuple[Decimal, str]
):
    total, currency = amount
    left = total
    parts = shares(term=term, total=total, currency=currency)
    for line, part in zip(term.lines, parts, strict=True):
        if line.share is Share.PERCENT_OF_TOTAL and part != left:
            assert abs(part - total * line.value) < minor_unit(currency)
        left -= part


@given(term=terms(), amount=amounts())
def test_row_36_doubling_an_invoice_without_fixed_lines_doubles_its_parts(
    term: PaymentTerm, amount: tuple[Decimal, str]
):
    """Invariant 6: within one unit, the last line within the number of lines."""
    total, currency = amount
    if any(line.share is not Share.PERCENT_OF_TOTAL for line in term.lines[:-1]):
        return
    once = shares(term=term, total=total, currency=currency)
    twice = shares(term=term, total=2 * total, currency=currency)
    unit = minor_unit(currency)
    off = [abs(2 * one - two) for one, two in zip(once, twice, strict=True)]
    assert off[-1] <= len(once) * unit
    if term.rounding is Rounding.REMAINDER_LINE:
        assert all(each <= unit for each in off[:-1])
    else:
        # each part is within a unit of its share, here and there
        assert all(each < 3 * unit for each in off)


@pytest.mark.parametrize(
    ("share", "value", "total", "currency", "parts"),
    [
        ("percent_of_total", "33.333", "100.00", "EUR", ["33.33", "66.67"]),
        ("percent_of_total", "50", "0.01", "EUR", ["0.01", "0.00"]),
        ("percent_of_total", "50", "101", "JPY", ["51", "50"]),
        ("percent_of_total", "50", "-0.001", "TND", ["-0.001", "0.000"]),
        ("fixed", "200", "-500.00", "EUR", ["-200.00", "-300.00"]),
        ("fixed", "200", "150.00", "EUR", ["150.00", "0.00"]),
        ("fixed", "200", "0.00", "EUR", ["0.00", "0.00"]),
        ("fixed", "10.005", "100.00", "EUR", ["10.01", "89.99"]),
        ("fixed", "10.5", "100", "JPY", ["11", "89"]),
        ("fixed", "0.0005", "1.000", "TND", ["0.001", "0.999"]),
        ("percent_of_remainder", "25", "80.00", "EUR", ["20.00", "60.00"]),
        ("percent_of_total", "100", "80.00", "EUR", ["80.00", "0.00"]),
        ("percent_of_total", "0", "80.00", "EUR", ["0.00", "80.00"]),
        ("percent_of_total", "30", "0", "JPY", ["0", "0"]),
    ],
)
def test_row_36_first_shares(
    share: str, value: str, total: str, currency: str, parts: list[str]
):
    first = {"share": share, "value": value, "due": []}
    term = term_from_form({"lines": [first, {"share": "remainder", "due": []}]})
    assert split(term, total, currency) == parts


THIRDS = [["percent_of_total", "33.3333"], ["percent_of_total", "33.3333"]]


def lines_of(*given: list[str], rounding: str) -> PaymentTerm:
    lines = [{"share": share, "value": value, "due": []} for share, value in given]
    rest = {"share": "remainder", "due": []}
    return term_from_form({"lines": [*lines, rest], "rounding": rounding})


@pytest.mark.parametrize(
    ("given", "total", "currency", "by_line", "by_largest"),
    [
        # the last line bears all that rounding leaves, or the nearest to a unit do
        (THIRDS, "0.05", "EUR", ["0.02", "0.02", "0.01"], ["0.02", "0.01", "0.02"]),
        (THIRDS, "-0.05", "EUR", ["-0.02", "-0.02", "-0.01"], None),
        (THIRDS, "100", "JPY", ["33", "33", "34"], ["33", "33", "34"]),
        (THIRDS, "0", "JPY", ["0", "0", "0"], ["0", "0", "0"]),
        (
            [["percent_of_total", "50"], ["percent_of_remainder", "50"]],
            "0.003",
            "TND",
            ["0.002", "0.001", "0.000"],
            ["0.001", "0.001", "0.001"],
        ),
        (
            [["fixed", "90"], ["percent_of_total", "20"]],
            "100.00",
            "EUR",
            ["90.00", "10.00", "0.00"],
            ["90.00", "10.00", "0.00"],
        ),
    ],
)
def test_row_36_the_term_says_who_bears_what_rounding_leaves(
    given: list[list[str]],
    total: str,
    currency: str,
    by_line: list[str],
    by_largest: list[str] | None,
):
    by_the_line = lines_of(*given, rounding="remainder_line")
    assert split(by_the_line, total, currency) == by_line
    if by_largest:
        largest = lines_of(*given, rounding="largest_remainder")
        assert split(largest, total, currency) == by_largest


@given(term=terms(), amount=amounts())
def test_row_36_by_largest_remainder_every_part_is_within_a_unit(
    term: PaymentTerm, amount: tuple[Decimal, str]
):
    """Invariant 5, of every line, the last one too."""
    total, currency = amount
    term = replace(term, rounding=Rounding.LARGEST_REMAINDER)
    left = abs(total)
    for line, part in zip(
        term.lines, shares(term=term, total=total, currency=currency), strict=True
    ):
        exact = {
            Share.PERCENT_OF_TOTAL: abs(total) * line.value,
            Share.PERCENT_OF_REMAINDER: left * line.value,
            Share.FIXED: line.value,
            Share.REMAINDER: left,
        }[line.share]
        left -= (exact := min(exact, left))
        assert abs(abs(part) - exact) < minor_unit(currency)


@given(term=terms(), amount=amounts(), rate=st.integers(0, 27))
def test_row_36_parts_of_tax_and_net_sum_to_tax_and_net(
    term: PaymentTerm, amount: tuple[Decimal, str], rate: int
):
    """Invariant 2."""
    total, currency = amount
    tax = rounded_to_minor(total * rate / (100 + rate), currency)
    parts = shares(term=term, total=total, currency=currency)
    taxes = tax_parts(parts, tax=tax, currency=currency)
    assert sum(taxes) == tax
    assert sum(part - of_it for part, of_it in zip(parts, taxes, strict=True)) == (
        total - tax
    )
    for part, of_it in zip(parts, taxes, strict=True):
        exact = tax * part / total if total else tax
        assert abs(of_it - exact) < minor_unit(currency)


@given(
    term=terms(), amount=amounts(), on=st.dates(date(2000, 1, 1), date(2040, 12, 31))
)
def test_row_36_terms_are_pure_and_lines_keep_their_order(
    term: PaymentTerm, amount: tuple[Decimal, str], on: date
):
    """Invariant 7; a line's date hangs on that line alone."""
    total, currency = amount
    asked = {"total": total, "currency": currency, "base_on": on}
    try:
        first = instalments(term=term, **asked)
    except TermError:
        assume(False)
    assert instalments(term=term, **asked) == first
    alone = [
        due_dates(term=replace(term, lines=(line,)), base_on=on) for line in term.lines
    ]
    assert [[part.due_on] for part in first] == alone


def test_a_total_with_too_many_decimals_is_refused():
    with pytest.raises(ValueError, match="more decimals than JPY"):
        shares(term=a_term(), total=Decimal("10.5"), currency="JPY")


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="../shared/reference is absent")
def test_row_39_the_worked_early_payment_holds():
    """pronto_pago of worked_examples.json: what is paid, what is credited."""
    text = (REFERENCE / "worked_examples.json").read_text()
    worked = json.loads(text)["pronto_pago"]["conditional_later"]
    rule = EarlyDiscount(Decimal("0.02"), ())
    total = Decimal(worked["invoice_total"])
    found = early_discount(
        term=PaymentTerm(a_term().lines, early_discount=rule),
        total=total,
        currency="EUR",
        base_on=date(2025, 1, 15),
    )
    assert found is not None
    assert str(found.amount) == worked["pays"]
    credit = Decimal(worked["credit_base"]) + Decimal(worked["credit_vat"])
    assert found.discount == credit


@given(
    amount=amounts(),
    percent=st.integers(0, 10000),
    rate=st.integers(0, 27),
    of_net=st.booleans(),
)
def test_row_39_discounted_amount_and_discount_are_the_total(
    amount: tuple[Decimal, str], percent: int, rate: int, of_net: bool
):
    """Invariant 11, in every currency, of gross and net, and of credits."""
    total, currency = amount
    net = rounded_to_minor(total * 100 / (100 + rate), currency)
    base = DiscountBase.NET if of_net else DiscountBase.GROSS
    fraction = Decimal(percent).scaleb(-4)
    term = PaymentTerm(a_term().lines, early_discount=EarlyDiscount(fraction, (), base))
    found = early_discount(
        term=term, total=total, net=net, currency=currency, base_on=date(2025, 1, 15)
    )
    assert found is not None
    assert found.amount + found.discount == total
    assert found.amount % minor_unit(currency) == 0
    assert 0 <= abs(found.amount) <= abs(total)
    exact = (net if of_net else total) * fraction
    assert abs(found.discount - exact) <= minor_unit(currency) / 2


def test_row_39_paying_early_settles_the_worked_invoice_with_1185_80():
    rule = EarlyDiscount(Decimal("0.02"), (DateStep(StepKind.ADD_DAYS, (10,)),))
    term = PaymentTerm(a_term().lines, early_discount=rule)
    found = early_discount(
        term=term, total=Decimal("1210.00"), currency="EUR", base_on=date(2025, 1, 15)
    )
    assert found is not None
    assert (found.until, str(found.amount)) == (date(2025, 1, 25), "1185.80")
    assert found.amount + found.discount == Decimal("1210.00")


def test_row_39_the_amount_to_pay_is_rounded_and_never_the_discount():
    """round(10.01 - 5.005) is 5.01: half a cent stays with the seller."""
    rule = EarlyDiscount(Decimal("0.50"), ())
    term = PaymentTerm(a_term().lines, early_discount=rule)
    asked = {"term": term, "currency": "EUR", "base_on": date(2025, 1, 15)}
    found = early_discount(total=Decimal("10.01"), **asked)
    assert found is not None
    assert (str(found.amount), str(found.discount)) == ("5.01", "5.00")


def test_row_39_a_discount_on_net_leaves_the_tax_whole():
    rule = EarlyDiscount(Decimal("0.02"), (), DiscountBase.NET)
    term = PaymentTerm(a_term().lines, early_discount=rule)
    found = early_discount(
        term=term,
        total=Decimal("1210.00"),
        net=Decimal("1000.00"),
        currency="EUR",
        base_on=date(2025, 1, 15),
    )
    assert found is not None and str(found.amount) == "1190.00"


def test_a_term_without_early_discount_grants_none():
    assert (
        early_discount(
            term=a_term(),
            total=Decimal("10.00"),
            currency="EUR",
            base_on=date(2025, 1, 15),
        )
        is None
    )


def test_row_40_a_line_that_is_cut_to_what_is_left_says_so():
    term = lines_of(
        ["percent_of_total", "33.3333"],
        ["fixed", "80"],
        ["percent_of_total", "30"],
        rounding="remainder_line",
    )
    found = instalments(
        term=term,
        total=Decimal("-100.00"),
        currency="EUR",
        base_on=date(2025, 1, 15),
    )
    assert [part.steps[0] for part in found] == [
        "33.3333 % of the total: -33.33 EUR",
        "fixed 80, no more than is left: -66.67 EUR",
        "30 % of the total, no more than is left: 0.00 EUR",
        "the remainder: 0.00 EUR",
    ]
