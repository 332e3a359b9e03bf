"""Internal lists: delays by reason and orders at risk, wherever they are told."""

import json
from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from adv_domain.store.engine import reading, writing
from adv_domain.store.figures.late_lines import late_lines
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import (
    date_change,
    handoff_message,
    order_line,
    outbox,
    silence,
    stock_message,
)
from flows.cli import cli
from flows.direct import run_directly
from tasks.figures.dashboard import read_dashboard
from tasks.figures.late_orders import delays_by_cause, lines_at_risk, orders_at_risk
from tests.builders import NOW, _insert, a_customer, a_product, an_order
from tests.tasks.supply_runs import (
    FRI,
    MON,
    WED,
    a_shop,
    follow,
    in_stock,
    moved,
    on_its_way,
    received,
    validate,
)

ON = date(2026, 1, 26)
PROMISED = date(2026, 1, 20)


@pytest.fixture
def late(engine):
    """Make orders whose lines were promised for the 20th and come later."""
    customer_id, product_id = a_customer(engine), a_product(engine)

    def _order(no, *causes, now=date(2026, 2, 3), state="handed_off", **changes):
        order_id = an_order(
            engine,
            no=no,
            customer_id=customer_id,
            product_id=product_id,
            state=state,
            line={"first_confirmed_on": PROMISED, "confirmed_on": now},
            **changes,
        )
        for at, cause in enumerate(causes):
            _moved_by(engine, order_id, cause, f"{no}-{at}")
        return order_id

    return _order


def _moved_by(engine, order_id, cause, key):
    message_id = _insert(
        engine,
        stock_message,
        {
            "message_key": key,
            "kind": "new_date",
            "order_id": order_id,
            "dated_on": PROMISED,
            "received_at": NOW,
        },
    )
    with reading(engine) as connection:
        line_id = connection.scalar(
            select(order_line.c.id).where(order_line.c.order_id == order_id)
        )
    _insert(
        engine,
        date_change,
        {
            "order_line_id": line_id,
            "stock_message_id": message_id,
            "old_on": PROMISED,
            "new_on": date(2026, 2, 3),
            "known_on": PROMISED,
            "cause": cause,
            "note": f"because of {cause}",
        },
    )


def causes(engine, on=ON):
    with reading(engine) as connection:
        return {
            one.cause: (one.orders, one.lines, one.silent, one.amount)
            for one in delays_by_cause(connection, on=on)
        }


def test_delays_are_summed_by_what_moved_the_date_last(engine, late):
    late("A", "stock", "carrier")
    late("B", "carrier")
    late("C", "customer")
    late("D")  # nobody gave a reason
    late("E", now=PROMISED)  # its day passed in silence
    late("F", now=PROMISED, state="accepted", shipping_policy="after_payment")
    assert causes(engine) == {
        "carrier": (2, 2, 0, 60),
        "stock": (2, 2, 1, 60),
        "customer": (1, 1, 0, 30),
        "credit": (1, 1, 1, 30),
    }


def test_what_comes_in_time_left_or_was_cancelled_is_not_late(engine, late):
    late("A", now=PROMISED - timedelta(days=1))
    assert list(causes(engine, on=PROMISED - timedelta(days=1))) == []
    late("B", state="fulfilled")
    late("C", state="cancelled")
    shipped = late("D")
    with writing(engine) as connection:
        connection.execute(
            update(order_line)
            .where(order_line.c.order_id == shipped)
            .values(qty_shipped=3)
        )
    assert causes(engine, on=PROMISED - timedelta(days=1)) == {}


def test_the_longest_late_come_first_with_reason_and_days(engine, late):
    late("A", "carrier")
    late("B", now=PROMISED)
    with reading(engine) as connection:
        first, second = late_lines(connection, on=ON)
        [only] = late_lines(connection, on=ON, causes=["carrier"], limit=5)
    assert (first.order_no, first.cause, first.note) == (
        "A",
        "carrier",
        "because of carrier",
    )
    assert (first.days_late(ON), second.days_late(ON)) == (14, 6)
    assert (second.is_silent, second.told_on) == (True, None)
    assert only == first


def test_what_stock_gave_up_or_does_not_have_is_not_without_a_word_of_it(engine, late):
    given_up, refused = late("A", now=PROMISED), late("B", now=PROMISED)
    late("C", now=PROMISED)
    with writing(engine) as connection:
        connection.execute(
            update(order_line)
            .where(order_line.c.order_id == given_up)
            .values(state="exception")
        )
    message = {"order_id": refused, "kind": "order", "payload": {}, "decided_on": ON}
    message |= {"version": 1, "message_key": "B-1", "state": "failed"}
    _insert(engine, handoff_message, message)
    assert causes(engine)["stock"][:3] == (3, 3, 1)
    screen = CliRunner().invoke(cli, ["delays", "--date", str(ON)]).stdout
    assert "3 lines of 3 orders, 1 without a word of stock" in screen
    assert "passed, given up by stock" in screen
    assert "passed, stock does not have the order" in screen


def test_who_was_told_that_a_day_was_not_kept_was_told(engine, late):
    order_id = late("A", now=PROMISED)
    with reading(engine) as connection:
        line_id = connection.scalar(
            select(order_line.c.id).where(order_line.c.order_id == order_id)
        )
    asked = {"order_line_id": line_id, "order_id": order_id, "confirmed_on": PROMISED}
    asked |= {"asked_on": PROMISED, "asked_at": NOW, "task_key": "t"}
    _insert(engine, silence, asked | {"told_on": date(2026, 1, 22)})
    run = CliRunner().invoke
    [line] = json.loads(run(cli, ["delays", "--date", str(ON), "--json"]).stdout)[
        "lines"
    ]
    assert (line["is_told"], line["silence_told_on"]) == (True, "2026-01-22")
    screen = run(cli, ["delays", "--date", str(ON)]).stdout
    assert "customer told on 2026-01-22 that a date is to follow" in screen


def test_amounts_of_other_currencies_need_a_rate(engine, late):
    late("A", currency="JPY")
    assert causes(engine)["stock"] == (1, 1, 0, None)


def test_statements_do_not_grow_with_the_late_lines(engine, late):
    def _statements():
        with counted_statements(engine) as sent, reading(engine) as connection:
            delays_by_cause(connection, on=ON)
            late_lines(connection, on=ON)
        return len(sent)

    late("A")
    alone = _statements()
    for number in range(9):
        late(f"O{number}", "carrier")
    assert _statements() == alone


def test_the_command_lists_them_by_reason(engine, late):
    late("A", "carrier")
    late("B", now=PROMISED)
    run = CliRunner().invoke
    said = json.loads(run(cli, ["delays", "--date", str(ON), "--json"]).stdout)
    assert {one["cause"]: one["lines"] for one in said["causes"]} == {
        "carrier": 1,
        "stock": 1,
    }
    assert [one["order"] for one in said["lines"]] == ["A", "B"]
    screen = run(cli, ["delays", "--date", str(ON), "--cause", "carrier"]).stdout
    assert screen == (
        "carrier   1 line of 1 order, 0 without a word of stock\n"
        "  A  of 1  line 1: 3 of 1, first 2026-01-20, now 2026-02-03, 14 days late: "
        "carrier (because of carrier), customer not told\n"
    )
    none = run(cli, ["delays", "--date", "2026-01-01", "--cause", "credit"]).stdout
    assert none == "no open line is late on 2026-01-01\n"


def test_orders_at_risk_stand_in_the_lists(engine):
    a_shop(engine)
    in_stock(engine, 0)
    on_its_way(engine, "R1", 20, WED)
    order_id = received(engine, "O1", 10)
    validate()
    run_directly("handoff", on=MON)
    # stock has said the day: the goods no longer move it
    _promised(engine, order_id)
    moved(engine, "R1", expected_on=FRI + timedelta(days=7))
    follow(MON)
    with reading(engine) as connection:
        [line] = lines_at_risk(connection, on=MON)
        page = read_dashboard(connection, on=MON)
    assert (line.order_no, line.product_code, line.receipt_ref) == ("O1", "P1", "R1")
    [group] = [one for one in page.attention if one.kind == "at_risk"]
    [row] = group.rows
    assert (group.count, row.document, row.reasons) == (1, "O1", ("P1 × 10",))
    assert row.new_on == line.available_on
    run_directly("kpis", on=MON)
    run_directly("digest", on=MON)
    [context] = _digests(engine)
    assert ("Orders at risk", "1") in {
        (one["what"], one["count"]) for one in context["stuck"]
    }


def _promised(engine, order_id):
    with writing(engine) as connection:
        connection.execute(
            update(order_line)
            .where(order_line.c.order_id == order_id)
            .values(date_told_at=NOW)
        )


def _digests(engine):
    with reading(engine) as connection:
        return list(
            connection.execute(
                select(outbox.c.context).where(outbox.c.kind == "digest")
            ).scalars()
        )


def test_the_digest_tells_delays_by_reason(engine, late):
    late("A", "carrier")
    late("B", now=PROMISED)
    run_directly("digest", on=ON)
    [context] = _digests(engine)
    assert [
        (one["reason"], one["lines"], one["silent"], one["value"])
        for one in context["delays"]
    ] == [("carrier", "1", "", "€30"), ("stock", "1", "1", "€30")]


def test_goods_that_nobody_sends_are_told_as_such(engine):
    a_shop(engine)
    in_stock(engine, 0)
    on_its_way(engine, "R1", 20, WED)
    order_id = received(engine, "O1", 10)
    validate()
    run_directly("handoff", on=MON)
    _promised(engine, order_id)
    moved(engine, "R1", is_cancelled=True)
    follow(MON)
    with reading(engine) as connection:
        [case] = orders_at_risk(connection, on=MON, limit=5).cases
    assert case.reasons == ("no_goods_coming", "P1 × 10")
    assert (case.old_on, case.new_on) == (None, None)
