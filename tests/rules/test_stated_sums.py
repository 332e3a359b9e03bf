"""A document whose sums do not agree with its lines is found, wherever the error is."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from adv_domain.rules.orders.stated_sums import (
    ChargeSum,
    LineSum,
    StatedSums,
    disagreements,
)

D = Decimal
RATE = D("0.2")
LINES = [LineSum(D(60), D(60), RATE), LineSum(D(250), D(250), RATE)]
CHARGES = [ChargeSum(D(-31), RATE), ChargeSum(D(21), RATE)]
RIGHT = StatedSums(
    lines=D(310),
    allowances=D(31),
    charges=D(21),
    net=D(300),
    tax=D(60),
    gross=D(360),
    payable=D(360),
)


def _wrong(
    stated: StatedSums,
    lines: list[LineSum] = LINES,
    charges: list[ChargeSum] = CHARGES,
) -> list[str]:
    found = disagreements(lines, charges, stated, currency="EUR")
    return [one.name for one in found]


def test_a_document_that_adds_up_has_no_fault() -> None:
    assert _wrong(RIGHT) == []


@pytest.mark.parametrize("name", StatedSums.__slots__)
def test_each_sum_that_is_off_is_named(name: str) -> None:
    if name in ("prepaid", "rounding"):
        return  # told beside the payable, not a sum of anything
    off: Any = {name: getattr(RIGHT, name) + D("0.05")}
    if name == "tax":
        # the tax is the document's own; what follows from it is off
        assert _wrong(replace(RIGHT, **off)) == ["gross", "payable"]
        return
    assert _wrong(replace(RIGHT, **off)) == [name]


def test_a_cent_of_rounding_is_no_error() -> None:
    assert _wrong(replace(RIGHT, payable=D("360.01"))) == []
    assert _wrong(replace(RIGHT, payable=D("360.02"))) == ["payable"]


def test_a_line_that_does_not_come_to_its_amount_is_found() -> None:
    lines = [replace(LINES[0], computed=D(66)), LINES[1]]
    [wrong] = disagreements(lines, CHARGES, RIGHT, currency="EUR")
    assert (wrong.name, wrong.at, wrong.stated, wrong.computed) == ("line", 0, 60, 66)


@pytest.mark.parametrize(
    "payable",
    ["300", "360", "350", "290"],
    ids=["net", "gross", "gross less prepaid", "net less prepaid"],
)
def test_what_is_to_be_paid_may_be_meant_in_several_ways(payable: str) -> None:
    stated = replace(RIGHT, prepaid=D(10), payable=D(payable))
    assert _wrong(stated) == []


def test_tax_is_taken_from_the_rates_where_it_is_not_stated() -> None:
    assert _wrong(replace(RIGHT, tax=None)) == []
    assert _wrong(replace(RIGHT, tax=None, gross=D(370))) == ["gross"]


def test_without_any_price_no_sum_can_be_held_against_the_lines() -> None:
    lines = [LineSum(None, None, None)]
    assert _wrong(RIGHT, lines) == []


def test_sums_of_charges_that_are_not_listed_count() -> None:
    assert _wrong(RIGHT, charges=[]) == []
    assert _wrong(replace(RIGHT, charges=None), charges=[]) == [
        "net",
        "gross",
        "payable",
    ]


def test_lines_without_own_amounts_may_each_be_rounded() -> None:
    lines = [LineSum(D("0.333"), None, None) for _ in range(3)]
    assert _wrong(StatedSums(payable=D("1.00")), lines, []) == []
    assert _wrong(StatedSums(payable=D("1.05")), lines, []) == ["payable"]
