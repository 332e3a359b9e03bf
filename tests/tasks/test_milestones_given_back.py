"""Row 31: what an order's milestones billed is given back: to whom, and what of it."""

import json
import re
import shlex
from decimal import Decimal

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from adv_domain.rules.credits.creditable import CreditRefused
from adv_domain.store.credits.undoing import Undo
from adv_domain.store.engine import writing
from adv_domain.store.tables import cancelled_invoice, customer, instalment, task
from flows.cli import cli
from flows.direct import execute
from tasks.advances.milestones_by_hand import reach
from tasks.credits.credit_notes import credit_invoice
from tasks.credits.credit_wanted import CreditWanted, issue_credit
from tasks.credits.undo import undo_run
from tasks.orders.acts.ending import cancel_order
from tests.builders import a_customer, a_product, an_order
from tests.tasks.advance_rows import money
from tests.tasks.feedback_runs import book
from tests.tasks.milestone_runs import LATER, ON, bills, rows, run, saying, sound

D = Decimal


@pytest.fixture
def shop(engine):
    """A customer with a plan, and his order of two lines of 30.00 at 21 %."""
    made = {
        "product_id": a_product(engine),
        "customer_id": a_customer(engine, "PLAN", milestones="30% order; 40% Assembly"),
    }
    an_order(engine, lines=2, state="handed_off", **made)
    return made


def refunds(engine):
    found = rows(engine, select(task).where(task.c.kind == "refund"))
    return [(one.amount, one.text) for one in found]


def cancelled():
    cancel_order(name="O1", by="Ana", reason="no more", on=LATER)
    return run(LATER).done["advances credited"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Order O1 was cancelled; this credits what was invoiced of it"),
        ("es", "El pedido O1 se ha anulado; se abona lo facturado"),
        ("fr", "La commande O1 a été annulée ; ceci crédite ce qui a été facturé"),
    ],
)
def test_row_31_nobody_is_paid_back_what_he_never_paid(engine, shop, language, said):
    del shop
    with writing(engine) as connection:
        connection.execute(update(customer).values(language=language))
    run()
    assert cancelled() == 1
    assert bills(engine)[-1].reason.startswith(said)
    assert [one.open_amount for one in rows(engine, select(instalment))] == [0, 0]
    assert refunds(engine) == []
    sound(engine)


def test_row_31_what_came_for_a_milestone_is_asked_to_be_paid_back(engine, shop):
    del shop
    run()
    [first] = bills(engine)
    money(engine, "10.00", first.invoice_no, on=ON)
    run(flow="payments")
    assert cancelled() == 1
    [(amount, text)] = refunds(engine)
    assert amount == D("10.00")
    assert f"its milestone {first.invoice_no}, of which 10.00 EUR came" in text
    sound(engine)


def test_row_31_money_that_pays_for_the_rest_of_the_order_is_not_paid_back(
    engine, shop
):
    del shop
    run()
    [first] = bills(engine)
    money(engine, "21.78", first.invoice_no, on=ON)
    run(flow="payments")
    book("M1,shipment,O1,1,1,2026-01-08", on=LATER)
    # 10.00 of 60.00 was delivered, and deducts as much of the 18.00
    assert cancelled() == 1
    assert [one.net for one in bills(engine)] == [18, 0, -8]
    assert [amount for amount, _ in refunds(engine)] == [D("9.68")]
    sound(engine)


def test_row_31_what_he_still_owes_of_the_order_is_kept_from_what_is_paid_back(
    engine, shop
):
    del shop
    run()
    reach("O1", "Assembly", saying=saying(ON), execute=execute)
    second = bills(engine)[-1]
    money(engine, "29.04", second.invoice_no, on=ON)
    run(flow="payments")
    book("M1,shipment,O1,1,1,2026-01-08", on=LATER)
    # 10.00 was delivered: he owes 12.10 of the first milestone, and has paid 29.04
    assert cancelled() == 2
    assert [one.net for one in bills(engine)] == [18, 24, 0, -8, -24]
    assert [amount for amount, _ in refunds(engine)] == [D("16.94")]
    sound(engine)


def delivered(engine):
    """Bill 70 % by milestones, and deliver and bill the rest: 18, 24 and 18."""
    run()
    reach("O1", "Assembly", saying=saying(ON), execute=execute)
    book("M1,shipment,O1,,,2026-01-08", on=LATER)
    run(LATER)
    assert [one.net for one in bills(engine)] == [18, 24, 18]
    return bills(engine)[-1].invoice_no


def credit(number, *typed):
    wanted = {"reason_code": "return", "reason": "came back", "by": "Ana", "on": LATER}
    return issue_credit(CreditWanted(invoice_nos=(number,), **wanted | dict(typed)))


def test_row_43_a_line_that_its_invoice_deducts_milestones_of_comes_back_in_full(
    engine, shop
):
    del shop
    last = delivered(engine)
    credit(last, ("lines", ("1=3",)))
    # 30.00 came back: the invoice had 18.00 left, the rest was deducted
    note = bills(engine)[-1]
    assert (note.net, note.gross, note.deducted) == (-18, D("-21.78"), D("-14.52"))
    assert run(LATER).done == {"advances credited": 1}
    assert bills(engine)[-1].net == -12
    assert sum(one.gross for one in bills(engine)) == D("36.30")
    sound(engine)
    credit(last, ("lines", ("2=3",)))
    assert run(LATER).done == {"advances credited": 2}
    assert [one.net for one in bills(engine)][3:] == [-18, -12, 0, -18, -12]
    assert sum(one.gross for one in bills(engine)) == 0
    assert {one.open_amount for one in rows(engine, select(instalment))} == {0}
    # nobody had paid anything
    assert refunds(engine) == []
    assert run(LATER).message == "nothing to do"
    sound(engine)
    with pytest.raises(CreditRefused, match="nothing of it is left"):
        credit(last)


def test_row_43_lines_that_came_back_one_by_one_and_the_rest_undo_the_invoice(
    engine, shop
):
    del shop
    last = delivered(engine)
    for _ in range(3):
        credit(last, ("lines", ("1=1",)))
    credit(last, ("line_nets", ("2=5.01",)))
    for _ in range(2):
        credit(last, ("lines", ("2=1",)))
    run(LATER)
    # what is left of the order is one unit, lowered by 5.01
    assert sum(one.net for one in bills(engine)) == D("4.99")
    sound(engine)


def test_row_43_the_command_that_a_return_proposes_works(home, engine, shop):
    del shop
    delivered(engine)
    book("M2,return,O1,1,3,2026-01-09", on=LATER)
    [asked] = rows(engine, select(task).where(task.c.kind == "return_to_credit"))
    command = re.search(r"adv (credit-note .*?--by) NAME", asked.text).group(1)
    typed = shlex.split(command.replace("WHY", "back").replace("TEXT", "back"))
    done = CliRunner().invoke(
        cli, [*typed, "Ana", "--home", str(home), "--date", str(LATER)]
    )
    assert done.exit_code == 0, done.output
    second = bills(engine)[1].invoice_no
    assert f"12.00 before tax of {second} is deducted no more" in done.output
    run(LATER)
    assert sum(one.net for one in bills(engine)) == 30
    sound(engine)


def test_row_43_the_form_of_a_machine_names_what_is_deducted_no_more(
    home, engine, shop
):
    del shop
    last = delivered(engine)
    who = ["--reason-code", "return", "--reason", "back", "--by", "Ana"]
    at = ["--home", str(home), "--date", str(LATER), "--json"]
    done = CliRunner().invoke(cli, ["credit-note", last, "--line", "1=3", *who, *at])
    told = json.loads(done.output)
    second = bills(engine)[1].invoice_no
    assert told["deducts_less"] == [{"invoice": second, "net": "12.00"}]


def test_row_43_what_came_back_while_more_is_to_come_is_deducted_there(engine, shop):
    del shop
    run()
    book("M1,shipment,O1,1,3,2026-01-08", on=LATER)
    run(LATER)
    assert [one.net for one in bills(engine)] == [18, 12]
    credit(bills(engine)[-1].invoice_no, ("lines", ("1=2",)))
    assert run(LATER).message == "nothing to do"
    book("M3,shipment,O1,2,3,2026-01-09", on=LATER)
    run(LATER)
    # 8.00 of the milestone were free again
    assert [one.net for one in bills(engine)] == [18, 12, -12, 22]
    sound(engine)


def test_row_31_a_line_does_not_cancel_an_invoice_of_which_a_deduction_stands(
    engine, shop
):
    del shop
    last = delivered(engine)
    credit_invoice(
        invoice_no=last,
        quantities={1: D(3)},
        reason_code="quantity",
        reason="too many",
        by="Ana",
        on=LATER,
    )
    assert rows(engine, select(cancelled_invoice)) == []
    assert run(LATER).done == {"advances credited": 1}
    sound(engine)


def test_row_31_a_run_undone_takes_back_what_a_return_left(engine, shop):
    del shop
    last = delivered(engine)
    credit(last, ("lines", ("1=3",)))
    wish = Undo(
        bills(engine)[2].run_id, "cancellation", "wrong", "ignore", by="Ana", on=LATER
    )
    undo_run(wish, execute=execute)
    run(LATER)
    assert sum(one.gross for one in bills(engine)) == 0
    sound(engine)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (("amount", D("6.05")), "late_delivery"),
        (("line_nets", ("1=5.00",)), "price"),
        (("line_nets", ("1=5.00",)), "return"),
    ],
)
def test_row_31_a_price_credit_on_a_milestone_is_not_billed_again(
    engine, shop, typed, code
):
    del shop
    run()
    credit(bills(engine)[0].invoice_no, typed, ("reason_code", code))
    reach("O1", "Assembly", saying=saying(), execute=execute)
    book("M1,shipment,O1,,,2026-01-08", on=LATER)
    run(LATER)
    # the delivery deducts what the milestones billed: he has his 5.00
    assert [one.net for one in bills(engine)] == [18, -5, 24, 18]
    assert sum(one.gross for one in bills(engine)) == D("66.55")
    assert run(LATER).message == "nothing to do"
    sound(engine)


@pytest.mark.parametrize("code", ["cancellation", "not_delivered"])
def test_row_31_what_gives_a_milestone_back_is_billed_with_the_delivery(
    engine, shop, code
):
    del shop
    run()
    first = bills(engine)[0].invoice_no
    credit(first, ("amount", D("6.05")), ("reason_code", code))
    book("M1,shipment,O1,,,2026-01-08", on=LATER)
    run(LATER)
    assert [one.net for one in bills(engine)] == [18, -5, 47]
    sound(engine)


def test_row_31_a_price_credit_and_a_cancellation_give_a_milestone_back_once(
    engine, shop
):
    del shop
    run()
    credit(
        bills(engine)[0].invoice_no,
        ("line_nets", ("1=5.00",)),
        ("reason_code", "late_delivery"),
    )
    book("M1,shipment,O1,1,1,2026-01-08", on=LATER)
    cancelled()
    # of 18.00 he was delivered 10.00, which the invoice deducts, for 5.00
    assert [one.net for one in bills(engine)] == [18, -5, 0, -8]
    assert run(LATER).message == "nothing to do"
    assert refunds(engine) == []
    sound(engine)


def test_row_31_a_cancelled_order_gives_back_what_a_price_credit_left(
    home, engine, shop
):
    del shop
    run()
    credit(
        bills(engine)[0].invoice_no,
        ("line_nets", ("1=5.00",)),
        ("reason_code", "late_delivery"),
    )
    assert cancelled() == 1
    assert sum(one.gross for one in bills(engine)) == 0
    assert refunds(engine) == []
    assert run(LATER).message == "nothing to do"
    assert run(LATER, flow="documents").failed == ()
    shown = CliRunner().invoke(cli, ["order", "O1", "--home", str(home), "--json"])
    numbers = [one["invoice_no"] for one in json.loads(shown.output)["invoices"]]
    assert numbers == [one.invoice_no for one in bills(engine)]
    sound(engine)


def test_row_31_with_a_price_credit_no_more_than_the_order_is_billed(engine, shop):
    del shop
    run()
    credit(
        bills(engine)[0].invoice_no,
        ("line_nets", ("1=5.00",)),
        ("reason_code", "late_delivery"),
    )
    book("M1,shipment,O1,1,3,2026-01-08", "M2,shipment,O1,2,2,2026-01-08", on=LATER)
    run(LATER)
    reach("O1", "Assembly", saying=saying(), execute=execute)
    assert [one.net for one in bills(engine)] == [18, -5, 32, 10]
    book("M3,shipment,O1,2,1,2026-01-09", on=LATER)
    run(LATER)
    assert sum(one.net for one in bills(engine)) == 55
    sound(engine)


def test_row_31_undoing_takes_back_a_milestone_with_what_was_credited_of_it(
    engine, shop
):
    del shop
    run()
    [first] = bills(engine)
    credit(
        first.invoice_no, ("line_nets", ("1=5.00",)), ("reason_code", "late_delivery")
    )
    wish = Undo(
        first.run_id, "cancellation", "wrong night", "ignore", by="Ana", on=LATER
    )
    undo_run(wish, execute=execute)
    book("M1,shipment,O1,,,2026-01-08", on=LATER)
    run(LATER)
    found = [one.net for one in bills(engine)]
    assert found[:3] == [18, -5, -13]
    sound(engine)
