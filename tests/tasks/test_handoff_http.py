"""However the receiver at the other end of HTTP behaves, every message arrives at
least once and is recognised as the same (row 20, invariant 18)."""

import json
from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import event, failure, handoff_message, task
from adv_domain.web.stock_endpoint import EndpointMisconfigured
from flows.commands.order import order
from flows.commands.stock import stock
from flows.direct import run_directly
from tasks.worklist import TaskRefused, finish_task
from tests.builders import a_customer, a_product, an_order
from tests.stock_receiver import SECRET, a_receiver

ON = date(2026, 1, 5)
ANA = ["--by", "Ana", "--reason", "the endpoint is mended", "--date", "2026-01-05"]
POLICY = """
[handoff]
adapter = "http"
attempts = 3
"""


@pytest.fixture
def receiver(home, monkeypatch):
    """A receiver to which messages leave by HTTP."""
    (home / "policy.toml").write_text(POLICY)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with a_receiver() as running:
        monkeypatch.setenv("ADV_STOCK_URL", running.url)
        monkeypatch.setenv("ADV_STOCK_SECRET", SECRET)
        monkeypatch.setenv("ADV_STOCK_TIMEOUT", "0.3")
        yield running


@pytest.fixture
def stocked(receiver, engine):
    return {"customer_id": a_customer(engine), "product_id": a_product(engine)}


def done():
    [end] = run_directly("handoff", on=ON)
    assert end.error is None, end.error
    return end.outcome


def due_now(engine):
    """Let the time pass that the next attempts wait for."""
    with writing(engine) as connection:
        connection.execute(
            update(handoff_message)
            .where(handoff_message.c.state == "queued")
            .values(next_attempt_at=None)
        )


def column(engine, chosen):
    with reading(engine) as connection:
        statement = select(chosen).order_by(chosen.table.c.id)
        return list(connection.execute(statement).scalars())


def adv(*arguments):
    return CliRunner().invoke(stock, list(arguments))


def test_row_20_each_message_is_posted_once_signed_and_acknowledged(
    receiver, engine, stocked
):
    for number in range(3):
        an_order(engine, no=f"O{number}", **stocked)
    assert done().done == {"handed off": 3, "delivered": 3}
    assert done().message == "nothing to do"
    assert receiver.orders == ["O0", "O1", "O2"]
    assert [key for key, _ in receiver.requests] == ["O0/1", "O1/1", "O2/1"]
    assert column(engine, handoff_message.c.state) == ["acknowledged"] * 3
    assert None not in column(engine, handoff_message.c.acknowledged_at)


@pytest.mark.parametrize("mood", [500, 503, 429, "die", "die_after", "late"])
def test_row_20_invariant_18_a_message_that_was_not_answered_is_sent_again_the_same(
    receiver, engine, stocked, mood
):
    an_order(engine, no="O1", **stocked)
    an_order(engine, no="O2", **stocked)
    receiver.moods = [mood]
    first = done()
    assert first.done == {"handed off": 2, "delivered": 1, "put off": 1}
    assert first.waiting == 1
    # its time has not come: nothing is sent twice
    assert done().waiting == 1
    assert len(receiver.requests) == 2
    due_now(engine)
    assert done().done == {"delivered": 1}
    first_body, second_body = receiver.bodies("O1/1")
    assert first_body == second_body
    assert sorted(receiver.orders) == ["O1", "O2"]
    assert column(engine, handoff_message.c.state) == ["acknowledged"] * 2
    assert column(engine, handoff_message.c.last_error) == [None, None]


def test_row_20_invariant_18_whatever_the_moods_all_arrive_and_each_counts_once(
    receiver, engine, stocked
):
    for number in range(8):
        an_order(engine, no=f"O{number}", **stocked)
    receiver.moods = ["die", 200, "late", 500, 200, "die_after", 503, 202]
    done()
    for _ in range(3):
        due_now(engine)
        done()
    assert sorted(receiver.orders) == [f"O{number}" for number in range(8)]
    keys = [key for key, _ in receiver.requests]
    assert len(keys) > len(set(keys)) == 8
    assert set(column(engine, handoff_message.c.state)) <= {"acknowledged", "sent"}


def test_row_20_a_crash_between_send_and_confirmation_sends_the_same_bytes_again(
    receiver, engine, stocked, monkeypatch
):
    an_order(engine, **stocked)
    with monkeypatch.context() as patched:
        patched.setattr("tasks.stock.sending.write_taken", _power_cut)
        with pytest.raises(OSError, match="power cut"):
            done()
    assert column(engine, handoff_message.c.state) == ["queued"]
    assert done().done == {"delivered": 1}
    first_body, second_body = receiver.bodies("O1/1")
    assert first_body == second_body
    assert receiver.orders == ["O1"]


def _power_cut(*_, **__):
    raise OSError("power cut")


def test_of_an_answer_without_end_only_the_beginning_is_read(receiver, engine, stocked):
    an_order(engine, no="O1", **stocked)
    an_order(engine, no="O2", **stocked)
    receiver.moods = ["endless"]
    assert done().done == {"handed off": 2, "delivered": 2}
    assert receiver.orders == ["O1", "O2"]
    assert column(engine, handoff_message.c.state) == ["acknowledged"] * 2
    # what the two ends buffer comes on top of what is read
    assert receiver.poured < 32 << 20


def test_a_receiver_that_is_away_is_not_asked_for_each_message(
    receiver, engine, stocked
):
    for number in range(12):
        an_order(engine, no=f"O{number:02}", **stocked)
    receiver.usual = 503
    assert done().waiting == 12
    assert len(receiver.requests) == 5
    receiver.usual = 200
    due_now(engine)
    assert done().done == {"delivered": 12}


def test_a_receiver_that_asks_for_an_hour_gets_it(receiver, engine, stocked):
    an_order(engine, **stocked)
    receiver.moods, receiver.retry_after = [429], "3600"
    done()
    with reading(engine) as connection:
        row = connection.execute(select(handoff_message)).one()
    assert row.last_error == "HTTP 429 Too Many Requests: said so"
    with reading(engine) as connection:
        decided = connection.execute(select(event.c.at)).scalars().first()
    assert row.next_attempt_at - decided > timedelta(minutes=59)


def test_a_message_taken_and_not_acknowledged_yet_is_sent(receiver, engine, stocked):
    an_order(engine, **stocked)
    receiver.moods = [202]
    done()
    with reading(engine) as connection:
        row = connection.execute(select(handoff_message)).one()
    assert (row.state, row.acknowledged_at) == ("sent", None)
    wait = row.acknowledge_by - row.sent_at
    assert timedelta(hours=23, minutes=59) < wait <= timedelta(hours=24)


def test_a_message_that_is_never_taken_becomes_a_task_and_can_be_sent_again(
    receiver, engine, stocked
):
    an_order(engine, no="O1", **stocked)
    receiver.moods = [500, 500, 500]
    for _ in range(2):
        assert done().failed == ()
        due_now(engine)
    [failed] = done().failed
    assert (failed.document, failed.code) == ("O1/1", "message_failed")
    assert failed.message.startswith("given up after 3 attempts: HTTP 500")
    assert column(engine, handoff_message.c.state) == ["failed"]
    assert column(engine, task.c.task_key) == ["handoff_failed:O1/1:3"]
    assert done().message == "nothing to do"
    with pytest.raises(TaskRefused, match="adv stock resend KEY"):
        finish_task("handoff_failed:O1/1:3", by="Ana", result="done", on=ON)
    story = CliRunner().invoke(order, ["O1"]).output
    assert "handed off, nothing was shipped yet" in story
    assert "stock did not take message O1/1: see adv stock messages" in story
    assert "order O1/1: waits for a person after 3 attempts: given up" in story
    shown = adv("messages")
    assert "waits for a person after 3 attempts: given up" in shown.output

    said = adv("resend", "O1/1", *ANA)
    assert (said.exit_code, said.output) == (0, "message O1/1 is queued\n")
    assert column(engine, task.c.state) == ["dropped"]
    assert None not in column(engine, failure.c.resolved_at)
    assert done().done == {"delivered": 1}
    assert len(set(receiver.bodies("O1/1"))) == 1
    assert receiver.orders == ["O1"]
    assert column(engine, event.c.what)[-2:] == ["message_failed", "message_resent"]


def test_a_message_sent_again_has_all_its_attempts_anew_and_a_task_of_its_own(
    receiver, engine, stocked
):
    an_order(engine, no="O1", **stocked)
    receiver.usual = 500
    for round_no in (1, 2):
        for _ in range(3):
            due_now(engine)
            done()
        assert len(receiver.requests) == 3 * round_no
        assert adv("resend", "O1/1", *ANA).exit_code == 0
    assert column(engine, task.c.task_key) == [
        "handoff_failed:O1/1:3",
        "handoff_failed:O1/1:6",
    ]


def test_a_message_that_is_refused_waits_at_once_and_can_be_settled_otherwise(
    receiver, engine, stocked
):
    an_order(engine, no="O1", **stocked)
    an_order(engine, no="O2", **stocked)
    receiver.moods = [422]
    outcome = done()
    assert [one.document for one in outcome.failed] == ["O1/1"]
    assert outcome.done == {"handed off": 2, "delivered": 1}
    assert adv("settle", "O2/1", *ANA).exit_code == 1
    assert adv("settle", "O1/1", *ANA).output == "message O1/1 is acknowledged\n"
    assert column(engine, handoff_message.c.state) == ["acknowledged"] * 2
    assert done().message == "nothing to do"


def test_what_is_said_last_of_an_order_arrives_last(receiver, engine, stocked):
    """A cancellation must not overtake the order that it cancels."""
    from tasks.orders.acts.ending import cancel_order

    an_order(engine, no="O1", **stocked)
    receiver.moods = [500]
    done()
    cancel_order(name="O1", by="Ana", reason="customer asked", on=ON)
    assert done().waiting == 2
    assert len(receiver.requests) == 1
    due_now(engine)
    receiver.moods = [500]
    assert done().done == {"put off": 1}
    due_now(engine)
    assert done().done == {"delivered": 2}
    assert [key for key, _ in receiver.requests][-2:] == ["O1/1", "O1/2"]
    assert json.loads(receiver.taken["O1/2"])["kind"] == "cancel"


@pytest.mark.parametrize("mood", [401, 403, 404, 302])
def test_a_wrong_address_or_secret_ends_the_run_and_uses_no_attempt_up(
    receiver, engine, stocked, mood
):
    an_order(engine, no="O1", **stocked)
    an_order(engine, no="O2", **stocked)
    receiver.moods = [200, mood]
    with pytest.raises(EndpointMisconfigured, match="ADV_STOCK_URL"):
        done()
    assert column(engine, handoff_message.c.state) == ["acknowledged", "queued"]
    assert column(engine, handoff_message.c.attempts) == [1, 0]
    assert done().done == {"delivered": 1}


def test_without_an_address_nothing_leaves_and_the_run_says_what_to_set(
    receiver, engine, stocked, monkeypatch
):
    monkeypatch.delenv("ADV_STOCK_URL")
    an_order(engine, **stocked)
    with pytest.raises(EndpointMisconfigured, match="set ADV_STOCK_URL"):
        done()
    assert column(engine, handoff_message.c.state) == ["queued"]


def test_a_receiver_that_knows_another_secret_gets_nothing(
    receiver, engine, stocked, monkeypatch
):
    monkeypatch.setenv("ADV_STOCK_SECRET", "another one")
    an_order(engine, **stocked)
    with pytest.raises(EndpointMisconfigured, match="401"):
        done()
    assert receiver.taken == {}


def test_statements_grow_with_the_confirmations_only(receiver, engine, stocked):
    seen = []
    for first, count in ((0, 3), (100, 18)):
        for number in range(first, first + count):
            an_order(engine, no=f"O{number}", **stocked)
        with counted_statements(engine) as statements:
            done()
        seen.append(len(statements))
    assert seen[0] == seen[1]
