"""Row 42: a credited amount is split over the tax rates to the cent."""

from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from adv_domain.rules.credits.credited_sums import GroupLeft, amounts_of_sum
from adv_domain.rules.money import ZERO, minor_unit, rounded_to_minor

RATES = [Decimal("0"), Decimal("0.04"), Decimal("0.10"), Decimal("0.21")]
CURRENCIES = ["EUR", "JPY", "KWD"]


@st.composite
def invoices(draw):
    currency = draw(st.sampled_from(CURRENCIES))
    unit = minor_unit(currency)
    groups = []
    for rate in draw(st.lists(st.sampled_from(RATES), min_size=1, unique=True)):
        base = draw(st.integers(0, 10**7)) * unit
        extra = draw(st.sampled_from([ZERO, Decimal("0.052")])) if rate else ZERO
        groups.append(
            GroupLeft(
                "standard",
                rate,
                extra,
                base,
                rounded_to_minor(base * rate, currency),
                rounded_to_minor(base * extra, currency),
            )
        )
    whole = sum((one.gross for one in groups), ZERO)
    assume(whole > 0)
    amount = draw(st.integers(1, int(whole / unit))) * unit
    return groups, amount, currency


@given(invoices())
def test_row_42_the_parts_are_the_amount_and_no_rate_gives_more_than_it_has(case):
    groups, amount, currency = case
    inputs, amounts = amounts_of_sum(amount, groups, currency)
    assert amounts.gross == -amount == amounts.net + amounts.tax
    assert amounts.net == sum(amounts.line_nets)
    left = {one.rate: one for one in groups}
    for line, net in zip(inputs, amounts.line_nets, strict=True):
        assert net == line.qty * line.unit_price
        assert ZERO <= -net <= left[line.tax_rate].base + minor_unit(currency)
    for group in amounts.taxes:
        due = rounded_to_minor(group.base * group.rate, currency)
        assert abs(group.tax - due) <= minor_unit(currency)


@given(invoices())
def test_row_42_the_whole_gives_back_exactly_base_and_tax_of_each_rate(case):
    groups, _, currency = case
    whole = sum((one.gross for one in groups), ZERO)
    _, amounts = amounts_of_sum(whole, groups, currency)
    back = {
        (one.kind, one.rate): (-one.base, -one.tax) for one in amounts.taxes if one.base
    }
    for one in groups:
        if one.gross:
            assert back["vat", one.rate] == (one.base, one.tax)
