"""Row 85: a dunning run far beyond the usual sends nothing until a person's yes."""

from datetime import timedelta
from decimal import Decimal

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import exchange_rate, outbox, run_brake, run_volume, task
from flows.commands.confirm_run import confirm_run
from flows.direct import run_directly
from tasks.brake import confirm_run as confirm
from tests.builders import a_customer
from tests.tasks.dunning_rows import DUE_ON, an_invoice, run_dunning

POLICY = """
[dunning.brake]
least_days = 3
least_documents = 4
least_amount = 1000
"""
TONIGHT = DUE_ON + timedelta(days=7)  # a Monday, a week after the first due date
SAID = {"by": "Ana", "reason": "the bank was closed for a week"}


class Debtors:
    """Customers, each with an invoice of 100 that is chased on a day."""

    def __init__(self, engine):
        self.engine, self.count = engine, 0

    def owe(self, count, *, on, **changes):
        for _ in range(count):
            self.count += 1
            code = f"C{self.count}"
            due_on = on - timedelta(days=3)
            an_invoice(
                self.engine,
                a_customer(self.engine, code),
                f"F-{code}",
                due_on=due_on,
                **changes,
            )

    def rows(self, table):
        with reading(self.engine) as connection:
            return connection.execute(select(table)).all()


@pytest.fixture
def debtors(engine, home):
    """Three nights of one reminder each."""
    (home / "policy.toml").write_text(POLICY)
    made = Debtors(engine)
    for at in (1, 2, 3):
        made.owe(1, on=DUE_ON + timedelta(days=at))
        assert run_dunning(DUE_ON + timedelta(days=at)).done["reminders"] == 1
    return made


def test_row_85_far_more_reminders_than_usual_wait_for_a_yes(debtors):
    debtors.owe(6, on=TONIGHT)
    stopped = run_dunning(TONIGHT)
    assert stopped.done == {}
    [failed] = stopped.failed
    assert (failed.document, failed.code) == ("the whole run", "run_brake")
    assert "6 reminders of 600.00 EUR" in failed.message
    assert "usual is 1 reminder of 100.00 EUR" in failed.message
    assert f"adv confirm-run dunning --date {TONIGHT}" in failed.message
    assert len(debtors.rows(outbox)) == 3

    again = run_dunning(TONIGHT)
    assert (again.failed, again.waiting, len(debtors.rows(outbox))) == ((), 1, 3)
    assert len(debtors.rows(run_brake)) == 1

    result = CliRunner().invoke(
        confirm_run,
        ["dunning", "--date", str(TONIGHT), "--by", "Ana", "--reason", "right"],
    )
    assert (result.exit_code, "may send 6 reminders" in result.output) == (0, True)
    assert run_dunning(TONIGHT).done["reminders"] == 6
    [asked] = [one for one in debtors.rows(task) if one.kind == "run_brake"]
    assert (asked.state, asked.closed_by) == ("done", "Ana")
    assert run_dunning(TONIGHT).failed == ()
    assert len(debtors.rows(outbox)) == 9


def test_row_85_far_more_money_than_usual_is_not_claimed_either(debtors):
    debtors.owe(1, on=TONIGHT, amount=Decimal(1001))
    [failed] = run_dunning(TONIGHT).failed
    assert "1 reminder of 1001.00 EUR" in failed.message
    confirm(step="dunning", on=TONIGHT, **SAID)
    assert run_dunning(TONIGHT).done["reminders"] == 1


def test_row_85_another_currency_counts_by_its_rate(debtors, engine):
    with writing(engine) as connection:
        connection.execute(
            exchange_rate.insert().values(
                currency="USD", base="EUR", rate=Decimal(2), valid_from=DUE_ON
            )
        )
    debtors.owe(1, on=TONIGHT, amount=Decimal(2001), currency="USD")
    [failed] = run_dunning(TONIGHT).failed
    assert "1 reminder of 1000.50 EUR" in failed.message


def test_row_85_reminders_up_to_five_times_the_usual_leave_unasked(debtors):
    debtors.owe(5, on=TONIGHT)
    assert run_dunning(TONIGHT).done["reminders"] == 5
    assert debtors.rows(run_brake) == []
    usual = {one.business_date: one.documents for one in debtors.rows(run_volume)}
    assert usual[TONIGHT] == 5


def test_row_85_the_yes_to_reminders_is_bound_to_date_and_figures(debtors):
    debtors.owe(6, on=TONIGHT)
    run_dunning(TONIGHT)
    confirm(step="dunning", on=TONIGHT, **SAID)
    debtors.owe(2, on=TONIGHT)  # beyond a tenth more
    [failed] = run_dunning(TONIGHT).failed
    assert "8 reminders" in failed.message
    assert [one.code for one in run_dunning(TONIGHT + timedelta(days=1)).failed]
    assert len(debtors.rows(outbox)) == 3


def test_row_85_a_dry_dunning_run_says_that_it_would_stop(debtors):
    debtors.owe(6, on=TONIGHT)
    [end] = run_directly("dunning", on=TONIGHT, dry_run=True)
    assert end.outcome.skipped["a person is asked first"] == 6
    assert "6 reminders" in end.outcome.details[0]["stopped"]
    assert end.outcome.done["reminders"] == 6
    assert debtors.rows(run_brake) == []


def test_row_85_a_company_without_history_is_not_asked(engine, home):
    (home / "policy.toml").write_text(POLICY)
    debtors = Debtors(engine)
    debtors.owe(9, on=TONIGHT)
    assert run_dunning(TONIGHT).done["reminders"] == 9


def test_row_85_a_poisoned_customer_does_not_break_the_count(debtors, monkeypatch):
    import tasks.dunning.outlook
    import tasks.dunning.step

    debtors.owe(7, on=TONIGHT)
    decide = tasks.dunning.step.decision_of

    def poisoned(record, ground):
        if record.debtor.code == "C4":
            raise ValueError("cannot decide C4")
        return decide(record, ground)

    monkeypatch.setattr(tasks.dunning.step, "decision_of", poisoned)
    monkeypatch.setattr(tasks.dunning.outlook, "decision_of", poisoned)
    [failed] = run_dunning(TONIGHT).failed
    assert "6 reminders" in failed.message


def test_row_85_the_policy_can_leave_dunning_alone(debtors, home):
    (home / "policy.toml").write_text("[dunning.brake]\non = false\n")
    debtors.owe(9, on=TONIGHT)
    assert run_dunning(TONIGHT).done["reminders"] == 9
