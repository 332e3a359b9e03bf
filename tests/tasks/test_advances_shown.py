"""Row 41: what was asked and paid ahead, deducted where, and left, on every screen."""

import json
from datetime import date
from decimal import Decimal

from click.testing import CliRunner
from sqlalchemy import select

from adv_domain.store.advances.advance_story import (
    orders_with_advances,
    read_advances_of,
)
from adv_domain.store.engine import reading
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import customer, invoice, sales_order
from flows.cli import cli
from tests.builders import a_delivery, a_product, an_order
from tests.tasks.advance_rows import PAID_ON, an_advance, asked, money, one, rows, run


def shown(*arguments):
    end = CliRunner().invoke(cli, list(arguments))
    assert end.exit_code == 0, end.output
    return end.output


def answered(*arguments):
    return json.loads(shown(*arguments, "--json"))


def a_part_shipped(engine):
    """Pay 5.00 and 13.15 of a half, bill one of three units; return the numbers."""
    request = asked(engine, rate="0.5")
    money(engine, "5.00", request.reference, key="K1")
    run("payments", PAID_ON)
    run("invoicing", PAID_ON)
    money(engine, "13.15", request.reference, key="K2")
    run("payments", PAID_ON)
    run("invoicing", PAID_ON)
    a_delivery(engine, request.order_id, on=date(2026, 1, 12), qty=Decimal(1))
    run("invoicing", date(2026, 1, 12))
    numbers = rows(engine, select(invoice.c.invoice_no).order_by(invoice.c.id))
    return request.reference, *(number for (number,) in numbers)


def test_row_41_adv_order_tells_money_ahead_where_it_is_deducted_and_what_is_left(
    home, engine
):
    reference, first, second, final = a_part_shipped(engine)
    screen = shown("order", "O1")
    assert f"18.15 EUR  {reference}  paid 2026-01-08" in screen
    assert f"2026-01-08  5.00 EUR  payment 1: {first}" in screen
    assert f"{first}: {final} of 2026-01-12 deducts 4.13 before tax" in screen
    assert f"{second}: 5.00 of 10.87 before tax left" in screen
    assert "invoiced ahead 18.15, deducted 12.10, left 6.05 EUR" in screen
    told = answered("order", "O1")
    advances = told["advances"]
    assert {name: advances[name] for name in ("asked", "held", "left")} == {
        "asked": "0.00",
        "held": "0.00",
        "left": "6.05",
    }
    assert [one["invoice"] for one in advances["payments"]] == [first, second]
    assert advances["invoices"][0] == {
        "number": first,
        "issued_on": "2026-01-08",
        "gross": "5.00",
        "net": "4.13",
        "credited": "0.00",
        "left": "0.00",
        "deducted": [{"invoice": final, "issued_on": "2026-01-12", "amount": "4.13"}],
    }
    assert told["payment_requests"] == advances["requests"]


def test_row_41_an_order_without_advance_has_no_such_section(home, engine):
    an_advance(engine, rate="0")
    assert "advance" not in shown("order", "O1").lower()
    assert answered("order", "O1")["advances"] is None
    view = answered("customer", "C-O1")
    assert view["advances"] == {"sums": [], "orders": []}


def test_row_41_adv_customer_adds_up_what_is_asked_held_and_left(home, engine):
    a_part_shipped(engine)
    customer_id = one(engine, customer).id
    an_order(
        engine,
        customer_id=customer_id,
        product_id=a_product(engine, "P-2"),
        no="O2",
    )
    run("handoff", PAID_ON)
    view = answered("customer", "C-O1")["advances"]
    assert view["sums"] == [
        {
            "currency": "EUR",
            "asked": "18.15",
            "held": "0.00",
            "invoiced": "18.15",
            "deducted": "12.10",
            "left": "6.05",
        }
    ]
    assert [one["order"] for one in view["orders"]] == ["O1", "O2"]
    screen = shown("customer", "C-O1")
    assert (
        "in advance: asked 18.15, held 0.00, invoiced 18.15, deducted 12.10, "
        "left 6.05 EUR"
    ) in screen
    assert "  O2: asked 18.15, held 0.00" in screen


def test_row_41_adv_customer_leaves_out_what_is_settled(home, engine):
    request = asked(engine)
    money(engine, "10.89", request.reference)
    run("payments", PAID_ON)
    assert answered("customer", "C-O1")["advances"]["sums"][0]["held"] == "10.89"
    a_delivery(engine, request.order_id, on=PAID_ON)
    run("invoicing", PAID_ON)
    assert answered("customer", "C-O1")["advances"] == {"sums": [], "orders": []}


def test_row_41_adv_invoice_tells_both_ends_of_a_deduction(home, engine):
    _, first, second, final = a_part_shipped(engine)
    [told] = answered("invoice", first)["advances"]
    assert (told["number"], told["order"], told["left"]) == (first, "O1", "0.00")
    of_final = answered("invoice", final)["advances"]
    assert [one["number"] for one in of_final] == [first, second]
    assert f"advance of order O1: {second}: 5.00 of 10.87 before tax left" in shown(
        "invoice", second
    )
    assert f"{first}: {final} of 2026-01-12 deducts 4.13 before tax" in shown(
        "invoice", final
    )


def test_row_41_what_a_credit_note_gave_back_is_told(home, engine):
    from sqlalchemy import update

    from adv_domain.store.engine import writing

    request = asked(engine)
    money(engine, "10.89", request.reference)
    run("payments", PAID_ON)
    run("invoicing", PAID_ON)
    with writing(engine) as connection:
        connection.execute(update(sales_order).values(state="cancelled"))
    run("invoicing", PAID_ON)
    screen = shown("order", "O1")
    assert "9.00 before tax given back" in screen
    assert "0.00 of 9.00 before tax left" in screen
    assert "invoiced ahead 0.00, deducted 0.00, left 0.00 EUR" in screen


def test_row_41_a_customers_advances_are_read_in_constant_statements(home, engine):
    an_advance(engine)
    customer_id = one(engine, customer).id
    product_id = a_product(engine, "P-2")
    seen = []
    for first, count in ((2, 2), (10, 12)):
        for at in range(first, first + count):
            an_order(
                engine, customer_id=customer_id, product_id=product_id, no=f"O{at}"
            )
        run("handoff")
        with counted_statements(engine) as statements, reading(engine) as connection:
            ids = orders_with_advances(connection, customer_id)
            found = read_advances_of(connection, ids)
        seen.append(len(statements))
    assert len(found) == 15
    assert seen[0] == seen[1]


def test_row_41_who_must_act_on_an_order_that_waits_for_its_advance(home, engine):
    request = asked(engine)
    screen = shown("order", "O1")
    wanted = f"pay 10.89 EUR asked in advance ({request.reference}), due 2026-01-15"
    assert f"the customer: {wanted}, since 2026-01-05" in screen
    assert "goes on by itself" not in screen
    money(engine, "5.00", request.reference)
    run("payments", PAID_ON)
    assert "the customer: pay 5.89 EUR asked in advance" in shown("order", "O1")
    money(engine, "5.89", request.reference, key="K2")
    run("payments", PAID_ON)
    assert "the customer: pay" not in shown("order", "O1")


def test_row_41_adv_customer_says_what_of_his_credit_is_advances(home, engine):
    request = asked(engine)
    money(engine, "40.00", request.reference)
    run("payments", PAID_ON)
    run("invoicing", PAID_ON)
    screen = shown("customer", "C-O1")
    assert "open 0.00, unapplied 3.70 EUR" in screen
    assert "  less unapplied 3.70 EUR\n" in screen
    assert "  less invoiced ahead of delivery 36.30 EUR: advances and" in screen
