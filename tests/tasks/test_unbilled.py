"""Row 92: every delivery is listed until it is invoiced, as of any day."""

import csv
import json
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from random import Random

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from adv_domain.store.billing.unbilled import read_unbilled
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import (
    delivery,
    delivery_line,
    goods_return,
    invoice,
    invoice_line,
    order_line,
)
from flows.cli import cli
from flows.direct import run_directly
from tasks.billing.unbilled import unbilled_as_of
from tasks.credits.credit_notes import credit_invoice
from tasks.credits.rebilling import Rebilling, rebill_named
from tests.builders import _insert, a_customer, a_delivery, a_product, an_order

D = Decimal
JAN = date(2026, 1, 31)
MONTH_ENDS = [JAN, date(2026, 2, 28), date(2026, 3, 31)]


@pytest.fixture
def order_of(engine):
    customer_id, product_id = a_customer(engine), a_product(engine)

    def _order(no="O1", *, price="10", discount="0", **changes):
        line = {"unit_price": D(price), "discount_rate": D(discount)}
        return an_order(
            engine,
            no=no,
            customer_id=customer_id,
            product_id=product_id,
            state="handed_off",
            line=line,
            **changes,
        )

    return _order


def total(on):
    return sum((one.value for one in unbilled_as_of(on).totals), D(0))


def change(engine, table, where, **values):
    with writing(engine) as connection:
        connection.execute(update(table).where(where).values(**values))


def test_row_92_a_delivery_is_listed_until_its_invoice(engine, order_of):
    a_delivery(engine, order_of(discount="0.1"), on=date(2026, 1, 20))
    assert total(date(2026, 1, 19)) == 0
    assert total(date(2026, 1, 20)) == 27
    run_directly("invoicing", on=date(2026, 2, 2))
    # the past comes out as it was
    assert total(date(2026, 1, 20)) == total(JAN) == total(date(2026, 2, 1)) == 27
    assert total(date(2026, 2, 2)) == 0


def test_row_92_goods_beyond_the_order_and_those_never_to_be_billed(engine, order_of):
    a_delivery(engine, order_of(), on=date(2026, 1, 20))
    change(engine, delivery_line, delivery_line.c.id > 0, qty_over=2)
    assert total(JAN) == 30
    given_up_on = date(2026, 2, 10)
    change(engine, delivery_line, delivery_line.c.id > 0, ignored_on=given_up_on)
    assert [total(day) for day in (JAN, date(2026, 2, 9), given_up_on)] == [30, 30, 0]


def came_back(engine, qty, on, *, billed=0):
    with reading(engine) as connection:
        line = connection.execute(
            select(delivery_line, delivery.c.stock_message_id).join(
                delivery, delivery.c.id == delivery_line.c.delivery_id
            )
        ).one()
    _insert(
        engine,
        goods_return,
        {
            "stock_message_id": line.stock_message_id,
            "order_id": line.order_id,
            "order_line_id": line.order_line_id,
            "delivery_id": line.delivery_id,
            "returned_on": on,
            "qty": D(qty),
            "qty_billed": D(billed),
            "qty_over": D(0),
        },
    )
    if not billed:
        change(engine, delivery_line, delivery_line.c.id == line.id, qty_ignored=D(qty))


def test_row_92_what_came_back_before_its_invoice_counts_until_then(engine, order_of):
    a_delivery(engine, order_of(), on=date(2026, 1, 20))
    came_back(engine, 1, date(2026, 2, 3))
    assert [total(JAN), total(date(2026, 2, 2)), total(date(2026, 2, 3))] == [
        30,
        30,
        20,
    ]


def test_row_92_what_came_back_after_its_invoice_is_the_credit_notes(engine, order_of):
    a_delivery(engine, order_of(), on=date(2026, 1, 20))
    run_directly("invoicing", on=date(2026, 2, 2))
    came_back(engine, 1, date(2026, 2, 5), billed=1)
    assert [total(JAN), total(date(2026, 2, 2)), total(date(2026, 2, 28))] == [30, 0, 0]


def test_row_92_goods_of_a_cancelled_invoice_count_until_they_are_billed_anew(
    engine, order_of
):
    a_delivery(engine, order_of(), on=date(2026, 1, 20))
    run_directly("invoicing", on=date(2026, 1, 22))
    said = {"reason": "wrong price", "by": "Ana", "on": date(2026, 1, 26)}
    credit_invoice(invoice_no="F-2026-000001", reason_code="price", **said)
    seen_on = [date(2026, 1, day) for day in (21, 22, 25, 26, 29, 30)]
    assert [total(on) for on in seen_on] == [30, 0, 0, 30, 30, 30]
    rebill_named("F-2026-000001", choice=Rebilling.RECREATE, **said)
    assert [total(on) for on in seen_on] == [30, 0, 0, 30, 30, 30]
    run_directly("invoicing", on=date(2026, 1, 30))
    assert [total(on) for on in seen_on] == [30, 0, 0, 30, 30, 0]


def test_row_92_goods_of_a_cancelled_invoice_may_be_given_up(engine, order_of):
    a_delivery(engine, order_of(), on=date(2026, 1, 20))
    run_directly("invoicing", on=date(2026, 1, 22))
    said = {"reason": "a present", "by": "Ana"}
    cancelled_on, given_up_on = date(2026, 1, 26), date(2026, 1, 28)
    credit_invoice(
        invoice_no="F-2026-000001", reason_code="price", on=cancelled_on, **said
    )
    rebill_named("F-2026-000001", choice=Rebilling.IGNORE, on=given_up_on, **said)
    assert [total(date(2026, 1, day)) for day in (21, 25, 27, 28)] == [30, 0, 30, 0]


def test_row_92_at_any_past_month_end_the_total_is_deliveries_less_invoices(
    engine, order_of
):
    """Prices have two decimals, so that no rounding hides a difference."""
    dice = Random(92)
    shipments = sorted(
        (date(2026, 1, 2) + timedelta(days=dice.randint(0, 88)), number)
        for number in range(60)
    )
    orders = [
        order_of(f"O{number}", price=str(dice.randint(1, 999) / D(100)), qty=D(30))
        for number in range(30)
    ]
    nights = range(3, 90, 8)
    for at in range(90):
        on = date(2026, 1, 2) + timedelta(days=at)
        for shipped_on, number in shipments:
            if shipped_on == on:
                order_id, qty = orders[number % 30], D(dice.randint(1, 9))
                a_delivery(engine, order_id, on=on, qty=qty, no=f"D{number}")
        if at in nights:
            run_directly("invoicing", on=on)
    seen = [total(on) for on in MONTH_ENDS]
    assert seen == [_recount(engine, on) for on in MONTH_ENDS]
    assert len(set(seen)) == 3 and min(seen) > 0


def _recount(engine, on):
    with reading(engine) as connection:
        delivered = connection.execute(
            select(delivery_line.c.qty, order_line.c.unit_price)
            .join(delivery, delivery.c.id == delivery_line.c.delivery_id)
            .join(order_line, order_line.c.id == delivery_line.c.order_line_id)
            .where(delivery.c.shipped_on <= on)
        ).all()
        invoiced = connection.execute(
            select(invoice_line.c.net)
            .join(invoice, invoice.c.id == invoice_line.c.invoice_id)
            .where(invoice.c.issued_on <= on)
        ).scalars()
        return sum(qty * price for qty, price in delivered) - sum(invoiced)


def test_the_statements_of_the_list_do_not_grow_with_it(engine, order_of):
    def _statements():
        with counted_statements(engine) as sent, reading(engine) as connection:
            read_unbilled(connection, first=JAN, last=JAN)
        return len(sent)

    alone = _statements()
    for number in range(12):
        a_delivery(engine, order_of(f"O{number}"), on=date(2026, 1, 9))
    assert len(unbilled_as_of(JAN).goods) == 12
    assert _statements() == alone


def adv(*arguments):
    return CliRunner().invoke(cli, ["unbilled", *arguments], catch_exceptions=False)


def test_row_92_the_command_lists_it_as_of_any_day(engine, order_of, tmp_path):
    a_delivery(engine, order_of(), on=date(2026, 1, 20))
    run_directly("invoicing", on=date(2026, 2, 2))
    said = json.loads(adv("--as-of", "2026-01-31", "--json").output)
    assert said["as_of"] == "2026-01-31"
    assert said["totals"] == [
        {
            "currency": "EUR",
            "value": "30.00",
            "lines": 1,
            "without_price": 0,
            "oldest_on": "2026-01-20",
        }
    ]
    [line] = said["lines"]
    assert (line["order"], line["delivery"], line["qty"]) == ("O1", "D1", "3")
    screen = adv("--as-of", "2026-01-31").output
    assert (
        "2026-01-20  of 1       order O1 line 1, delivery D1: 3 of 1  30.00 EUR"
        in screen
    )
    assert "30.00 EUR in 1 line since 2026-01-20" in screen
    assert (
        "nothing is delivered and not invoiced" in adv("--as-of", "2026-02-02").output
    )
    assert json.loads(adv("--as-of", "2026-02-02", "--json").output)["lines"] == []


def test_the_list_as_csv_runs_no_formula(engine, order_of, tmp_path):
    a_delivery(engine, order_of(), on=date(2026, 1, 20))
    change(engine, order_line, order_line.c.id > 0, description="=1+1")
    file = tmp_path / "unbilled.csv"
    assert adv("--as-of", "2026-01-31", "--csv", str(file)).exit_code == 0
    text = file.read_bytes().decode("utf-8-sig")
    [row] = csv.DictReader(StringIO(text, newline=""))
    assert (row["value"], row["qty"], row["description"]) == ("30.00", "3", "'=1+1")


def test_a_file_that_cannot_be_written_is_a_plain_error(engine):
    done = CliRunner().invoke(cli, ["unbilled", "--csv", "/nowhere/there.csv"])
    assert done.exit_code == 2
    assert "cannot be written" in done.output


def test_row_92_the_figure_of_a_day_stands_in_the_tables(engine, order_of):
    from tasks.figures.kpi_figures import figures_by_day

    a_delivery(engine, order_of(), on=date(2026, 1, 20))
    run_directly("invoicing", on=date(2026, 1, 23))
    with reading(engine) as connection:
        computed = figures_by_day(
            connection, first=date(2026, 1, 19), last=date(2026, 1, 24), currency="EUR"
        )
    shown = [computed.by_day[day] for day in sorted(computed.by_day)]
    assert [one["delivered_not_invoiced"].value for one in shown] == [
        0,
        30,
        30,
        30,
        0,
        0,
    ]
