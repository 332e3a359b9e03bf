"""What a person does with reminders counts like a confirmed send, with his name."""

from datetime import timedelta
from decimal import Decimal

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from adv_domain.store.engine import reading
from adv_domain.store.tables import dunning_notice, event, task
from flows.commands.dunning import dunning
from tasks.dunning.acts import DunningRefused, finish_dunning_task, waive_level
from tests.builders import a_customer
from tests.tasks.dunning_rows import DUE_ON, an_invoice, end_mails, notices, run_dunning


def day(after):
    return DUE_ON + timedelta(days=after)


def act(on, **changes):
    return {"by": "ana", "reason": "paid in cash", "on": day(on)} | changes


def test_a_waived_level_counts_as_completed_and_the_next_keeps_its_distance(engine):
    an_invoice(engine, a_customer(engine), "F-1", parts=2)
    assert waive_level("F-1", **act(5)) == 1
    assert notices(engine) == [("F-1", 1, "waived", 1), ("F-1", 1, "waived", 1)]
    assert run_dunning(day(11)).done == {}
    assert run_dunning(day(12)).done == {"reminders": 1, "notices": 2}
    with reading(engine) as connection:
        why = connection.execute(
            select(dunning_notice.c.reason, dunning_notice.c.completed_on).limit(1)
        ).one()
        logged = connection.execute(select(event.c.what, event.c.actor)).all()
    assert tuple(why) == ("ana: paid in cash", day(5))
    assert [tuple(row) for row in logged] == [("level 1 of F-1 waived", "ana")]


def test_what_is_on_its_way_settled_or_unknown_is_not_waived(engine):
    an_invoice(engine, a_customer(engine), "F-1")
    run_dunning(day(3))
    with pytest.raises(DunningRefused, match="on its way"):
        waive_level("F-1", **act(3))
    end_mails(engine, state="failed", on=day(3))
    assert waive_level("F-1", **act(3)) == 1
    assert notices(engine) == [("F-1", 1, "failed", 1), ("F-1", 1, "waived", 2)]
    with pytest.raises(DunningRefused, match="no invoice"):
        waive_level("F-9", **act(3))


def test_a_finished_letter_completes_its_levels_once(engine):
    item = {"legacy_level": 3, "legacy_level_on": day(20)}
    an_invoice(engine, a_customer(engine), "F-1", item=item)
    run_dunning(day(30))
    with reading(engine) as connection:
        key = connection.execute(select(task.c.task_key)).scalar_one()
    done = {"by": "ana", "result": "handed to the agency", "on": day(31)}
    assert finish_dunning_task(key, **done) == 1
    assert notices(engine) == [("F-1", 4, "completed", 1)]
    with pytest.raises(DunningRefused, match="no task"):
        finish_dunning_task(key, **done)


def test_the_commands_act_and_refuse_in_words(engine):
    an_invoice(engine, a_customer(engine), "F-1", amount=Decimal(50))
    said = ["--by", "ana", "--reason", "goodwill", "--date", str(day(3))]
    fine = CliRunner().invoke(dunning, ["waive", "F-1", *said])
    assert (fine.exit_code, fine.stdout) == (0, "level 1 of F-1 is waived\n")
    refused = CliRunner().invoke(dunning, ["done", "nothing", *said])
    assert refused.exit_code == 1
    assert "no task nothing is open" in refused.output
