import json
from datetime import date

import jsonschema
import pytest
from sqlalchemy import select, update

from adv_domain.files.handoff.schema import schema_of
from adv_domain.rules.stock.handoff import SCHEMA_VERSION
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import (
    event,
    failure,
    handoff_message,
    order_line,
    sales_order,
)
from flows.direct import run_directly
from tests.builders import a_customer, a_product, an_order

ON = date(2026, 1, 5)
SCHEMA = schema_of(SCHEMA_VERSION)


@pytest.fixture
def stocked(engine):
    """A customer and a product to order."""
    customer_id = a_customer(engine, address="Calle 1", city="Madrid")
    return {"customer_id": customer_id, "product_id": a_product(engine)}


def hand_off():
    [end] = run_directly("handoff", on=ON)
    return end.outcome


def files(home):
    return sorted(path.name for path in (home / "outbox/stock").iterdir())


def column(engine, chosen):
    with reading(engine) as connection:
        return list(connection.execute(select(chosen)).scalars())


def test_each_accepted_order_leaves_once_as_a_file_that_keeps_to_the_schema(
    home, engine, stocked
):
    for number in range(1, 4):
        an_order(engine, no=f"SO/{number}", lines=2, **stocked)
    first, second = hand_off(), hand_off()
    assert first.done == {"handed off": 3, "files written": 3}
    assert second.message == "nothing to do"
    assert files(home) == ["SO%2F1-v1.json", "SO%2F2-v1.json", "SO%2F3-v1.json"]
    for name in files(home):
        message = json.loads((home / "outbox/stock" / name).read_text())
        jsonschema.validate(message, SCHEMA)
        assert message["order"]["ship_to"]["address"] == "Calle 1"
        assert message["order"]["ship_to"]["city"] == "Madrid"
        assert [line["qty"] for line in message["lines"]] == ["3", "3"]
    assert column(engine, sales_order.c.state) == ["handed_off"] * 3
    assert column(engine, handoff_message.c.state) == ["sent"] * 3
    assert column(engine, event.c.to_state) == ["handed_off"] * 3


def test_a_crash_between_decision_and_file_leaves_the_file_to_the_next_run(
    home, engine, stocked, monkeypatch
):
    an_order(engine, **stocked)
    with monkeypatch.context() as patched:
        patched.setattr("tasks.stock.adapters.write_files", _broken_disk)
        with pytest.raises(OSError, match="No space left"):
            hand_off()
    assert column(engine, handoff_message.c.state) == ["queued"]
    assert hand_off().done == {"files written": 1}
    assert files(home) == ["O1-v1.json"]


def _broken_disk(folder, contents):
    raise OSError(28, "No space left on device")


def test_a_crash_between_file_and_confirmation_writes_the_same_file_again(
    home, engine, stocked
):
    an_order(engine, **stocked)
    hand_off()
    before = (home / "outbox/stock/O1-v1.json").read_bytes()
    with writing(engine) as connection:
        connection.execute(update(handoff_message).values(state="queued"))
    assert hand_off().done == {"files written": 1}
    assert files(home) == ["O1-v1.json"]
    assert (home / "outbox/stock/O1-v1.json").read_bytes() == before


def test_an_order_to_be_paid_first_waits_until_it_is_paid(home, engine, stocked):
    order_id = an_order(engine, shipping_policy="after_payment", **stocked)
    assert hand_off().skipped == {"awaiting payment": 1}
    with writing(engine) as connection:
        connection.execute(
            update(sales_order)
            .where(sales_order.c.id == order_id)
            .values(is_prepaid=True)
        )
    assert hand_off().done == {
        "withdrawn requests": 1,
        "handed off": 1,
        "files written": 1,
    }


def test_an_order_with_nothing_to_ship_is_set_aside_and_the_others_leave(
    home, engine, stocked
):
    an_order(engine, no="O1", line={"state": "cancelled"}, **stocked)
    an_order(engine, no="O2", **stocked)
    outcome = hand_off()
    assert outcome.done == {"handed off": 1, "files written": 1}
    assert [one.document for one in outcome.failed] == ["O1"]
    assert hand_off().waiting == 1
    assert column(engine, failure.c.code) == ["nothing_to_ship"]
    with writing(engine) as connection:
        connection.execute(update(order_line).values(state="open"))
    assert hand_off().done == {"handed off": 1, "files written": 1}
    assert files(home) == ["O1-v1.json", "O2-v1.json"]


def test_statements_do_not_grow_with_the_orders(home, engine, stocked):
    seen = []
    for first, count in ((0, 3), (10, 30)):
        for number in range(first, first + count):
            an_order(engine, no=f"O{number}", **stocked)
        with counted_statements(engine) as statements:
            hand_off()
        seen.append(len(statements))
    assert seen[0] == seen[1]
