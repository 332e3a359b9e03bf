"""What a change comes to is decided by the order as it stands, each clause a case."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.amendments.asked import AskedChange, change_in, form_of
from adv_domain.rules.amendments.decision import decide_change
from adv_domain.rules.amendments.differences import (
    differences,
    redated_lines,
    touched_lines,
)
from adv_domain.rules.amendments.quantities import LineQuantities, changed_quantities
from adv_domain.rules.amendments.states import (
    AMENDMENT_TRANSITIONS,
    AmendmentDecided,
    AmendmentState,
    next_amendment_state,
)
from adv_domain.rules.amendments.target import target_of
from adv_domain.rules.amendments.terms import (
    HeaderTerms,
    LineTerms,
    StandingLine,
    StandingOrder,
)
from adv_domain.rules.orders.states import OrderState

DAY = date(2026, 1, 20)
HEADER = HeaderTerms(requested_on=DAY, currency="EUR", prepaid=Decimal(0))
P1, P2 = (
    LineTerms(product=code, quantity=Decimal(3), unit="PCE") for code in ("P1", "P2")
)

UNITS = {"P1": "PCE", "K1": "KGM"}


def an_order(*lines, state="accepted", header=HEADER, **shipped):
    """An order with these lines; line_2=1 says that one of line 2 was shipped."""
    return StandingOrder(
        order_id=1,
        order_no="S1",
        state=OrderState(state),
        header=header,
        lines={
            no: StandingLine(no, no, terms, Decimal(shipped.get(f"line_{no}", 0)))
            for no, terms in enumerate(lines, start=1)
        },
    )


def a_change(*lines, header=None, **changes):
    """A change that names these lines, pairs of number and terms."""
    asked = AskedChange(
        is_cancel=False,
        is_whole=False,
        lines_are_numbered=True,
        header=header or HeaderTerms(),
        lines=lines,
    )
    return replace(asked, **changes)


def said(order, asked):
    return [
        str(one) for one in differences(order, target_of(order, asked, units=UNITS))
    ]


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_line_without_a_unit_is_in_its_products_or_as_it_stands(is_whole):
    metres = P1._replace(unit="MTR")
    asked = a_change(
        (1, LineTerms(product="P1", quantity=Decimal(5))),
        (2, LineTerms(product="K1", quantity=Decimal(3))),
        (3, LineTerms(product="K1", quantity=Decimal(1))),
        (4, LineTerms(product="?", quantity=Decimal(1))),
        (5, LineTerms(product="K1", quantity=Decimal(1), unit="GRM")),
        is_whole=is_whole,
    )
    target = target_of(an_order(metres, P2), asked, units=UNITS)
    units = [target.lines[no].unit for no in range(1, 6)]
    assert units == ["MTR", "KGM", "KGM", "PCE", "GRM"]


def test_a_line_named_by_its_number_need_not_name_its_product():
    bare = LineTerms(product="", quantity=Decimal(5))
    target = target_of(an_order(P1, P2), a_change((2, bare)), units=UNITS)
    assert target.lines[2] == P2._replace(quantity=Decimal(5))


@pytest.mark.parametrize(
    ("named", "shipped", "state"),
    [
        ((), 0, "applied"),  # no line named: all is meant
        (((1, P1),), 0, "applied"),
        (((1, P1._replace(quantity=Decimal(2))),), 0, "refused"),
        (((1, P1._replace(quantity=Decimal(2))),), 1, "applied"),  # the whole rest
    ],
)
def test_a_cancellation_that_names_a_part_is_refused(named, shipped, state):
    order = an_order(P1, line_1=shipped)
    decided = decide_change(a_change(*named, is_cancel=True), [order], units=UNITS)
    assert decided.state == state
    if state == "refused":
        assert "names 2 of line 1, 3 are left of it" in decided.reason


def test_every_listed_transition_is_taken_and_no_other():
    for current, target in product(AmendmentState, AmendmentState):
        if target in AMENDMENT_TRANSITIONS[current]:
            assert next_amendment_state(1, current, target) is target
        else:
            with pytest.raises(AmendmentDecided, match=f"change 1 is {current}"):
                next_amendment_state(1, current, target)


def test_what_a_change_does_not_name_stays():
    order = an_order(P1, P2._replace(price=Decimal(7), discount_rate=Decimal("0.1")))
    five = P2._replace(quantity=Decimal(5))
    assert said(order, a_change((2, five))) == ["line 2 quantity 3 → 5"]
    dearer = P2._replace(price=Decimal(8))
    assert said(order, a_change((2, dearer))) == [
        "line 2 price 7 → 8",
        "line 2 discount_rate 0.1 → 0",
    ]


def test_what_an_order_sent_anew_does_not_say_is_no_longer_wanted():
    order = an_order(
        P1._replace(note="blue"), P2, header=HEADER._replace(instructions="ring")
    )
    whole = a_change((1, P1), is_whole=True, header=HeaderTerms(requested_on=DAY))
    assert said(order, whole) == [
        "instructions ring → -",
        "line 1 note blue → -",
        "line 2 removed: quantity 3 → 0",
    ]


def test_a_line_that_says_the_same_day_as_its_order_keeps_its_own():
    order = an_order(P1._replace(requested_on=date(2026, 1, 25)), P2)
    later = HeaderTerms(requested_on=date(2026, 1, 25))
    both = a_change((1, P1), (2, P2), header=later)
    assert said(order, both) == ["requested_on 2026-01-20 → 2026-01-25"]
    target = target_of(order, both, units=UNITS)
    assert redated_lines(order, target) == {2}
    assert touched_lines(target, differences(order, target)) == {1, 2}


def test_lines_are_known_by_the_customers_name_of_them():
    order = an_order(P1._replace(line_ref="A"), P1._replace(line_ref="B"))
    named = P1._replace(line_ref="B", quantity=Decimal(9))
    asked = a_change((1, named), lines_are_numbered=False)
    assert said(order, asked) == ["line 2 quantity 3 → 9"]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("received", "applied"),
        ("held", "applied"),
        ("accepted", "applied"),
        ("handed_off", "waiting_stock"),
        ("in_fulfilment", "waiting_stock"),
        ("fulfilled", "refused"),
        ("closed", "refused"),
        ("cancelled", "refused"),
        ("rejected", "refused"),
    ],
)
def test_what_becomes_of_a_change_hangs_on_where_its_order_is(state, expected):
    asked = a_change((1, P1._replace(quantity=Decimal(5))))
    decision = decide_change(asked, [an_order(P1, state=state)], units=UNITS)
    assert decision.state == expected
    assert decision.reason or expected in ("applied", "waiting_stock")


def test_all_that_is_too_late_is_said_at_once():
    order = an_order(P1, P2, state="in_fulfilment", line_1=2, line_2=1)
    asked = a_change(
        (1, P1._replace(quantity=Decimal(1))),
        (2, P2._replace(product="P9")),
        header=HeaderTerms(currency="USD"),
    )
    decision = decide_change(asked, [order], units=UNITS)
    assert decision.state == "refused"
    assert decision.reason == (
        "the currency cannot change: a part was shipped or invoiced under it; line 1: "
        "2 were shipped or invoiced already, so that it cannot become 1; line 2: the "
        "product cannot change: 1 were shipped under it"
    )


def test_what_was_wanted_and_what_was_given_up_are_told_apart():
    line = LineQuantities(Decimal(10), Decimal(0), "open")
    some, day = Decimal(4), date(2026, 1, 9)
    less = changed_quantities(line, wanted=Decimal(6), shipped=some, on=day)
    assert (less.qty, less.cancelled_on) == (6, None)
    gone = changed_quantities(line, wanted=Decimal(0), shipped=some, on=day)
    assert gone == LineQuantities(Decimal(10), Decimal(6), "open", day)
    none = changed_quantities(line, wanted=Decimal(0), shipped=Decimal(0), on=day)
    assert none == LineQuantities(Decimal(10), Decimal(10), "cancelled", day)
    assert changed_quantities(none, wanted=Decimal(2), shipped=Decimal(0), on=day) == (
        LineQuantities(Decimal(2), Decimal(0), "open")
    )


_quantities = st.integers(0, 9).map(Decimal)
_days = st.none() | st.dates(date(2026, 1, 1), date(2026, 3, 1))
_terms = st.fixed_dictionaries(
    {
        "product": st.sampled_from(["P1", "P2"]),
        "quantity": _quantities,
        "unit": st.just("PCE"),
        "discount_rate": st.sampled_from([Decimal(0), Decimal("0.1")]),
        "price": st.none() | st.integers(1, 5).map(Decimal),
        "requested_on": _days,
        "note": st.none() | st.text(max_size=5),
    }
).map(lambda values: LineTerms(**values))
_headers = st.fixed_dictionaries(
    {
        "requested_on": _days,
        "currency": st.none() | st.just("EUR"),
        "ship_to_city": st.none() | st.text(max_size=5),
        "prepaid": st.none() | _quantities,
        "charges": st.none() | st.just([{"amount": "5", "reason": None}]),
    }
).map(lambda values: HeaderTerms(**values))
_changes = st.builds(
    AskedChange,
    is_cancel=st.booleans(),
    is_whole=st.booleans(),
    lines_are_numbered=st.just(True),
    header=_headers,
    lines=st.dictionaries(st.integers(1, 4), _terms, max_size=3).map(
        lambda lines: tuple(lines.items())
    ),
)
_orders = st.lists(_terms, min_size=1, max_size=4).map(lambda lines: an_order(*lines))


@given(_changes)
def test_a_document_is_kept_as_it_was_read(asked):
    assert change_in(form_of(asked)) == asked


@given(_orders, _changes)
def test_a_change_done_leaves_nothing_to_do(order, asked):
    """Its target put into the order, the same change finds no difference."""
    target = target_of(order, asked, units=UNITS)
    gone = [no for no in order.live_lines if no not in target.lines]
    lines = dict(order.lines)
    for no, terms in target.lines.items():
        lines[no] = StandingLine(no, no, terms)
    for no in gone:
        was = order.lines[no].terms
        lines[no] = StandingLine(no, no, was._replace(quantity=Decimal(0)))
    done = replace(order, header=target.header, lines=lines)
    assert differences(done, target) == []
    if not asked.is_cancel:
        assert differences(done, target_of(done, asked, units=UNITS)) == []
