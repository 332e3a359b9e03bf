"""Row 27: an order is invoiced as it was ordered, and what becomes of it afterwards."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from click.testing import CliRunner
from pypdf import PdfReader
from sqlalchemy import select, update

from adv_domain.store.audit import audit
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import (
    customer,
    delivery_line,
    document,
    event,
    invoice,
    invoice_line,
    order_line,
    sales_order,
    task,
)
from flows.commands.bill import bill
from flows.commands.invoice import invoice as invoice_command
from flows.commands.order import order
from flows.commands.unbilled import unbilled
from flows.direct import execute, run_directly
from tasks.billing.by_hand import Billing, NothingToBill, bill_by_hand
from tasks.credits.credit_notes import credit_invoice
from tasks.credits.rebilling import Rebilling, rebill_named
from tasks.orders.acts.ending import cancel_order
from tasks.stock.exceptions import Choice, resolve_exception
from tests.builders import a_customer, a_delivery, a_product, an_order
from tests.schematron import Rulebook
from tests.tasks.feedback_runs import book

ON = date(2026, 1, 6)
LATER = ON + timedelta(days=3)
WHO = {"by": "Ana", "reason": "test", "on": LATER}


def run(on=ON, *, dry_run=False):
    [end] = run_directly("invoicing", on=on, dry_run=dry_run)
    return end.outcome


def rows(engine, statement):
    with reading(engine) as connection:
        return connection.execute(statement).all()


def billed(engine):
    """Return kind and lines' quantities of each document."""
    return [
        (one.kind, [line.qty for line in rows(engine, _lines_of(one.id))])
        for one in rows(engine, select(invoice).order_by(invoice.c.id))
    ]


def _lines_of(invoice_id):
    return (
        select(invoice_line.c.qty)
        .where(invoice_line.c.invoice_id == invoice_id)
        .order_by(invoice_line.c.line_no)
    )


def state(engine, order_id):
    [row] = rows(engine, select(sales_order).where(sales_order.c.id == order_id))
    return row.state


def sound(engine):
    """Find nothing wrong but that these orders were not handed off by a message."""
    with reading(engine) as connection:
        broken = [one.name for one in audit(connection) if one.violations]
    assert set(broken) <= {"handed_orders_have_a_message"}


@pytest.fixture
def shop(engine):
    return {
        "product_id": a_product(engine),
        "customer_id": a_customer(engine, "BY", invoicing="order"),
    }


def test_row_27_an_order_is_invoiced_at_its_acceptance_and_its_shipment_never_again(
    engine, shop
):
    order_id = an_order(engine, lines=2, state="handed_off", **shop)
    assert run().done == {"invoices": 1}
    [one] = rows(engine, select(invoice))
    # nothing has left: no day of supply, no delivery note; the term counts from today
    assert (one.issued_on, one.supplied_on, one.net) == (ON, None, Decimal(60))
    assert "deliveries" not in one.covers
    assert run(LATER).message == "nothing to do"
    book("M1,shipment,O1,1,2,2026-01-08", "M2,shipment,O1,,,2026-01-09", on=LATER)
    assert state(engine, order_id) == "fulfilled"
    assert {row.invoice_line_id for row in rows(engine, select(delivery_line))} <= {
        row.id for row in rows(engine, select(invoice_line))
    }
    assert run(LATER).message == "nothing to do"
    assert state(engine, order_id) == "closed"
    assert len(rows(engine, select(invoice))) == 1
    assert [
        one.what
        for one in rows(engine, select(event).where(event.c.to_state == "closed"))
    ] == ["invoiced in full"]
    sound(engine)


def test_row_27_goods_shipped_on_the_day_of_the_order_stand_on_its_one_invoice(
    engine, shop
):
    order_id = an_order(engine, state="handed_off", **shop)
    a_delivery(engine, order_id, on=ON)
    assert run().done == {"invoices": 1}
    [one] = rows(engine, select(invoice))
    assert one.covers["deliveries"] == [["D1", str(ON)]]
    assert state(engine, order_id) == "closed"


@pytest.mark.parametrize("held", ["received", "held", "rejected"])
def test_row_27_an_order_that_is_not_accepted_is_not_invoiced(engine, shop, held):
    an_order(engine, state=held, **shop)
    assert run().message == "nothing to do"


def test_row_27_the_policy_may_say_so_for_all_but_those_with_a_schedule(home, engine):
    (home / "policy.toml").write_text('[invoicing]\nschedule = "order"\n')
    product_id = a_product(engine)
    for code, agreed in (("ANY", None), ("SHIP", "shipment")):
        customer_id = a_customer(engine, code, invoicing=agreed)
        an_order(engine, no=code, product_id=product_id, customer_id=customer_id)
    assert run().done == {"invoices": 1}
    [one] = rows(engine, select(invoice))
    assert one.covers["orders"][0][0] == "ANY"


def test_row_27_what_is_cancelled_after_its_invoice_is_proposed_for_credit_once(
    engine, shop
):
    an_order(engine, lines=2, state="handed_off", **shop)
    run()
    [number] = [one.invoice_no for one in rows(engine, select(invoice))]
    book("M1,shipment,O1,1,2,2026-01-08", on=LATER)
    cancel_order(name="O1", **WHO)
    assert run(LATER).done == {"credit notes proposed": 1}
    [asked] = rows(engine, select(task).where(task.c.kind == "billed_not_delivered"))
    assert asked.text == (
        f"order O1: {number} bills what will not be delivered; credit it: adv "
        f"credit-note {number} --line 1=1 --line 2=3 --reason-code not_delivered "
        "--reason WHY --by NAME"
    )
    assert run(LATER).message == "nothing to do"
    credit_invoice(
        invoice_no=number,
        quantities={1: Decimal(1), 2: Decimal(3)},
        reason_code="not_delivered",
        **WHO,
    )
    assert billed(engine) == [("invoice", [3, 3]), ("credit_note", [-1, -3])]
    [closed] = rows(engine, select(task).where(task.c.kind == "billed_not_delivered"))
    assert closed.state == "dropped"
    assert run(LATER).message == "nothing to do"
    lines = rows(engine, select(order_line).order_by(order_line.c.line_no))
    assert [(one.qty_invoiced, one.qty_taken_back) for one in lines] == [(2, 1), (0, 3)]
    sound(engine)


def amended(engine, qty, *, wanted_state=None):
    """Let the order's first line ask for another quantity, as a change would."""
    values = {"qty": Decimal(qty), "net": Decimal(qty) * 10}
    with writing(engine) as connection:
        connection.execute(
            update(order_line).where(order_line.c.line_no == 1).values(**values)
        )


def test_row_27_more_is_billed_and_less_is_credited_and_wanted_again_billed_anew(
    engine, shop
):
    an_order(engine, state="handed_off", **shop)
    run()
    amended(engine, 5)
    assert run(LATER).done == {"invoices": 1}
    amended(engine, 1)
    assert run(LATER).done == {"credit notes proposed": 2}
    # wanted again before anybody has credited it: the proposals fall
    amended(engine, 5)
    assert run(LATER).message == "nothing to do"
    assert rows(engine, select(task).where(task.c.state == "open")) == []
    amended(engine, 4)
    assert run(LATER).done == {"credit notes proposed": 1}
    [last] = rows(
        engine, select(invoice.c.invoice_no).order_by(invoice.c.id.desc()).limit(1)
    )
    credit_invoice(
        invoice_no=last.invoice_no,
        quantities={1: Decimal(1)},
        reason_code="not_delivered",
        **WHO,
    )
    amended(engine, 6)
    assert run(LATER).done == {"invoices": 1}
    assert billed(engine) == [
        ("invoice", [3]),
        ("invoice", [2]),
        ("credit_note", [-1]),
        ("invoice", [2]),
    ]
    sound(engine)


def test_row_27_what_stock_gives_up_is_credited_once_a_person_drops_it(engine, shop):
    an_order(engine, state="handed_off", **shop)
    run()
    book("M1,shipment,O1,1,1,2026-01-08", "M2,refusal,O1,1,2,2026-01-08", on=LATER)
    assert run(LATER).message == "nothing to do"
    resolve_exception(name="O1", line_no=1, choice=Choice.IGNORE, **WHO)
    assert run(LATER).done == {"credit notes proposed": 1}
    sound(engine)


def test_row_43_goods_of_an_order_billed_before_that_come_back_are_proposed_for_credit(
    engine, shop
):
    an_order(engine, state="handed_off", **shop)
    run()
    book("M1,shipment,O1,1,3,2026-01-08", "R1,return,O1,1,2,2026-01-09", on=LATER)
    [asked] = rows(engine, select(task).where(task.c.kind == "return_to_credit"))
    assert "--line 1=2 --reason-code return" in asked.text
    assert run(LATER).message == "nothing to do"
    sound(engine)


@pytest.mark.parametrize("choice", ["recreate", "ignore"])
def test_row_31_a_cancelled_invoice_of_an_order_is_made_anew_or_never(
    engine, shop, choice
):
    an_order(engine, state="handed_off", **shop)
    run()
    book("M1,shipment,O1,1,1,2026-01-08", on=LATER)
    [number] = [one.invoice_no for one in rows(engine, select(invoice))]
    credit_invoice(invoice_no=number, reason_code="price", **WHO)
    rebill_named(number, choice=Rebilling(choice), **WHO)
    anew = choice == "recreate"
    assert run(LATER).done == ({"invoices": 1} if anew else {})
    book("M2,shipment,O1,1,2,2026-01-09", on=LATER)
    run(LATER)
    expected = [("invoice", [3]), ("credit_note", [-3])]
    assert billed(engine) == expected + [("invoice", [3])] * anew
    assert [one.to_invoice for one in rows(engine, select(sales_order))] == [False]
    sound(engine)


def test_row_27_an_intra_community_order_is_invoiced_as_it_is_delivered(engine, shop):
    customer_id = a_customer(
        engine, "FR", country="FR", vat_id="FR40303265045", invoicing="order"
    )
    shop = {**shop, "customer_id": customer_id}
    an_order(engine, state="handed_off", **shop)
    assert run().message == "1 skipped (billed_when_delivered)"
    [told] = run(dry_run=True).details
    assert told["not_invoiced"] == "billed_when_delivered"
    book("M1,shipment,O1,1,1,2026-01-08", on=LATER)
    assert run(LATER).done == {"invoices": 1}
    book("M2,shipment,O1,1,2,2026-01-09", on=LATER)
    assert run(LATER).done == {"invoices": 1}
    assert [one.supplied_on for one in rows(engine, select(invoice))] == [
        date(2026, 1, 8),
        date(2026, 1, 9),
    ]
    sound(engine)


def test_row_41_an_order_to_be_paid_in_advance_is_not_invoiced_before_it_is_paid(
    engine, shop
):
    with writing(engine) as connection:
        connection.execute(update(customer).values(advance_rate=Decimal("0.3")))
    an_order(engine, **shop)
    assert run().skipped == {"waits_for_advance_payment": 1}
    with writing(engine) as connection:
        connection.execute(update(sales_order).values(is_prepaid=True))
    assert run().done == {"invoices": 1}


def test_row_27_a_person_may_bill_any_accepted_order_before_its_delivery(engine, shop):
    customer_id = a_customer(engine, "SHIP")
    an_order(engine, state="handed_off", **{**shop, "customer_id": customer_id})
    said = Billing(("O1",), None, together=False, by="Ana", reason="asked for")
    with pytest.raises(NothingToBill):
        bill_by_hand(said, on=ON, execute=execute)
    ordered = Billing(
        ("O1",), None, together=False, by="Ana", reason="asked for", as_ordered=True
    )
    assert bill_by_hand(ordered, on=ON, execute=execute).done == {"invoices": 1}
    # from then on it is billed as ordered, whatever is agreed with the customer
    book("M1,shipment,O1,1,3,2026-01-08", on=LATER)
    run(LATER)
    assert billed(engine) == [("invoice", [3])]
    assert [one.state for one in rows(engine, select(sales_order))] == ["closed"]
    sound(engine)


def test_row_27_statements_of_a_batch_of_orders_do_not_grow(engine, shop):
    counts = []
    an_order(engine, no="first", **shop)
    run()
    for size in (3, 30):
        for number in range(size):
            an_order(engine, no=f"{size}-{number}", **shop)
        with counted_statements(engine) as counted:
            assert run().done == {"invoices": size}
        counts.append(len(counted))
    assert counts[0] == counts[1]


def test_row_73_an_invoice_before_delivery_states_no_day_of_supply_and_passes(
    home, engine, shop
):
    an_order(engine, state="handed_off", **shop)
    run()
    [number] = [one.invoice_no for one in rows(engine, select(invoice))]
    part = {1: Decimal(1)}
    cancel_order(name="O1", **WHO)
    credit_invoice(
        invoice_no=number, quantities=part, reason_code="not_delivered", **WHO
    )
    run_directly("documents", on=LATER)
    for made in rows(engine, select(document)):
        reader = PdfReader(BytesIO((home / made.path).read_bytes()))
        [xml] = next(iter(reader.attachments.values()))
        fired, broken = Rulebook().verdict(xml, rules="cii")
        assert fired > 40
        assert [one for one in broken if one[0] == "fatal"] == []
        assert b"ActualDeliverySupplyChainEvent" not in xml
        text = " ".join(page.extract_text() for page in reader.pages)
        assert "Delivered" not in text


def test_row_27_adv_bill_and_adv_order_say_what_is_invoiced_before_its_delivery(
    home, engine, shop
):
    customer_id = a_customer(engine, "SHIP")
    an_order(engine, state="handed_off", **{**shop, "customer_id": customer_id})
    at = ["--home", str(home), "--date", str(ON)]
    said = CliRunner().invoke(
        bill, ["O1", "--ordered", "--by", "Ana", "--reason", "asked for", *at]
    )
    assert (said.exit_code, said.output) == (0, "1 invoice\n")
    [number] = [one.invoice_no for one in rows(engine, select(invoice))]
    told = CliRunner().invoke(invoice_command, [number, "--home", str(home)])
    assert "invoiced before its delivery" in told.output
    shown = CliRunner().invoke(order, ["O1", *at])
    assert "3 invoiced before their delivery" in shown.output
    nothing = CliRunner().invoke(unbilled, ["--home", str(home), "--as-of", str(ON)])
    assert "nothing is delivered and not invoiced" in nothing.output
