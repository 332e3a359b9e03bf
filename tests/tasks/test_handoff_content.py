"""What stock is told comes from the tables whole: rows 19 and 21, pending demand."""

import json
from datetime import date
from decimal import Decimal

import jsonschema
import pytest
from sqlalchemy import Text, select, type_coerce, update

from adv_domain.files.handoff.schema import schema_of
from adv_domain.rules.stock.handoff import SCHEMA_VERSION
from adv_domain.store.audit import audit
from adv_domain.store.columns import _json_text
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import counted_statements, insert_rows
from adv_domain.store.tables import (
    customer,
    customer_article,
    handoff_message,
    order_fault,
    order_line,
    sales_order,
)
from flows.direct import run_directly
from tasks.orders.acts.ending import cancel_order, reject_order
from tests.builders import a_customer, a_product, an_order

ON = date(2026, 1, 5)
ANA = {"by": "Ana", "reason": "agreed by phone", "on": ON}


@pytest.fixture
def stocked(engine):
    """A customer of class A and a product to order."""
    customer_id = a_customer(
        engine,
        address="Calle 1",
        postal_code="28013",
        city="Madrid",
        phone="+34 910",
        priority=2,
        value_class="A",
        delivery_weekdays="mon,thu",
        packing="pallets",
        papers="delivery note, certificate",
    )
    product_id = a_product(engine, gtin="8412345000013")
    with writing(engine) as connection:
        rows = [("of 1", "4712"), ("of 1", "4711"), ("other", "1")]
        insert_rows(
            connection,
            customer_article,
            [
                {
                    "customer_code": code,
                    "article": article,
                    "product_code": f"of {product_id}",
                }
                for code, article in rows
            ],
        )
    return {"customer_id": customer_id, "product_id": product_id}


def hand_off():
    [end] = run_directly("handoff", on=ON)
    assert end.error is None, end.error
    return end.outcome


def told(home, name):
    message = json.loads((home / "outbox/stock" / name).read_text())
    jsonschema.validate(message, schema_of(SCHEMA_VERSION))
    return message


def change(engine, table, **values):
    with writing(engine) as connection:
        connection.execute(update(table).values(**values))


def messages(engine):
    with reading(engine) as connection:
        rows = connection.execute(
            select(handoff_message.c.message_key, handoff_message.c.kind).order_by(
                handoff_message.c.id
            )
        )
        return [tuple(row) for row in rows]


def test_row_19_all_that_is_on_record_of_customer_order_and_lines_is_told(
    home, engine, stocked
):
    an_order(
        engine,
        customer_code="of 1",
        contact_name="Ana Ruiz",
        incoterm="DAP",
        incoterm_place="Madrid",
        deliver_until=date(2026, 1, 22),
        instructions="ring twice",
        buyer_reference="dept. 7",
        line={"confirmed_on": date(2026, 1, 21), "note": "blue ones"},
        **stocked,
    )
    hand_off()
    message = told(home, "O1-v1.json")
    order, [line] = message["order"], message["lines"]
    assert order["contact"] == {
        "name": "Ana Ruiz",
        "phone": "+34 910",
        "email": "c1@example.com",
    }
    assert (order["priority"], order["value_class"], order["credit"]) == (
        2,
        "A",
        "good",
    )
    assert (order["packing"], order["delivery_weekdays"]) == ("pallets", ["mon", "thu"])
    assert order["papers"] == ["delivery note", "certificate"]
    assert (order["incoterm"], order["deliver_until"]) == ("DAP", "2026-01-22")
    assert (order["requested_on"], order["confirmed_on"]) == (
        "2026-01-20",
        "2026-01-21",
    )
    assert order["ship_to"]["postal_code"] == "28013"
    assert order["buyer_reference"] == "dept. 7"
    assert (line["customer_article"], line["gtin"]) == ("4711", "8412345000013")
    assert (line["description"], line["note"]) == ("Product P1", "blue ones")
    assert (line["qty"], line["confirmed_on"]) == ("3", "2026-01-21")


def test_a_message_is_stored_as_all_json_is_and_leaves_byte_by_byte_so(
    home, engine, stocked
):
    an_order(engine, instructions='Müller "süd" \u2028 😀\n', **stocked)
    hand_off()
    with reading(engine) as connection:
        payload = connection.execute(select(handoff_message.c.payload)).scalar()
        stored = connection.execute(
            select(type_coerce(handoff_message.c.payload, Text))
        ).scalar()
    assert stored == _json_text(payload)
    assert (home / "outbox/stock/O1-v1.json").read_bytes() == f"{stored}\n".encode()


def test_row_19_the_code_that_the_customer_wrote_comes_before_his_list(
    home, engine, stocked
):
    an_order(engine, customer_code="of 1", line={"customer_article": "MY-1"}, **stocked)
    hand_off()
    [line] = told(home, "O1-v1.json")["lines"]
    assert line["customer_article"] == "MY-1"


@pytest.mark.parametrize(
    ("of_customer", "of_fault", "word"),
    [
        ({}, None, "good"),
        ({}, {"severity": "warn"}, "watch"),
        ({}, {"severity": "block", "waived_by": "Ana"}, "released"),
        ({}, {"severity": "warn", "resolved_on": ON}, "good"),
        ({}, {"severity": "warn", "family": "price"}, "good"),
        ({"insolvent_on": ON}, {"severity": "warn"}, "stopped"),
    ],
)
def test_row_19_the_credit_of_the_order_is_told_in_a_word(
    home, engine, stocked, of_customer, of_fault, word
):
    order_id = an_order(engine, **stocked)
    if of_customer:
        change(engine, customer, **of_customer)
    if of_fault:
        row = {
            "order_id": order_id,
            "line_no": 0,
            "code": "overdue",
            "family": "credit",
            "owner": "credit control",
            "field": "customer",
            "message": "overdue",
            "clash": {},
            "found_on": ON,
        }
        with writing(engine) as connection:
            insert_rows(connection, order_fault, [row | of_fault])
    hand_off()
    assert told(home, "O1-v1.json")["order"]["credit"] == word


def test_row_19_a_message_that_breaks_the_schema_is_set_aside_with_its_field(
    home, engine, stocked
):
    an_order(engine, no="O1", ship_to_country="es", **stocked)
    an_order(engine, no="O2", **stocked)
    outcome = hand_off()
    assert outcome.done == {"handed off": 1, "files written": 1}
    [failed] = outcome.failed
    assert (failed.document, failed.code) == ("O1", "message_invalid")
    assert "order.ship_to.country" in failed.message
    change(engine, sales_order, ship_to_country="ES")
    assert hand_off().done == {"handed off": 1, "files written": 1}


def test_row_21_an_order_that_ships_complete_is_told_with_one_day(
    home, engine, stocked
):
    order_id = an_order(engine, lines=2, shipping_policy="complete", **stocked)
    with writing(engine) as connection:
        for line_no, day in ((1, 20), (2, 23)):
            connection.execute(
                update(order_line)
                .where(order_line.c.order_id == order_id)
                .where(order_line.c.line_no == line_no)
                .values(confirmed_on=date(2026, 1, day))
            )
    hand_off()
    message = told(home, "O1-v1.json")
    assert message["order"]["shipping_policy"] == "complete"
    assert {line["confirmed_on"] for line in message["lines"]} == {"2026-01-23"}


def test_a_held_order_is_told_as_pending_demand_once_and_then_as_an_order(
    home, engine, stocked
):
    an_order(engine, state="held", held_for="credit control", held_on=ON, **stocked)
    assert hand_off().done == {"pending told": 1, "files written": 1}
    assert hand_off().message == "nothing to do"
    pending = told(home, "O1-v1.json")
    assert pending["kind"] == "pending"
    assert pending["order"]["held"] == {"since": "2026-01-05", "for": "credit control"}
    change(engine, sales_order, state="accepted", held_for=None)
    assert hand_off().done == {"handed off": 1, "files written": 1}
    assert told(home, "O1-v2.json")["kind"] == "order"
    assert messages(engine) == [("O1/1", "pending"), ("O1/2", "order")]
    with reading(engine) as connection:
        row = connection.execute(
            select(sales_order.c.version, sales_order.c.told_pending)
        ).one()
        assert tuple(row) == (2, False)
        broken = [one.name for one in audit(connection) if one.violations]
    assert broken == []


@pytest.mark.parametrize("act", [reject_order, cancel_order])
def test_pending_demand_of_an_order_that_comes_to_nothing_is_taken_back_once(
    home, engine, stocked, act
):
    an_order(engine, state="held", held_for="credit control", **stocked)
    hand_off()
    act(name="O1", **ANA)
    assert hand_off().done == {"pending withdrawn": 1, "files written": 1}
    assert hand_off().message == "nothing to do"
    message = told(home, "O1-v2.json")
    assert (message["kind"], message["lines"]) == ("cancel", [])


def test_a_held_order_that_never_was_told_leaves_nothing_to_take_back(
    home, engine, stocked
):
    an_order(engine, state="held", **stocked)
    reject_order(name="O1", **ANA)
    assert hand_off().message == "nothing to do"


def test_what_stock_cannot_plan_for_is_no_pending_demand(home, engine, stocked):
    an_order(engine, no="O1", state="held", line={"qty": Decimal(0)}, **stocked)
    an_order(engine, no="O2", state="held", **stocked | {"customer_id": None})
    assert hand_off().message == "nothing to do"


def test_pending_demand_can_be_kept_from_stock(home, engine, stocked):
    (home / "policy.toml").write_text("[handoff]\npending_demand = false\n")
    an_order(engine, state="held", **stocked)
    assert hand_off().message == "nothing to do"


def test_statements_do_not_grow_with_what_there_is_to_tell(home, engine, stocked):
    seen = []
    for first, count in ((0, 3), (100, 30)):
        for number in range(first, first + count):
            an_order(engine, no=f"H{number}", state="held", lines=2, **stocked)
            an_order(engine, no=f"A{number}", lines=2, **stocked)
        with counted_statements(engine) as statements:
            hand_off()
        seen.append(len(statements))
    assert seen[0] == seen[1]
