"""Row 87: an undone run names the joint credit notes that had given of its invoices."""

import json
from decimal import Decimal

from click.testing import CliRunner
from sqlalchemy import update

from adv_domain.rules.credits.joint_credits import JointCredit
from adv_domain.store.engine import writing
from adv_domain.store.tables import invoice, outbox
from flows.actions.undo_run import undo_run as undo_run_form
from flows.commands.undo import undo_run
from tasks.credits.joint_notes import RebatePeriod, credit_period, credit_together
from tasks.resources import now
from tests.builders import a_customer, a_delivery, a_product, an_order
from tests.tasks.test_undo_run import (
    ON,
    _broken,
    _last_run,
    _rows,
    _run,
    _undo,
)

D = Decimal
FIRST, SECOND = "F-2026-000001", "F-2026-000002"


def _shipped(engine, count):
    """Ship orders of 36.30 each to one customer."""
    customer_id, product_id = a_customer(engine), a_product(engine)
    for at in range(count):
        order_id = an_order(
            engine, customer_id=customer_id, product_id=product_id, no=f"O{at}"
        )
        a_delivery(engine, order_id)


def rebate(gross, *numbers):
    return credit_together(
        invoice_nos=numbers,
        asked=JointCredit("rebate", "agreed", ON, gross=D(gross)),
        by="Ana",
    )


def test_row_87_a_joint_note_is_named_with_its_part_and_what_to_do(engine):
    _shipped(engine, 3)
    _run()
    joint = rebate("24.20", FIRST, SECOND)
    undone = _undo(engine)
    assert undone.outcome.done == {"credit notes": 3}
    assert sum(row.gross for row in _rows(engine, invoice)) == 0
    told = [(one.invoice_no, one.credit_note, one.given) for one in undone.leftovers]
    assert told == [(FIRST, joint, D("12.10")), (SECOND, joint, D("12.10"))]
    assert all(one.is_joint and not one.credit_left for one in undone.leftovers)
    assert _broken(engine) == []


def test_row_87_one_that_a_rebates_period_gave_back_whole_is_named_too(engine):
    """No note of its own is left to name, and its mail had left."""
    _shipped(engine, 1)
    _run()
    _run("documents")
    with writing(engine) as connection:
        connection.execute(update(outbox).values(state="sent", sent_at=now()))
    period = RebatePeriod("C1", ON.replace(month=1, day=1), ON)
    asked = JointCredit("rebate", "all of it", ON, gross=D("36.30"))
    joint = credit_period(period=period, asked=asked, by="Ana")
    undone = _undo(engine)
    assert undone.outcome.message == "nothing to do"
    [left] = undone.leftovers
    assert (left.credit_note, left.mail_state, left.given) == (
        joint,
        "sent",
        D("36.30"),
    )


def test_row_87_mail_and_money_are_told_once_for_each_invoice(engine):
    _shipped(engine, 2)
    _run()
    _run("documents")
    with writing(engine) as connection:
        connection.execute(update(outbox).values(state="sent", sent_at=now()))
    joint = rebate("24.20", FIRST, SECOND)
    undone = _undo(engine)
    of_first = [one for one in undone.leftovers if one.invoice_no == FIRST]
    assert [(one.credit_note, one.mail_state) for one in of_first] == [
        (joint, None),
        ("A-2026-000002", "sent"),
    ]


def test_row_87_command_and_form_say_what_to_do_about_joint_notes(engine):
    _shipped(engine, 2)
    _run()
    joint = rebate("24.20", FIRST, SECOND)
    run_id = _last_run(engine)
    said = [str(run_id), "--by", "Ana", "--reason", "wrong", "--date", str(ON)]
    told = CliRunner().invoke(undo_run, said)
    assert told.exit_code == 0
    for part in (
        f"{FIRST} of C1: {joint}, over several invoices or a period, had given 12.10",
        "agree with him on what still holds",
    ):
        assert part in told.output
    [first, second] = json.loads(
        CliRunner().invoke(undo_run, [*said, "--json"]).output
    )["out_of_reach"]
    assert (first["over_several"], first["given"]) == (True, "12.100")
    assert second["credit_note"] == joint
    state = undo_run_form.fn(run_id, by="Ana", reason="wrong", business_date=ON)
    assert joint in state.message
