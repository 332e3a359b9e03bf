import json
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from adv_domain.store.engine import reading
from adv_domain.store.tables import (
    event,
    handoff_message,
    order_line,
    sales_order,
    task,
)
from flows.commands.stock import stock
from flows.direct import run_directly
from tasks.orders.acts.ending import cancel_order
from tasks.stock.exceptions import Choice, NoException, resolve_exception
from tests.builders import a_customer, a_product, an_order
from tests.tasks.feedback_runs import ON, book

SAID = {"by": "ana", "reason": "customer agrees", "on": date(2026, 1, 6)}


@pytest.fixture
def given_up(home, engine):
    """An order of two lines at stock, of which stock gave up the first."""
    known = {"customer_id": a_customer(engine), "product_id": a_product(engine)}
    an_order(engine, lines=2, **known)
    run_directly("handoff", on=ON)
    book("M1,shipment,O1,1,1,2026-01-05", "M2,cancellation,O1,1,,")
    return home


def rows(engine, table, *columns):
    chosen = [table.c[name] for name in columns]
    with reading(engine) as connection:
        return [
            tuple(row)
            for row in connection.execute(select(*chosen).order_by(table.c.id))
        ]


def test_recreate_tells_stock_in_a_new_version_what_is_open(engine, given_up):
    done = resolve_exception(name="O1", line_no=1, choice=Choice.RECREATE, **SAID)
    assert (done.line_state, done.order_state) == ("open", "in_fulfilment")
    run_directly("handoff", on=ON)
    text = (given_up / "outbox/stock/O1-v2.json").read_text()
    message = json.loads(text)
    assert (message["kind"], message["message_id"]) == ("change", "O1/2")
    assert [(line["line"], line["qty"]) for line in message["lines"]] == [
        (1, "2"),
        (2, "3"),
    ]
    assert rows(engine, handoff_message, "version", "state") == [
        (1, "acknowledged"),
        (2, "sent"),
    ]
    assert rows(engine, sales_order, "state", "version") == [("in_fulfilment", 2)]
    assert rows(engine, task, "state", "closed_by") == [("done", "ana")]


@pytest.mark.parametrize(
    ("weekdays", "asked_on", "expected"),
    [
        # a Saturday long after the wanted day, a day to come, the wanted day itself
        (None, date(2026, 2, 7), "2026-02-09"),
        ("thu", date(2026, 2, 7), "2026-02-12"),
        (None, date(2026, 1, 6), "2026-01-20"),
        (None, date(2026, 1, 20), "2026-01-20"),
    ],
)
def test_what_is_asked_for_anew_is_wanted_on_a_day_still_to_come(
    engine, home, weekdays, asked_on, expected
):
    buyer = a_customer(engine, delivery_weekdays=weekdays)
    an_order(engine, customer_id=buyer, product_id=a_product(engine), lines=2)
    run_directly("handoff", on=ON)
    book("M2,refusal,O1,1,,")
    said = SAID | {"on": asked_on}
    resolve_exception(name="O1", line_no=1, choice=Choice.RECREATE, **said)
    run_directly("handoff", on=asked_on)
    message = json.loads((home / "outbox/stock/O1-v2.json").read_text())
    # the other line is wanted when it was; what the customer asked for stays on record
    assert [line["requested_on"] for line in message["lines"]] == [
        expected,
        "2026-01-20",
    ]
    assert rows(engine, order_line, "requested_on") == [(date(2026, 1, 20),)] * 2


def test_ignore_cancels_the_rest_and_the_order_ends_with_its_other_lines(
    engine, given_up
):
    resolve_exception(name="O1", line_no=1, choice=Choice.IGNORE, **SAID)
    assert rows(engine, order_line, "state", "qty_shipped", "qty_cancelled") == [
        ("open", 1, 2),
        ("open", 0, 0),
    ]
    book("M3,shipment,O1,2,3,2026-01-06")
    assert rows(engine, sales_order, "state") == [("fulfilled",)]
    assert (
        "ignore",
        "ana",
        "line 1: what stock gave up is dropped: customer agrees",
    ) in rows(engine, event, "what", "actor", "reason")


def test_ignoring_the_last_open_line_ends_the_order(engine, given_up):
    book("M3,shipment,O1,2,3,2026-01-06")
    done = resolve_exception(name="O1", line_no=1, choice=Choice.IGNORE, **SAID)
    assert done.order_state == "fulfilled"
    assert rows(engine, sales_order, "state") == [("fulfilled",)]


@pytest.mark.parametrize(("name", "line_no"), [("O1", 2), ("O1", 9), ("O9", 1)])
def test_only_what_stock_gave_up_is_decided_on(engine, given_up, name, line_no):
    with pytest.raises(NoException, match=f"line {line_no} of order {name}"):
        resolve_exception(name=name, line_no=line_no, choice=Choice.IGNORE, **SAID)


def test_the_command_decides_and_refuses_a_second_time(given_up):
    command = ["resolve", "O1", "1", "--choose", "ignore", "--by", "ana"]
    said = [*command, "--reason", "sold out", "--date", "2026-01-06", "--json"]
    first = CliRunner().invoke(stock, said)
    assert json.loads(first.stdout) == {
        "order": "O1",
        "state": "in_fulfilment",
        "line": 1,
        "line_state": "open",
    }
    second = CliRunner().invoke(stock, said)
    assert second.exit_code == 1
    assert "none that stock gave up" in second.stderr


def test_what_is_given_up_has_its_day_and_keeps_it(engine, given_up):
    resolve_exception(name="O1", line_no=1, choice=Choice.IGNORE, **SAID)
    assert rows(engine, order_line, "cancelled_on") == [(SAID["on"],), (None,)]
    book("M3,shipment,O1,1,1,2026-01-08")
    later = SAID | {"on": date(2026, 1, 9)}
    cancel_order(name="O1", **later)
    assert rows(engine, order_line, "cancelled_on") == [(SAID["on"],), (later["on"],)]
