"""What stock does not acknowledge in time is somebody's task until it does."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import file_fault, handoff_message, sales_order, task
from flows.direct import run_directly
from tasks.intake.step import import_file
from tasks.resources import now
from tasks.worklist import finish_task
from tests.builders import a_customer, a_delivery, a_product, an_order

ON = date(2026, 1, 5)
TASK = "handoff_unacknowledged:2026-01-05"


@pytest.fixture
def stocked(home, engine):
    return {"customer_id": a_customer(engine), "product_id": a_product(engine)}


def done(step="handoff", on=ON):
    [end] = run_directly(step, on=on)
    assert end.error is None, end.error
    return end.outcome


def column(engine, chosen):
    with reading(engine) as connection:
        statement = select(chosen).order_by(chosen.table.c.id)
        return list(connection.execute(statement).scalars())


def tasks(engine):
    with reading(engine) as connection:
        rows = connection.execute(select(task.c.task_key, task.c.state))
        return [tuple(row) for row in rows]


def hours_pass(engine, hours):
    """Let the messages have been sent so long ago."""
    earlier = now() - timedelta(hours=hours)
    with writing(engine) as connection:
        connection.execute(
            update(handoff_message)
            .where(handoff_message.c.state == "sent")
            .values(sent_at=earlier, acknowledge_by=earlier + timedelta(hours=24))
        )


def take(tmp_path, *rows):
    path = tmp_path / "acknowledged.csv"
    path.write_text("\n".join(("message_id,accepted,note", *rows)) + "\n")
    return import_file("acknowledgements", path, on=ON)


def counts(tally):
    return tally.read, tally.accepted, tally.duplicate, tally.rejected


def test_a_file_acknowledges_its_messages_once(engine, stocked, tmp_path):
    for number in (1, 2, 3):
        an_order(engine, no=f"O{number}", **stocked)
    done()
    assert counts(take(tmp_path, "O1/1,,", "O2/1,yes,")) == (2, 2, 0, 0)
    assert counts(take(tmp_path, "O1/1,,", "O2/1,yes,", "O3/1,,")) == (3, 1, 2, 0)
    assert column(engine, handoff_message.c.state) == ["acknowledged"] * 3


def test_the_inbox_takes_acknowledgements(home, engine, stocked):
    an_order(engine, **stocked)
    done()
    inbox = home / "inbox" / "acknowledgements"
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / "a.csv").write_text("message_id\nO1/1\n")
    assert done("intake").done == {"files": 1, "acknowledgements": 1}
    assert column(engine, handoff_message.c.state) == ["acknowledged"]


def test_an_acknowledgement_of_no_message_of_ours_is_told_with_its_row(
    engine, stocked, tmp_path
):
    an_order(engine, **stocked)
    done()
    tally = take(tmp_path, "O1/1,,", "X9/4,,")
    assert counts(tally) == (2, 1, 0, 1)
    [fault] = tally.faults
    assert (fault.row, fault.field, fault.code) == (3, "message_id", "unknown_message")
    assert fault.message == "there is no message X9/4 of ours; correct it"
    assert column(engine, file_fault.c.code) == ["unknown_message"]


def test_a_refusal_by_file_needs_its_reason_and_is_a_task(engine, stocked, tmp_path):
    an_order(engine, **stocked)
    done()
    tally = take(tmp_path, "O1/1,no,")
    assert [(one.field, one.code) for one in tally.faults] == [("note", "missing")]
    assert counts(take(tmp_path, "O1/1,no,no such product")) == (1, 1, 0, 0)
    assert column(engine, handoff_message.c.state) == ["failed"]
    assert column(engine, task.c.kind) == ["handoff_failed"]
    assert counts(take(tmp_path, "O1/1,yes,found it")) == (1, 1, 0, 0)
    assert column(engine, handoff_message.c.state) == ["acknowledged"]
    assert column(engine, task.c.state) == ["dropped"]


def test_silence_beyond_the_hours_is_one_task_a_day_until_all_is_acknowledged(
    engine, stocked, tmp_path
):
    for number in (1, 2, 3):
        an_order(engine, no=f"O{number}", **stocked)
    done()
    hours_pass(engine, 23)
    assert done().message == "nothing to do"
    hours_pass(engine, 25)
    assert done().done == {"silences told": 1}
    assert done().message == "nothing to do"
    assert tasks(engine) == [(TASK, "open")]
    assert column(engine, task.c.text)[0].startswith(
        "stock has not acknowledged message O1/1 and 2 more of 2026-01-05"
    )
    take(tmp_path, "O1/1,,", "O2/1,,")
    done()
    assert tasks(engine) == [(TASK, "open")]
    take(tmp_path, "O3/1,,")
    done()
    assert tasks(engine) == [(TASK, "dropped")]


def test_a_person_who_asked_is_not_asked_again(engine, stocked):
    an_order(engine, **stocked)
    done()
    hours_pass(engine, 25)
    done()
    finish_task(TASK, by="Ana", result="they have it", on=ON)
    assert done().message == "nothing to do"
    assert tasks(engine) == [(TASK, "done")]
    assert column(engine, handoff_message.c.acknowledge_by) == [None]


def test_news_of_an_order_acknowledge_it(engine, stocked):
    order_id = an_order(engine, **stocked)
    done()
    hours_pass(engine, 10**6)
    with writing(engine) as connection:
        soon = now() + timedelta(hours=1)
        connection.execute(update(handoff_message).values(acknowledge_by=soon))
    a_delivery(engine, order_id)
    assert done().done == {"acknowledged by news": 1}
    assert column(engine, handoff_message.c.state) == ["acknowledged"]
    assert tasks(engine) == []


def test_news_from_before_a_message_do_not_acknowledge_it(engine, stocked):
    order_id = an_order(engine, **stocked)
    a_delivery(engine, order_id, qty=1)
    with writing(engine) as connection:
        connection.execute(update(sales_order).values(state="accepted"))
    done()
    hours_pass(engine, 25)
    assert done().done == {"silences told": 1}


def test_where_nobody_acknowledges_nobody_is_asked(home, engine, stocked):
    (home / "policy.toml").write_text("[handoff]\nacknowledge_within_hours = 0\n")
    an_order(engine, **stocked)
    done()
    assert column(engine, handoff_message.c.acknowledge_by) == [None]


def test_statements_do_not_grow_with_the_silence(engine, stocked):
    seen = []
    for first, count in ((0, 2), (100, 20)):
        for number in range(first, first + count):
            an_order(engine, no=f"O{number}", **stocked)
        day = ON + timedelta(days=first)
        done(on=day)
        hours_pass(engine, 25)
        with counted_statements(engine) as statements:
            done(on=day)
        seen.append(len(statements))
    assert seen[0] == seen[1]
