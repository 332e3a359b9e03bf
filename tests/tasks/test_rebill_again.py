"""Rows 87 and 31: whatever was credited before or chosen first, nothing that was
shipped ends neither billed nor listed, and a choice can be changed."""

from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from adv_domain.rules.credits.joint_credits import JointCredit
from adv_domain.store.audit import audit
from adv_domain.store.credits.undoing import Undo
from adv_domain.store.engine import reading
from adv_domain.store.tables import (
    cancelled_invoice,
    delivery_line,
    event,
    invoice,
    order_line,
    run,
    sales_order,
    task,
)
from flows.commands.undo import rebill, undo_run
from flows.direct import execute, run_directly
from tasks.credits.credit_notes import credit_amount, credit_invoice, credit_lines
from tasks.credits.joint_notes import credit_together
from tasks.credits.rebilling import (
    BilledAnew,
    NothingToRebill,
    Rebilling,
    rebill_named,
)
from tasks.credits.undo import undo_run as undo
from tests.builders import a_customer, a_delivery, a_product, an_order

ON = date(2026, 1, 31)
D = Decimal
SAID = {"reason_code": "price", "reason": "too dear", "by": "Ana", "on": ON}
FIRST = "F-2026-000001"
AS_ANA = ["--by", "Ana", "--reason", "b", "--date", str(ON)]


@pytest.fixture
def shipped(engine):
    """Three orders of 3 at 10.00, shipped whole and invoiced by one run."""
    customer_id, product_id = a_customer(engine), a_product(engine)
    for at in range(3):
        order_id = an_order(
            engine, customer_id=customer_id, product_id=product_id, no=f"O{at}"
        )
        a_delivery(engine, order_id, no=f"D{at}")
    invoicing()
    return engine


def invoicing():
    [end] = run_directly("invoicing", on=ON)
    assert end.error is None
    return end.outcome


def rows(engine, table, *where):
    with reading(engine) as connection:
        statement = select(table).where(*where).order_by(*table.primary_key)
        return connection.execute(statement).all()


def last_run(engine):
    with reading(engine) as connection:
        steps = select(func.max(run.c.id)).where(run.c.step == "invoicing")
        return connection.execute(steps).scalar_one()


def undone(engine, choice, run_id=None, **changes):
    said = {"reason_code": "cancellation", "reason": "wrong prices", "by": "Ana"}
    wish = Undo(run_id or last_run(engine), choice=choice, on=ON, **(said | changes))
    return undo(wish, execute=execute)


def chosen(name, choice, by="Bo", reason="thought again"):
    return rebill_named(name, choice=Rebilling(choice), by=by, reason=reason, on=ON)


def assert_all_is_billed(engine):
    """Invoices less credit notes come to what was shipped; nothing waits."""
    with reading(engine) as connection:
        net = connection.execute(select(func.sum(invoice.c.net))).scalar_one()
    assert D(net) == 90
    assert {one.qty_invoiced for one in rows(engine, order_line)} == {3}
    assert {one.to_invoice for one in rows(engine, sales_order)} == {False}
    assert broken(engine) == []


def broken(engine):
    with reading(engine) as connection:
        return [
            one
            for one in audit(connection)
            if one.violations and one.name != "handed_orders_have_a_message"
        ]  # the builders ship without the handoff


def by_amount():
    credit_amount(invoice_no=FIRST, amount=D("9.99"), **SAID)


def by_quantity():
    credit_invoice(invoice_no=FIRST, quantities={1: D(1)}, **SAID)


def by_line():
    credit_lines(invoice_no=FIRST, nets={1: D("4.50")}, **SAID)


def together():
    asked = JointCredit("price", "too dear", ON, gross=D(40))
    credit_together(invoice_nos=(FIRST, "F-2026-000002"), asked=asked, by="Ana")


@pytest.mark.parametrize("partly", [by_amount, by_quantity, by_line, together])
def test_row_87_what_was_credited_in_part_is_asked_about_and_can_be_billed_anew(
    shipped, partly
):
    partly()
    end = undone(shipped, "recreate")
    assert end.outcome.done == {"credit notes": 3}
    count = 2 if partly is together else 1
    numbers = [one.invoice_no for one in end.asked]
    assert numbers == [FIRST, "F-2026-000002"][:count]
    assert invoicing().done == {"invoices": 3 - count}
    tasks = rows(shipped, task, task.c.kind == "rebill", task.c.state == "open")
    assert [one.task_key for one in tasks] == [f"rebill:{no}" for no in numbers]
    assert "had been credited before" in tasks[0].text
    assert broken(shipped) == []

    assert sum(chosen(number, "recreate") for number in numbers) == count
    assert invoicing().done == {"invoices": count}
    assert_all_is_billed(shipped)


def test_row_87_a_person_who_credits_the_rest_is_asked_too(shipped):
    """Two notes of halves take an invoice back as one of the whole does."""
    by_amount()
    credit_invoice(invoice_no=FIRST, **SAID)
    assert [one.choice for one in rows(shipped, cancelled_invoice)] == ["asked"]
    chosen(FIRST, "recreate")
    assert invoicing().done == {"invoices": 1}
    assert_all_is_billed(shipped)


def test_row_87_the_command_names_what_it_asks(shipped):
    by_amount()
    result = CliRunner().invoke(
        undo_run,
        [str(last_run(shipped)), *AS_ANA, "--then", "recreate"],
    )
    assert result.exit_code == 0, result.output
    assert f"{FIRST} of C1: 9.99 EUR of it had been credited before" in result.output
    assert f"adv rebill {FIRST} --choose recreate|ignore" in result.output


def test_row_87_another_choice_is_not_dropped_silently(shipped):
    run_id = last_run(shipped)
    undone(shipped, "ignore", run_id)
    words = [str(run_id), *AS_ANA]
    again = CliRunner().invoke(undo_run, [*words, "--then", "recreate"])
    assert again.exit_code == 1
    assert "Ana began to undo run" in again.output
    assert "with --then ignore (wrong prices), and that stands" in again.output
    assert f"adv rebill run:{run_id} --choose recreate" in again.output
    # who only goes on with it asks for nothing else
    assert CliRunner().invoke(undo_run, words).exit_code == 0
    same = CliRunner().invoke(undo_run, [*words, "--then", "ignore"])
    assert same.exit_code == 0

    changed = CliRunner().invoke(
        rebill,
        [f"run:{run_id}", "--choose", "recreate", *AS_ANA],
    )
    assert changed.exit_code == 0, changed.output
    assert invoicing().done == {"invoices": 3}
    assert_all_is_billed(shipped)


def test_row_31_a_choice_is_changed_both_ways_and_its_history_is_kept(shipped):
    undone(shipped, "asked")
    chosen(FIRST, "ignore", by="Ana", reason="a present")
    with pytest.raises(NothingToRebill, match=r"how Ana chose .* \(a present\)"):
        chosen(FIRST, "ignore")
    chosen(FIRST, "recreate")
    chosen(FIRST, "ignore", reason="a present after all")
    assert broken(shipped) == []
    [line] = rows(shipped, delivery_line, delivery_line.c.order_id == 1)
    assert line.ignored_reason == "a present after all"
    assert [rows(shipped, sales_order)[0].state] == ["closed"]
    assert invoicing().message == "nothing to do"
    chosen(FIRST, "recreate", reason="no, a sale")
    assert invoicing().done == {"invoices": 1}
    assert broken(shipped) == []

    told = rows(shipped, event, event.c.entity == "invoice", event.c.entity_id == 1)
    assert [(one.actor, one.reason) for one in told if "deliveries" in one.what] == [
        ("Ana", "ignore: a present"),
        ("Bo", "recreate: thought again"),
        ("Bo", "ignore: a present after all"),
        ("Bo", "recreate: no, a sale"),
    ]
    with pytest.raises(BilledAnew, match="billed anew already, by F-2026-000004"):
        chosen(FIRST, "ignore")
    assert [one.choice for one in rows(shipped, cancelled_invoice)] == [
        "recreate",
        "asked",
        "asked",
    ]
