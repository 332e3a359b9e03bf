"""Which terms does the law of the buyer's country allow?"""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.terms.legal_cap_table import (
    BUSINESS,
    LEGAL_CAPS,
    PUBLIC_BODY,
    LegalCap,
)
from adv_domain.rules.terms.legal_caps import excess, latest_lawful_on, legal_cap
from adv_domain.rules.terms.term_dates import due_dates
from adv_domain.rules.terms.term_form import term_from_form
from adv_domain.rules.terms.terms import PaymentTerm

TODAY = date(2026, 6, 1)


def term(*due: list[Any], roll: str = "none") -> PaymentTerm:
    lines = [{"share": "remainder", "due": list(due)}]
    return term_from_form({"lines": lines, "roll": roll})


def cap_of(country: str, buyer: str = BUSINESS, on: date = TODAY) -> LegalCap:
    found = legal_cap(country, buyer, on)
    assert found is not None
    return found


NET_30, NET_60, NET_90 = (term(["add_days", days]) for days in (30, 60, 90))
EOM_FIRST = term(["end_of_month"], ["add_days", 45])
DAYS_FIRST = term(["add_days", 45], ["end_of_month"])
MONTHS = term(["add_months", 2])


@pytest.mark.parametrize(
    ("country", "allowed", "refused"),
    [
        # rules-of-the-trade B.1: a Spanish customer may not have 45 days end of month
        ("ES", [NET_30, NET_60], [NET_90, DAYS_FIRST, EOM_FIRST, MONTHS]),
        # a French one may, by either reading; two months can be 62 days
        ("FR", [NET_30, NET_60, DAYS_FIRST, EOM_FIRST], [NET_90, MONTHS]),
        ("BE", [NET_60], [DAYS_FIRST, NET_90]),
        ("IT", [NET_60], [NET_90]),
    ],
)
def test_terms_within_and_beyond_the_law(
    country: str, allowed: list[PaymentTerm], refused: list[PaymentTerm]
) -> None:
    cap = cap_of(country)
    assert [each for each in allowed if excess(each, cap)] == []
    assert [each for each in refused if excess(each, cap) is None] == []


def test_the_longest_wait_is_named_with_its_day() -> None:
    beyond = excess(DAYS_FIRST, cap_of("ES"))
    assert beyond is not None and beyond.base_on is not None
    assert beyond.days == 75
    [due_on] = due_dates(term=DAYS_FIRST, base_on=beyond.base_on)
    assert due_on - beyond.base_on == timedelta(days=75)


def test_a_mix_of_both_french_ways_is_neither() -> None:
    late = term(["add_days", 46], ["end_of_month"])
    assert excess(late, cap_of("FR")) is not None


def test_a_roll_over_a_weekend_is_no_longer_term() -> None:
    assert excess(term(["add_days", 60], roll="next"), cap_of("ES")) is None


@pytest.mark.parametrize(
    ("country", "buyer", "on", "days", "can_be_agreed"),
    [
        ("ES", BUSINESS, TODAY, 60, False),
        ("ES", PUBLIC_BODY, TODAY, 30, False),
        ("FR", PUBLIC_BODY, TODAY, 30, True),
        ("DE", BUSINESS, TODAY, 60, True),
        ("DE", BUSINESS, date(2014, 1, 1), 60, True),
        ("BE", BUSINESS, date(2022, 1, 31), 60, True),
        ("BE", BUSINESS, date(2022, 2, 1), 60, False),
        ("FR", BUSINESS, date(2010, 1, 1), 60, False),
    ],
)
def test_the_law_of_the_day_counts(
    country: str, buyer: str, on: date, days: int, can_be_agreed: bool
) -> None:
    cap = cap_of(country, buyer, on)
    assert (cap.days, cap.can_be_agreed) == (days, can_be_agreed)


@pytest.mark.parametrize(
    ("country", "buyer", "on"),
    [
        ("US", BUSINESS, TODAY),
        ("ES", "consumer", TODAY),
        ("IT", BUSINESS, date(2013, 3, 15)),
    ],
)
def test_where_we_know_of_no_law_there_is_no_cap(
    country: str, buyer: str, on: date
) -> None:
    assert legal_cap(country, buyer, on) is None


def test_every_row_names_its_law_and_source() -> None:
    assert all(cap.law.name and cap.law.source for cap in LEGAL_CAPS)
    laws = [cap.law for cap in LEGAL_CAPS]
    assert all(law.valid_to is None or law.valid_from < law.valid_to for law in laws)


@pytest.mark.parametrize(
    ("country", "base_on", "latest"),
    [
        ("ES", date(2025, 1, 15), date(2025, 3, 16)),
        # 45 days end of month, first one way, then the other
        ("FR", date(2025, 1, 15), date(2025, 3, 31)),
        ("FR", date(2025, 1, 2), date(2025, 3, 17)),
    ],
)
def test_an_invoice_is_held_against_its_own_dates(
    country: str, base_on: date, latest: date
) -> None:
    assert latest_lawful_on(cap_of(country), base_on) == latest


@given(
    st.sampled_from([NET_30, NET_60, NET_90, DAYS_FIRST, EOM_FIRST, MONTHS]),
    st.sampled_from(LEGAL_CAPS),
    st.dates(date(2023, 1, 1), date(2026, 12, 31)),
)
def test_a_term_within_the_law_gives_no_unlawful_date(
    asked: PaymentTerm, cap: LegalCap, base_on: date
) -> None:
    if excess(asked, cap) is None:
        latest = max(due_dates(term=asked, base_on=base_on))
        assert latest <= latest_lawful_on(cap, base_on)
