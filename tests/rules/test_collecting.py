"""Invariant 27: collecting partitions the orders, and only what agrees is joined."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.billing.collecting import collected, together
from adv_domain.rules.billing.covered import CoveredOrder, Covers
from adv_domain.rules.billing.issued_documents import DeliveryNote, Destination
from adv_domain.rules.billing.posting import BillableLine, BillableOrder
from adv_domain.rules.billing.schedules import schedule_of
from adv_domain.rules.billing.supplies import Buyer
from adv_domain.rules.billing.turns import Turns, Wait

JANUARY = date(2026, 1, 31)
BUYER = Buyer(
    country="ES",
    postal_code="28001",
    given="",
    party_kind="business",
    vat_id="ESB12345674",
    category="standard",
)


def a_line(at: int) -> BillableLine:
    return BillableLine(
        at,
        "P1",
        "Hammer",
        Decimal(1),
        "C62",
        Decimal(10),
        Decimal(0),
        "standard",
        (at,),
    )


def billable(at: int = 1, **changes: object) -> BillableOrder:
    order = BillableOrder(
        order_ids=(at,),
        order_no=f"O{at}",
        customer_id=1,
        currency="EUR",
        buyer=BUYER,
        payment_terms="net30",
        ordered_on=date(2026, 1, 2),
        first_supplied_on=date(2026, 1, 10),
        supplied_on=date(2026, 1, 10),
        covers=Covers(
            (CoveredOrder(f"O{at}", f"ref {at}", ""),),
            (DeliveryNote(f"D{at}"),),
            None,
            "goods",
        ),
        lines=(a_line(at),),
        collect_on=JANUARY,
    )
    return replace(order, **changes)  # type: ignore[arg-type]  # a test's changes


ORDERS = st.lists(
    st.builds(
        lambda customer, currency, terms, period, month: {
            "customer_id": customer,
            "currency": currency,
            "payment_terms": terms,
            "collect_on": period,
            "supplied_on": date(2026, month, 10),
        },
        st.integers(1, 2),
        st.sampled_from(["EUR", "USD"]),
        st.sampled_from(["net30", "net60"]),
        st.sampled_from([None, JANUARY, date(2026, 2, 6)]),
        st.integers(1, 2),
    ),
    max_size=12,
)


@given(ORDERS)
def test_invariant_27_every_order_is_in_exactly_one_group(found: list[dict]) -> None:
    orders = [billable(at, **changes) for at, changes in enumerate(found)]
    groups = collected(orders)
    ids = Counter(one.order_ids[0] for group in groups for one in group)
    assert ids == Counter(range(len(orders)))
    for group in groups:
        joint = together(group)
        assert joint.lines == tuple(line for one in group for line in one.lines)
        agreed = {
            (
                one.customer_id,
                one.currency,
                one.payment_terms,
                one.collect_on,
                one.supplied_on.month,
            )
            for one in group
        }
        assert len(agreed) == 1
        assert len(group) == 1 or group[0].collect_on is not None


@pytest.mark.parametrize(
    "other",
    [
        {"customer_id": 2},
        {"currency": "USD"},
        {"payment_terms": "net60"},
        {"collect_on": None},
        {"collect_on": date(2026, 2, 6)},
        {"supplied_on": date(2026, 2, 1)},
        {"buyer": BUYER._replace(category="export")},
        {"covers": Covers((CoveredOrder("O2", "", "PO-7"),))},
        {
            "covers": Covers(
                (CoveredOrder("O2", "", ""),), (), Destination(country="FR")
            )
        },
    ],
)
def test_row_32_orders_that_differ_in_what_an_invoice_says_once_stay_apart(
    other: dict,
) -> None:
    assert len(collected([billable(1), billable(2), billable(3, **other)])) == 2


def test_row_32_terms_counted_from_the_order_join_orders_of_one_day_only() -> None:
    later = billable(2, ordered_on=date(2026, 1, 3))
    assert len(collected([billable(1), later])) == 1
    assert len(collected([billable(1), later], counted_from_order={"net30"})) == 2


def test_a_joint_invoice_says_what_it_covers() -> None:
    service = Covers(
        (CoveredOrder("O2", "r", ""),),
        (DeliveryNote("D1"), DeliveryNote("D2")),
        None,
        "services",
    )
    joint = together(
        [
            billable(1, first_supplied_on=date(2026, 1, 3)),
            billable(2, covers=service, supplied_on=date(2026, 1, 20)),
        ]
    )
    assert joint.order_ids == (1, 2)
    assert [one.order_no for one in joint.covers.orders] == ["O1", "O2"]
    assert [one.number for one in joint.covers.delivery_notes] == ["D1", "D2"]
    assert joint.covers.supply == "mixed"
    assert (joint.first_supplied_on, joint.supplied_on) == (
        date(2026, 1, 3),
        date(2026, 1, 20),
    )
    assert joint.covers.supplied_from == date(2026, 1, 3)


def _turns(text: str, **changes: bool) -> Turns:
    return Turns(JANUARY, "ES", schedule_of(text), **changes)


def test_the_turn_of_a_delivery_says_what_it_waits_for() -> None:
    turns = _turns("shipment")
    assert turns.of(None, JANUARY).wait is None
    assert turns.of(None, date(2026, 2, 1)).wait is Wait.SHIPPED_LATER
    assert turns.of("manual", JANUARY).wait is Wait.BY_HAND
    assert turns.of("weekly fri", JANUARY).wait is Wait.PERIOD_OPEN
    assert turns.of("monthly", JANUARY).collect_on == JANUARY


def test_by_hand_every_delivery_is_in_turn_and_together_if_so_wanted() -> None:
    alone = _turns("manual", by_hand=True)
    assert alone.of(None, JANUARY)[:2] == (None, None)
    joint = _turns("shipment", by_hand=True, together=True)
    assert joint.of("monthly", date(2026, 1, 5))[:2] == (None, JANUARY)
    assert joint.of(None, date(2026, 2, 1)).wait is Wait.SHIPPED_LATER


@given(
    st.sampled_from(["shipment", "daily", "weekly fri", "monthly", "monthly 10 20"]),
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.sampled_from(["ES", "FR", "DE"]),
)
def test_all_up_to_the_latest_day_is_in_turn_and_nothing_beyond_it(
    text: str, on: date, country: str
) -> None:
    turns = Turns(on, country, schedule_of(text))
    latest = turns.latest(None)
    assert latest is not None
    for back in range(70):
        day = date.fromordinal(on.toordinal() + 5 - back)
        assert (turns.of(None, day).wait is None) == (day <= latest)


def test_by_hand_has_no_latest_day() -> None:
    assert _turns("manual").latest(None) is None
