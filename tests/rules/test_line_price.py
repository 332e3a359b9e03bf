"""What a document says of a line's price comes to one price and one discount."""

from decimal import Decimal

import pytest

from adv_domain.rules.orders.line_price import (
    Adjustment,
    StatedPrice,
    line_price_of,
)

D = Decimal


def _allowance(amount: str | None = None, rate: str | None = None) -> Adjustment:
    return Adjustment(False, rate and D(rate), amount and D(amount))


def _charge(amount: str) -> Adjustment:
    return Adjustment(True, None, D(amount))


@pytest.mark.parametrize(
    ("stated", "price", "rate", "net"),
    [
        # nothing but a price
        (StatedPrice(D("9.80"), D(1), D(3)), "9.80", "0", "29.40"),
        # a price for a hundred pieces
        (StatedPrice(D(50), D(100), D(200)), "0.5", "0", "100"),
        # ten per cent, with its amount or without
        (StatedPrice(D(10), D(1), D(3), [_allowance("3", "0.1")]), "10", "0.1", "27"),
        (StatedPrice(D(10), D(1), D(3), [_allowance(rate="0.1")]), "10", "0.1", "27"),
        # a third, of which the amount is rounded: the per cent counts
        (
            StatedPrice(D(10), D(1), D(1), [_allowance("3.33", "0.333333")]),
            "10",
            "0.333333",
            "6.66667",
        ),
        # an amount alone
        (StatedPrice(D(10), D(1), D(5), [_allowance("5")]), "10", "0.1", "45"),
        # a factor that is no per cent is taken by its amount
        (StatedPrice(D(10), D(1), D(5), [_allowance("5", "0.001")]), "10", "0.1", "45"),
        # an allowance and a charge that cancel out
        (
            StatedPrice(D(10), D(1), D(6), [_allowance("6"), _charge("6")]),
            "10",
            "0",
            "60",
        ),
        # more charges than allowances raise the price
        (StatedPrice(D(10), D(1), D(6), [_charge("3")]), "10.5", "0", "63"),
        # all of it given away
        (StatedPrice(D(10), D(1), D(1), [_allowance("10")]), "10", "1", "0"),
        # nothing ordered, nothing to pay; the discount is kept
        (StatedPrice(D(10), D(1), D(0), [_allowance("0", "0.1")]), "10", "0.1", "0"),
    ],
)
def test_price_discount_and_net(
    stated: StatedPrice, price: str, rate: str, net: str
) -> None:
    found = line_price_of(stated, currency="EUR")
    assert (found.unit_price, found.discount_rate, found.net) == (
        D(price),
        D(rate),
        D(net),
    )
    assert found.is_exact(stated.qty, "EUR")


def test_what_six_decimals_cannot_hold_is_told() -> None:
    found = line_price_of(StatedPrice(D(10), D(3), D(1_000_000)), currency="EUR")
    assert found.unit_price == D("3.333333")
    assert not found.is_exact(D(1_000_000), "EUR")
    few = line_price_of(StatedPrice(D(10), D(3), D(3)), currency="EUR")
    assert few.is_exact(D(3), "EUR")
