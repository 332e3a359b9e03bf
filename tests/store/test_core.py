"""The store's ground: types, keys, bulk rows, leases, failures, outbox."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from adv_domain.store.columns import ScaleLost
from adv_domain.store.engine import reading, writing
from adv_domain.store.leases import (
    LeaseHeld,
    LeaseLost,
    keep_lease,
    release_lease,
    take_lease,
)
from adv_domain.store.outbox import OutboxMail, queue_mails
from adv_domain.store.rows import among, counted_statements, insert_rows, take_ids
from adv_domain.store.runs import FailedDocument, record_failures, resolve_failures
from adv_domain.store.schema import check_schema
from adv_domain.store.tables import exchange_rate, lease, outbox, task
from adv_domain.store.worklist import PersonTask, open_tasks

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = date(2026, 11, 23)


def _rate(currency, rate):
    return {
        "currency": currency,
        "base": "EUR",
        "rate": Decimal(rate),
        "valid_from": DAY,
    }


def test_decimals_come_back_exactly_and_rows_are_one_statement(engine):
    rows = [_rate("USD", "1.083412"), _rate("JPY", "163.5"), _rate("TND", "0.000001")]
    with counted_statements(engine) as seen, writing(engine) as connection:
        assert insert_rows(connection, exchange_rate, rows) == 3
    assert len(seen) == 1 + (engine.dialect.name == "sqlite")  # BEGIN IMMEDIATE
    with reading(engine) as connection:
        found = connection.execute(
            select(exchange_rate.c.currency, exchange_rate.c.rate).where(
                among(connection, exchange_rate.c.currency, ["USD", "TND", "XXX"])
            )
        ).all()
    assert dict(found) == {"USD": Decimal("1.083412"), "TND": Decimal("0.000001")}


def test_a_decimal_with_too_many_digits_is_refused(sqlite_home):
    from tasks.resources import resources

    with (
        writing(resources().engine) as connection,
        pytest.raises(Exception, match="more than 6 decimals") as caught,
    ):
        insert_rows(connection, exchange_rate, [_rate("USD", "1.0000001")])
    assert isinstance(caught.value.__cause__ or caught.value, ScaleLost | Exception)


def test_taken_ids_are_free(engine):
    with writing(engine) as connection:
        ids = list(take_ids(connection, task, 3))
        rows = [{"id": one, **_task(f"k{one}")} for one in ids]
        insert_rows(connection, task, rows)
    with writing(engine) as connection:
        more = list(take_ids(connection, task, 2))
    assert len(set(ids) | set(more)) == 5


def _task(key):
    return {
        "task_key": key,
        "kind": "test",
        "team": "adv",
        "state": "open",
        "text": "x",
        "opened_on": DAY,
    }


def test_a_second_run_is_refused_until_the_lease_is_released(engine):
    with writing(engine) as connection:
        held = take_lease(connection, step="s", shard=0, owner="one", now=NOW)
    with writing(engine) as connection, pytest.raises(LeaseHeld, match="another run"):
        take_lease(connection, step="s", shard=0, owner="two", now=NOW)
    with writing(engine) as connection:
        release_lease(connection, held, now=NOW)
    with writing(engine) as connection:
        again = take_lease(connection, step="s", shard=0, owner="two", now=NOW)
        assert again.fence == held.fence + 1
        with pytest.raises(LeaseLost):
            keep_lease(connection, held, now=NOW)


def test_a_dead_process_is_taken_over_and_another_host_only_when_silent(engine):
    with writing(engine) as connection:
        take_lease(connection, step="s", shard=0, owner="one", now=NOW)
        connection.execute(lease.update().values(pid=2**22 + 1))
        take_lease(connection, step="s", shard=0, owner="two", now=NOW)
        connection.execute(lease.update().values(host="elsewhere"))
        with pytest.raises(LeaseHeld):
            take_lease(connection, step="s", shard=0, owner="three", now=NOW)
        later = NOW + timedelta(seconds=121)
        take_lease(connection, step="s", shard=0, owner="three", now=later)


def test_a_standing_failure_waits_and_a_mended_one_is_resolved(engine):
    def note(message):
        with writing(engine) as connection:
            return record_failures(
                connection,
                step="s",
                run_id=1,
                owner="adv",
                failed=[FailedDocument("A1", "tax", message)],
                now=NOW,
            )

    assert len(note("no rate")) == 1
    assert note("no rate") == []
    assert len(note("another cause")) == 1
    with writing(engine) as connection:
        resolve_failures(connection, step="s", documents={"A1"}, now=NOW)
    assert len(note("another cause")) == 1


def test_queueing_a_mail_twice_queues_it_once(engine):
    mail = OutboxMail(
        outbox_key="invoice:F1",
        kind="invoice",
        to_address="a@example.com",
        template="invoice",
        language="en",
        context={"number": "F1"},
    )
    for expected in (1, 0):
        with writing(engine) as connection:
            done = queue_mails(connection, [mail], business_date=DAY, now=NOW)
        assert done == expected
    with reading(engine) as connection:
        row = connection.execute(select(outbox)).one()
    assert row.message_id.startswith("<")
    assert row.context == {"number": "F1"}


def test_opening_a_task_twice_opens_it_once(engine):
    one = PersonTask(task_key="k", kind="review", team="adv", text="look")
    with writing(engine) as connection:
        assert open_tasks(connection, [one], opened_on=DAY) == 1
        assert open_tasks(connection, [one], opened_on=DAY) == 0


def test_the_schema_is_checked(engine):
    with reading(engine) as connection:
        check_schema(connection)
