"""Does a hold go to its team, and does silence go on to those who must hear of it?"""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import (
    customer,
    event,
    failure,
    hold_escalation,
    order_hold,
    product,
    sales_order,
    task,
)
from flows.direct import run_directly
from tasks.orders.acts.ending import cancel_order, reject_order
from tasks.orders.acts.release import release_order
from tests.builders import DAY, a_customer, a_product, an_order

TODAY = date(2026, 1, 12)  # a Monday
MADRID = ZoneInfo("Europe/Madrid")
ANA = {"by": "Ana", "reason": "agreed by phone"}
DEAR = {"asked_price": Decimal(99)}
STEPS = """
[[holds.escalation]]
to = "head of sales"
hours_overdue = 0
[[holds.escalation]]
to = "Eve"
hours_overdue = 8
"""


@pytest.fixture
def shop(engine):
    """A customer C1 and a product P1 at 10.00 EUR."""
    return a_customer(engine), a_product(engine)


def received(engine, no, *, line=None, **changes):
    asked = {"product_code": "P1", "unit_price": None, "net": None, "product_id": None}
    values = {"customer_code": "C1", "state": "received", "net": None} | changes
    return an_order(
        engine,
        customer_id=None,
        product_id=None,
        no=no,
        line=asked | (line or {}),
        **{"ordered_on": TODAY, "requested_on": date(2026, 2, 20)} | values,
    )


def validate(on=TODAY):
    [end] = run_directly("validation", on=on)
    return end.outcome


def the_policy(home, text):
    (home / "policy.toml").write_text(text, encoding="utf-8")


def rows(engine, table, **where):
    with reading(engine) as connection:
        wanted = [table.c[name] == value for name, value in where.items()]
        return connection.execute(
            select(table).where(*wanted).order_by(table.c.id)
        ).all()


def change(engine, table, **values):
    with writing(engine) as connection:
        connection.execute(update(table).values(**values))


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=MADRID)


ONE_DESK = '[holds]\none_desk_below = 3\none_desk = "desk"\n'


def test_row_89_below_the_days_volume_one_desk_owns_every_hold(home, engine, shop):
    the_policy(home, ONE_DESK)
    order_id = received(engine, "O1", line=DEAR, occurrence=2)
    received(engine, "O2")
    validate()
    assert rows(engine, sales_order, id=order_id)[0].held_for == "desk"
    [hold] = rows(engine, order_hold)
    assert (hold.team, hold.is_one_desk, hold.orders_of_day) == ("desk", True, 2)
    [told] = rows(engine, event, entity_id=order_id)
    assert told.reason == (
        "duplicate_reference, price; waits for desk; "
        "orders that day: 2 (below 3): one desk has all its holds"
    )


def test_row_89_from_that_volume_on_each_hold_goes_to_the_owner_of_its_rule(
    home, engine, shop
):
    the_policy(home, ONE_DESK)
    order_id = received(engine, "O1", line=DEAR, occurrence=2)
    received(engine, "O2")
    received(engine, "O3")
    received(engine, "OLD", ordered_on=DAY, line=DEAR)
    validate()
    assert rows(engine, sales_order, id=order_id)[0].held_for == "order desk, sales"
    assert [one.team for one in rows(engine, order_hold, order_id=order_id)] == [
        "order desk",
        "sales",
    ]
    told = rows(engine, event, entity_id=order_id)[0].reason
    assert told.endswith(
        "orders that day: 3 or more: each hold with the owner of its rule"
    )


def test_row_89_a_hold_stays_where_it_was_decided_whatever_the_day_brings(
    home, engine, shop
):
    the_policy(home, ONE_DESK)
    order_id = received(engine, "O1", line=DEAR)
    validate()
    for number in range(2, 6):
        received(engine, f"O{number}")
    validate()
    validate(on=date(2026, 1, 13))
    assert rows(engine, sales_order, id=order_id)[0].held_for == "desk"
    assert len(rows(engine, order_hold)) == 1
    assert len(rows(engine, event, entity_id=order_id)) == 1


def test_row_89_owners_come_and_go_with_the_faults_and_one_desk_keeps_all(
    home, engine, shop
):
    by_owner = received(engine, "O1", line=DEAR)
    validate()
    the_policy(home, ONE_DESK.replace("3", "30"))
    by_desk = received(engine, "O2", line=DEAR)
    validate()
    change(engine, customer, is_blocked=True)
    validate(on=date(2026, 1, 13))
    change(engine, product, list_price=Decimal(99))
    validate(on=date(2026, 1, 14))
    assert [
        (one.team, one.opened_on, one.closed_on)
        for one in rows(engine, order_hold, order_id=by_owner)
    ] == [
        ("sales", TODAY, date(2026, 1, 14)),
        ("credit control", date(2026, 1, 13), None),
    ]
    [desk] = rows(engine, order_hold, order_id=by_desk)
    assert (desk.team, desk.opened_on, desk.closed_on) == ("desk", TODAY, None)
    change(engine, customer, is_blocked=False)
    validate(on=date(2026, 1, 15))
    assert {one.closed_on is None for one in rows(engine, order_hold)} == {False}


@pytest.mark.parametrize(
    ("policy", "due"),
    [
        ("", "2026-01-13T17:00"),
        ("[holds]\nanswer_hours = 12\n", "2026-01-14T13:00"),
        ("[holds]\nwork_from_hour = 8\nwork_until_hour = 12\n", "2026-01-14T12:00"),
        ("[holds.team_hours]\nsales = 2\n", "2026-01-13T11:00"),
        (
            "[holds.team_hours]\nsales = 2\n[holds.rule_hours]\nprice = 1\n",
            "2026-01-13T10:00",
        ),
    ],
    ids=["a day", "a day and a half", "mornings", "the team's", "the rule's"],
)
def test_an_answer_is_due_after_the_working_hours_of_team_and_rule(
    home, engine, shop, policy, due
):
    # a look for a day gone by counts as made at its end, here on Tuesday at six
    the_policy(home, policy)
    received(engine, "O1", line=DEAR)
    validate()
    [hold] = rows(engine, order_hold)
    assert (hold.opened_at, hold.due_at) == (local("2026-01-13T06:00"), local(due))


def test_holidays_of_the_company_give_more_time(home, engine, shop):
    received(engine, "O1", line=DEAR, ordered_on=DAY)
    validate(on=DAY)
    [hold] = rows(engine, order_hold)
    assert hold.due_at == local("2026-01-07T17:00")  # the 6th is Epiphany


def test_row_89_an_unanswered_hold_escalates_once_per_step(home, engine, shop):
    the_policy(home, STEPS)
    order_id = received(engine, "O1", line=DEAR)
    validate()
    assert rows(engine, hold_escalation) == []
    tuesday, wednesday = date(2026, 1, 13), date(2026, 1, 14)
    assert validate(tuesday).done == {"escalated": 1}
    assert validate(tuesday).message == "1 skipped (still held)"
    assert validate(wednesday).done == {"escalated": 1}
    for later in (wednesday, date(2026, 1, 15), date(2026, 3, 1)):
        assert validate(later).message == "1 skipped (still held)"
    assert [
        (one.step, one.told, one.escalated_on) for one in rows(engine, hold_escalation)
    ] == [(1, "head of sales", tuesday), (2, "Eve", wednesday)]
    told = rows(engine, event, entity_id=order_id, what="escalated")
    assert told[0].reason == (
        "sales has not answered for 8 working hours, due was 2026-01-13 17:00: "
        "step 1, to head of sales"
    )
    assert [(one.team, one.state) for one in rows(engine, task)] == [
        ("head of sales", "open"),
        ("Eve", "open"),
    ]
    assert rows(engine, task)[0].text.startswith("order O1 of C1 is held: sales has")


def test_row_89_a_late_run_takes_the_steps_that_earlier_ones_missed(home, engine, shop):
    the_policy(home, STEPS)
    received(engine, "O1", line=DEAR)
    validate()
    assert validate(date(2026, 2, 2)).done == {"escalated": 2}
    assert [one.step for one in rows(engine, hold_escalation)] == [1, 2]


def test_row_89_an_answer_ends_the_escalation_and_its_tasks(home, engine, shop):
    the_policy(home, STEPS)
    wednesday = date(2026, 1, 14)
    for no in ("O1", "O2", "O3"):
        received(engine, no, line=DEAR)
    validate()
    validate(date(2026, 1, 13))
    release_order(name="O1", on=wednesday, **ANA)
    reject_order(name="O2", on=wednesday, **ANA)
    cancel_order(name="O3", on=wednesday, **ANA)
    assert validate(date(2026, 2, 2)).message == "nothing to do"
    assert {one.closed_on for one in rows(engine, order_hold)} == {wednesday}
    assert {(one.state, one.closed_by, one.result) for one in rows(engine, task)} == {
        ("dropped", "Ana", "the order is answered")
    }


def test_each_team_of_an_order_has_its_own_clock(home, engine, shop):
    the_policy(home, STEPS + "[holds.team_hours]\nsales = 24\n")
    received(engine, "O1", line=DEAR, occurrence=2)
    validate()
    assert validate(date(2026, 1, 13)).done == {"escalated": 1}
    [step] = rows(engine, hold_escalation)
    [hold] = rows(engine, order_hold, id=step.hold_id)
    assert hold.team == "order desk"


def test_an_escalation_added_later_takes_standing_holds_too(home, engine, shop):
    received(engine, "O1", line=DEAR)
    validate()
    assert validate(date(2026, 1, 20)).message == "1 skipped (still held)"
    the_policy(home, STEPS)
    assert validate(date(2026, 1, 20)).done == {"escalated": 2}


def test_an_escalation_leaves_the_orders_own_failure_standing(home, engine, shop):
    the_policy(home, STEPS)
    received(engine, "O1", line=DEAR)
    validate()
    with writing(engine) as connection:
        connection.execute(
            failure.insert().values(
                step="validation",
                document="O1",
                code="x",
                message="x",
                owner="adv",
                first_seen_at=local("2026-01-13T10:00"),
                last_seen_at=local("2026-01-13T10:00"),
                attempts=1,
            )
        )
        connection.execute(update(sales_order).values(state="accepted"))
    assert validate(date(2026, 1, 13)).done == {"escalated": 1}
    assert rows(engine, failure)[0].resolved_at is None


def test_statements_of_an_escalation_do_not_grow_with_the_holds(home, engine, shop):
    the_policy(home, STEPS)
    counts = []
    for size in (2, 12):
        for number in range(size):
            received(engine, f"O{size}-{number}", line=DEAR)
        validate()
        with counted_statements(engine) as seen:
            assert validate(date(2026, 1, 14)).done == {"escalated": 2 * size}
        counts.append(len(seen))
        change(engine, sales_order, state="rejected")
        change(engine, order_hold, closed_at=local("2026-01-14T10:00"))
    assert counts[0] == counts[1]
