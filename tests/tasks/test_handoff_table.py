"""Stock's own system reads our messages from a table and answers in it (row 20)."""

import json
from datetime import date

import jsonschema
import pytest
from sqlalchemy import select, text

from adv_domain.files.handoff.schema import schema_of
from adv_domain.rules.stock.handoff import SCHEMA_VERSION
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import handoff_message, task, wms_message
from flows.direct import run_directly
from tasks.stock.dead_letters import resend_message
from tests.builders import a_customer, a_product, an_order

ON = date(2026, 1, 5)


@pytest.fixture
def stocked(home, engine):
    (home / "policy.toml").write_text('[handoff]\nadapter = "table"\n')
    return {"customer_id": a_customer(engine), "product_id": a_product(engine)}


def done():
    [end] = run_directly("handoff", on=ON)
    assert end.error is None, end.error
    return end.outcome


def rows(engine):
    with reading(engine) as connection:
        statement = select(wms_message).order_by(wms_message.c.id)
        return connection.execute(statement).all()


def column(engine, chosen):
    with reading(engine) as connection:
        statement = select(chosen).order_by(chosen.table.c.id)
        return list(connection.execute(statement).scalars())


def wms_says(engine, key, status, note=None):
    """Answer as the stock system does that knows nothing of us but the table."""
    statement = text(
        "UPDATE wms_message SET status = :status, note = :note WHERE message_key = :key"
    )
    with writing(engine) as connection:
        connection.execute(statement, {"status": status, "note": note, "key": key})


def test_row_20_each_message_is_a_row_once_and_keeps_to_the_schema(
    home, engine, stocked
):
    an_order(engine, no="O1", **stocked)
    an_order(engine, no="O2", **stocked)
    assert done().done == {"handed off": 2, "rows written": 2}
    assert done().message == "nothing to do"
    found = rows(engine)
    assert [(one.message_key, one.status) for one in found] == [
        ("O1/1", "new"),
        ("O2/1", "new"),
    ]
    message = json.loads(found[0].message)
    jsonschema.validate(message, schema_of(SCHEMA_VERSION))
    assert (found[0].order_no, found[0].kind) == ("O1", "order")
    assert column(engine, handoff_message.c.state) == ["sent", "sent"]
    assert not (home / "outbox/stock/O1-v1.json").exists()


def test_row_20_a_crash_between_row_and_confirmation_leaves_one_row(
    engine, stocked, monkeypatch
):
    an_order(engine, **stocked)
    with monkeypatch.context() as patched:
        patched.setattr("tasks.stock.sending.write_taken", _power_cut)
        with pytest.raises(OSError, match="power cut"):
            done()
    assert column(engine, handoff_message.c.state) == ["queued"]
    wms_says(engine, "O1/1", "acknowledged")
    assert done().done == {"answers heard": 1}
    assert len(rows(engine)) == 1
    assert column(engine, handoff_message.c.state) == ["acknowledged"]


def _power_cut(*_, **__):
    raise OSError("power cut")


def test_what_stock_acknowledges_in_the_table_is_acknowledged_once(engine, stocked):
    an_order(engine, **stocked)
    done()
    wms_says(engine, "O1/1", "acknowledged")
    assert done().done == {"answers heard": 1}
    assert done().message == "nothing to do"
    assert column(engine, handoff_message.c.state) == ["acknowledged"]
    assert None not in column(engine, handoff_message.c.acknowledged_at)


def test_what_stock_refuses_in_the_table_is_a_task_and_new_again_when_resent(
    engine, stocked
):
    an_order(engine, **stocked)
    done()
    wms_says(engine, "O1/1", "refused", "no such product")
    [failed] = done().failed
    assert (failed.document, failed.message) == ("O1/1", "refused: no such product")
    assert column(engine, task.c.kind) == ["handoff_failed"]
    resend_message("O1/1", by="Ana", reason="product is known now", on=ON)
    assert done().done == {"rows written": 1}
    [row] = rows(engine)
    assert (row.status, row.note, row.heard_at) == ("new", None, None)
    wms_says(engine, "O1/1", "acknowledged")
    assert done().done == {"answers heard": 1}
    assert column(engine, task.c.state) == ["dropped"]


def test_statements_do_not_grow_with_the_rows(engine, stocked):
    seen = []
    for first, count in ((0, 3), (100, 30)):
        keys = [f"O{number}" for number in range(first, first + count)]
        for key in keys:
            an_order(engine, no=key, **stocked)
        with counted_statements(engine) as statements:
            done()
        seen.append(len(statements))
    assert seen[0] == seen[1]
    seen = []
    for keys in (["O0/1"], [f"O{number}/1" for number in range(100, 130)]):
        for key in keys:
            wms_says(engine, key, "acknowledged")
        with counted_statements(engine) as statements:
            done()
        seen.append(len(statements))
    assert seen[0] == seen[1]
