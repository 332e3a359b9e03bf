"""Do an invoice's due dates keep to its own date and to the law? Rows 37, 38 and 40."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.calendar_rules import PLAIN_CALENDAR, Calendar, is_working_day
from adv_domain.rules.terms.legal_cap_table import BUSINESS, LEGAL_CAPS, PUBLIC_BODY
from adv_domain.rules.terms.legal_caps import (
    bounds_of,
    excess,
    latest_lawful_on,
    legal_cap,
)
from adv_domain.rules.terms.term_dates import (
    Bounds,
    DueDate,
    discount_date,
    explained_dates,
)
from adv_domain.rules.terms.terms import (
    EarlyDiscount,
    PaymentTerm,
    Roll,
    TermBase,
    TermError,
)
from tests.rules.term_cases import a_term, terms

ISSUED = date(2025, 1, 31)
NET_60 = a_term(["add_days", 60])
SPAIN_IN_MARCH = (
    "the law of ES allows 60 days from the delivery of 2025-01-16 "
    "(Ley 3/2004, art. 4), brought forward: 2025-03-17"
)
DAYS = st.dates(date(2023, 1, 1), date(2026, 12, 31))


def due(
    term: PaymentTerm,
    country: str,
    *,
    supplied_on: date = ISSUED,
    first_on: date | None = None,
    buyer: str = BUSINESS,
    issued_on: date = ISSUED,
    calendar: Calendar = PLAIN_CALENDAR,
) -> DueDate:
    """Return the last due date of an invoice to a buyer there."""
    bounds = bounds_of(
        legal_cap(country, buyer, issued_on),
        issued_on=issued_on,
        first_supplied_on=first_on or supplied_on,
        supplied_on=supplied_on,
    )
    return explained_dates(
        term=term, base_on=issued_on, calendar=calendar, bounds=bounds
    )[-1]


@pytest.mark.parametrize(
    ("country", "buyer", "supplied_on", "due_on"),
    [
        # Spain counts from the delivery, France from the invoice
        ("ES", BUSINESS, date(2025, 1, 31), date(2025, 4, 1)),
        ("ES", BUSINESS, date(2025, 1, 16), date(2025, 3, 17)),
        ("FR", BUSINESS, date(2025, 1, 16), date(2025, 4, 1)),
        ("ES", PUBLIC_BODY, date(2025, 1, 31), date(2025, 3, 2)),
        # no cap that we know of, none for consumers
        ("US", BUSINESS, date(2025, 1, 1), date(2025, 4, 1)),
        ("ES", "consumer", date(2025, 1, 1), date(2025, 4, 1)),
        # the parties may agree on it: told, not touched
        ("DE", BUSINESS, date(2025, 1, 16), date(2025, 4, 1)),
    ],
)
def test_row_40_the_law_counts_on_the_real_dates(
    country: str, buyer: str, supplied_on: date, due_on: date
):
    found = due(NET_60, country, buyer=buyer, supplied_on=supplied_on)
    assert found.on == due_on


def test_row_40_a_date_brought_forward_says_by_which_law_and_from_when():
    found = due(NET_60, "ES", supplied_on=date(2025, 1, 16))
    assert found.steps == (
        "invoice date 2025-01-31",
        "add 60 days: 2025-04-01",
        SPAIN_IN_MARCH,
    )
    assert found.shortened == found.steps[-1]
    agreed = due(NET_60, "DE", supplied_on=date(2025, 1, 16))
    assert agreed.steps[-1] == (
        "the law of DE allows 60 days from the delivery of 2025-01-16 (BGB § 271a), "
        "more by express agreement: 2025-04-01"
    )
    assert agreed.shortened == ""


def test_row_40_deliveries_of_several_days_are_a_periodic_invoice():
    """rules-of-the-trade B.1: a French periodic invoice has 45 days at the most; in
    Spain each delivery must be paid in time, so the first one counts."""
    first, last = date(2025, 1, 10), date(2025, 1, 30)
    france = due(NET_60, "FR", first_on=first, supplied_on=last)
    assert france.on == ISSUED + timedelta(days=45)
    assert "allows 45 days for deliveries of several days" in france.shortened
    assert due(NET_60, "ES", first_on=first, supplied_on=last).on == date(2025, 3, 11)
    end_of_month = a_term(["add_days", 45], ["end_of_month"])
    assert due(end_of_month, "FR", supplied_on=last).on == date(2025, 3, 31)
    assert due(end_of_month, "FR", first_on=first, supplied_on=last).on == date(
        2025, 3, 17
    )


def test_row_40_nobody_owes_before_he_is_asked():
    """A term from the delivery may end before its invoice is written, the law's time
    too; both are due on the day of the invoice."""
    at_delivery = replace(a_term(), base=TermBase.DELIVERY)
    delivered = date(2025, 1, 3)
    bounds = bounds_of(
        legal_cap("ES", BUSINESS, ISSUED),
        issued_on=ISSUED,
        first_supplied_on=delivered,
        supplied_on=delivered,
    )
    [found] = explained_dates(
        term=at_delivery, base_on=delivered, calendar=PLAIN_CALENDAR, bounds=bounds
    )
    assert (found.on, found.steps[-1]) == (
        ISSUED,
        "not before the document's own date: 2025-01-31",
    )
    late = due(NET_60, "ES", supplied_on=date(2024, 10, 1))
    assert late.on == ISSUED
    assert late.shortened.endswith("brought forward: 2025-01-31")


def test_row_38_a_roll_never_passes_the_last_lawful_day():
    """60 days after 17 January 2025 is Tuesday, 18 March; 19 March is off in Madrid,
    60 days after the 18th: rolled back there, on where the law leaves a day."""
    off = Calendar(frozenset({date(2025, 3, 19)}))
    rolling = a_term(["add_days", 60], roll="next")
    issued_on = date(2025, 1, 18)
    at_the_limit = due(
        rolling, "ES", issued_on=issued_on, supplied_on=issued_on, calendar=off
    )
    assert at_the_limit.on == date(2025, 3, 18)
    assert at_the_limit.steps[-1] == (
        "not a working day, moved back, the next one is too late: the law of ES allows "
        "60 days from the delivery of 2025-01-18 (Ley 3/2004, art. 4): 2025-03-18"
    )
    free = due(rolling, "US", issued_on=issued_on, calendar=off)
    assert free.on == date(2025, 3, 20)


def test_row_38_where_no_day_is_left_the_date_stands():
    """Issued and due on a Sunday, the last lawful day: there is none to move to."""
    sunday = date(2025, 2, 2)
    rolling = a_term(roll="next")
    bounds = Bounds(earliest_on=sunday, latest_on=sunday, law="a law")
    [found] = explained_dates(
        term=rolling, base_on=sunday, calendar=PLAIN_CALENDAR, bounds=bounds
    )
    assert found.on == sunday


def test_row_39_the_discount_lasts_at_least_to_the_invoice_itself():
    early = EarlyDiscount(NET_60.lines[0].value, ())
    term = replace(NET_60, base=TermBase.DELIVERY, early_discount=early)
    found = discount_date(term=term, base_on=date(2025, 1, 3), earliest_on=ISSUED)
    assert found is not None and found.on == ISSUED


@given(
    term=terms(),
    issued_on=DAYS,
    waited=st.integers(0, 90),
    over=st.integers(0, 30),
    cap=st.sampled_from(LEGAL_CAPS),
    off=st.sets(st.integers(0, 100), max_size=8),
)
def test_row_40_every_due_date_keeps_to_a_law_that_no_agreement_can_pass(
    term: PaymentTerm,
    issued_on: date,
    waited: int,
    over: int,
    cap: object,
    off: set[int],
):
    """Whatever the term, roll, holidays, law and deliveries: between the invoice's own
    date and the last lawful day, or on the former where the latter is past."""
    supplied_on = issued_on - timedelta(days=waited)
    first_on = supplied_on - timedelta(days=over)
    bounds = bounds_of(
        cap,  # type: ignore[arg-type]  # of the table
        issued_on=issued_on,
        first_supplied_on=first_on,
        supplied_on=supplied_on,
    )
    calendar = Calendar(frozenset(issued_on + timedelta(days=day) for day in off))
    try:
        dates = explained_dates(
            term=term, base_on=issued_on, calendar=calendar, bounds=bounds
        )
    except TermError:
        return
    assert bounds.latest_on is not None
    for one in dates:
        assert one.on >= issued_on
        assert str(one.on) in one.steps[-1]
        if not bounds.can_be_agreed:
            assert one.on <= max(bounds.latest_on, issued_on)
        elif term.roll is not Roll.NONE:
            assert is_working_day(one.on, holidays=calendar.holidays)


@given(term=terms(), issued_on=DAYS, cap=st.sampled_from(LEGAL_CAPS))
def test_row_40_what_is_accepted_at_entry_is_never_brought_forward(
    term: PaymentTerm, issued_on: date, cap: object
):
    """Supplied and invoiced on one day, an accepted term stands as it was agreed."""
    plain = replace(term, roll=Roll.NONE)
    if excess(plain, cap) is not None:  # type: ignore[arg-type]  # of the table
        return
    bounds = bounds_of(
        cap,  # type: ignore[arg-type]  # of the table
        issued_on=issued_on,
        first_supplied_on=issued_on,
        supplied_on=issued_on,
    )
    try:
        dates = explained_dates(
            term=plain, base_on=issued_on, calendar=PLAIN_CALENDAR, bounds=bounds
        )
    except TermError:
        return
    assert [one.shortened for one in dates] == [""] * len(dates)
    limit = latest_lawful_on(cap, issued_on)  # type: ignore[arg-type]  # of the table
    assert all(one.on <= limit for one in dates)
