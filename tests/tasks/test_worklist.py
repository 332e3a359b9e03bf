"""Does a person see every open task, and close it with what it stands for?"""

import json
from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import event, task
from adv_domain.store.worklist import PersonTask, open_tasks, read_open_tasks
from flows.cli import cli
from tasks.worklist import TaskRefused, finish_task
from tests.builders import a_customer
from tests.tasks.dunning_rows import DUE_ON, an_invoice, notices, run_dunning

ON = date(2026, 1, 6)
SAID = {"by": "ana", "result": "done by phone", "on": ON}


def day(after):
    return DUE_ON + timedelta(days=after)


def asked_for(engine, key, **changes):
    values = {"kind": "over_shipment", "team": "stock", "text": "bill or take back"}
    with writing(engine) as connection:
        open_tasks(
            connection, [PersonTask(task_key=key, **(values | changes))], opened_on=ON
        )


def adv(*words):
    return CliRunner().invoke(cli, list(map(str, words)))


def test_a_letter_that_is_done_completes_its_level(engine):
    item = {"legacy_level": 3, "legacy_level_on": day(20)}
    an_invoice(engine, a_customer(engine), "F-1", item=item)
    run_dunning(day(30))
    asked = adv("tasks", "--kind", "refer_to_collection", "--json")
    [waiting] = json.loads(asked.stdout)
    assert list(waiting) == [
        "key",
        "kind",
        "team",
        "customer",
        "what",
        "amount",
        "currency",
        "since",
    ]
    assert (waiting["customer"], waiting["amount"]) == ("C1", "100.00")
    finish_task(waiting["key"], by="ana", result="with the agency", on=day(31))
    assert notices(engine) == [("F-1", 4, "completed", 1)]


def test_other_work_is_closed_with_its_result_and_told_in_its_history(engine):
    customer_id = a_customer(engine)
    asked_for(engine, "T1", customer_id=customer_id)
    assert finish_task("T1", **SAID).kind == "over_shipment"
    with reading(engine) as connection:
        row = connection.execute(select(task)).one()
        told = connection.execute(
            select(event.c.entity_id, event.c.actor, event.c.reason).where(
                event.c.what == "task over_shipment done"
            )
        ).one()
    assert (row.state, row.closed_by, row.result) == ("done", "ana", "done by phone")
    assert told == (customer_id, "ana", "done by phone")
    with pytest.raises(TaskRefused, match="no task T1 is open"):
        finish_task("T1", **SAID)


def test_what_stock_gave_up_is_settled_by_its_own_command(engine):
    asked_for(engine, "T1", kind="stock_exception")
    with pytest.raises(TaskRefused, match="adv stock resolve"):
        finish_task("T1", **SAID)
    with reading(engine) as connection:
        assert len(read_open_tasks(connection)) == 1


def test_nobody_closes_without_a_name_and_a_result(engine):
    asked_for(engine, "T1")
    for silent in ({"by": " "}, {"result": ""}):
        with pytest.raises(TaskRefused, match="a name and a result"):
            finish_task("T1", **(SAID | silent))


def test_the_list_is_by_team_and_kind_and_names_each_key(engine):
    asked_for(engine, "T1")
    asked_for(engine, "T2", team="credit control", kind="dunning_call")
    told = adv("tasks", "--team", "stock").stdout
    assert "T1" in told and "T2" not in told and told.endswith("1 open task\n")
    listed = json.loads(adv("tasks", "--kind", "dunning_call", "--json").stdout)
    assert [one["key"] for one in listed] == ["T2"]
    said = ("--by", "ana", "--result", "called")
    assert adv("tasks", "done", "T2", *said).stdout == "dunning_call T2 is done\n"
    refused = adv("tasks", "done", "T2", *said)
    assert refused.exit_code == 1
    assert "no task T2 is open" in refused.stderr
