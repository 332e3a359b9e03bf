"""`adv order NO` answers a phone call in one screen; golden screens."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import (
    date_change,
    delay_notice,
    delivery,
    delivery_line,
    failure,
    instalment,
    invoice_line,
    order_line,
    outbox,
    sales_order,
    silence,
    task,
)
from flows.cli import cli
from flows.direct import run_directly
from tasks.stock.order_book_request import send_order_book
from tests.builders import (
    NOW,
    _insert,
    a_customer,
    a_delivery,
    a_product,
    an_order,
)
from tests.golden import same_as_golden
from tests.tasks.supply_runs import in_stock, on_its_way

TODAY = date(2026, 1, 26)
D = Decimal


def adv(*arguments):
    return CliRunner().invoke(cli, ["order", *arguments, "--date", str(TODAY)])


def as_json(*arguments):
    result = adv(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def change(engine, table, where, **values):
    with writing(engine) as connection:
        connection.execute(update(table).where(where).values(**values))


def line_ids(engine):
    with reading(engine) as connection:
        return list(
            connection.execute(select(order_line.c.id).order_by(order_line.c.id))
            .scalars()
            .all()
        )


def a_mail(engine, key, kind, **changes):
    values = {
        "outbox_key": key,
        "kind": kind,
        "state": "sent",
        "to_address": "c1@example.com",
        "template": kind,
        "language": "en",
        "context": {},
        "attachments": [],
        "message_id": f"<{key}@x>",
        "business_date": date(2026, 1, 15),
        "queued_at": NOW,
        "sent_at": datetime(2026, 1, 15, 8, 3, tzinfo=UTC),
    }
    return _insert(engine, outbox, values | changes)


@pytest.fixture
def order_under_way(engine):
    """An order of four lines: in time, late and told, silent, given up by stock."""
    customer_id = a_customer(engine, phone="+34 944 000 000")
    order_id = an_order(
        engine,
        no="S-000017",
        lines=4,
        customer_id=customer_id,
        product_id=a_product(engine),
        state="in_fulfilment",
        customer_ref="PO 4711",
        contact_name="Ana Ruiz",
        line={
            "product_code": "P1",
            "description": "Oak bench",
            "price_source": "list",
            "first_confirmed_on": date(2026, 1, 20),
            "confirmed_on": date(2026, 1, 20),
        },
    )
    one, two, _, four = line_ids(engine)
    in_stock(engine, 2, as_of=date(2026, 1, 25))
    on_its_way(engine, "PUR-9", 50, date(2026, 2, 2))
    a_delivery(engine, order_id, on=date(2026, 1, 20), qty=D(3), no="D1")
    with writing(engine) as connection:  # of the first line alone
        others = delivery_line.c.order_line_id != one
        connection.execute(delivery_line.delete().where(others))
    change(engine, order_line, order_line.c.id != one, qty_shipped=0)
    change(
        engine, order_line, order_line.c.id == one, last_shipped_on=date(2026, 1, 20)
    )
    change(engine, sales_order, sales_order.c.id == order_id, state="in_fulfilment")
    change(engine, order_line, order_line.c.id == two, confirmed_on=date(2026, 2, 3))
    with reading(engine) as connection:
        message_id = connection.execute(select(delivery.c.stock_message_id)).scalar()
    _insert(
        engine,
        date_change,
        {
            "order_line_id": two,
            "stock_message_id": message_id,
            "old_on": date(2026, 1, 20),
            "new_on": date(2026, 2, 3),
            "known_on": date(2026, 1, 15),
            "cause": "carrier",
            "note": "strike at the port",
        },
    )
    change(
        engine, order_line, order_line.c.id == four, state="exception", qty_given_up=3
    )
    _insert(
        engine,
        task,
        {
            "task_key": f"stock_exception:{four}:M9",
            "kind": "stock_exception",
            "team": "adv",
            "state": "open",
            "entity": "order",
            "entity_id": order_id,
            "text": "order S-000017 line 4: stock gave up 3; recreate or ignore",
            "opened_on": date(2026, 1, 22),
        },
    )
    # a mail about several orders is the customer's, not the order's
    a_mail(engine, "delays:C1:2026-01-15", "delay_notice", entity="customer")
    _insert(
        engine,
        delay_notice,
        {
            "order_line_id": two,
            "order_id": order_id,
            "customer_id": customer_id,
            "told_on": date(2026, 1, 15),
            "old_on": date(2026, 1, 20),
            "new_on": date(2026, 2, 3),
            "days_late": 14,
            "outbox_key": "delays:C1:2026-01-15",
        },
    )
    return order_id


def test_the_screen_of_an_order_under_way_reads_as_agreed(
    engine, order_under_way, update_golden
):
    run_directly("invoicing", on=date(2026, 1, 21))
    send_order_book("C1", by="Ana", reason="he asked", on=date(2026, 1, 23))
    result = adv("S-000017")
    assert result.exit_code == 0, result.output
    screen = result.stdout.split("\nHistory\n")[0] + "\n"
    same_as_golden("order/under_way.txt", screen.encode(), update=update_golden)
    assert len(result.stdout.splitlines()) <= 40


def test_the_screen_counts_what_is_to_come_and_all_that_left(engine, order_under_way):
    one, *_ = line_ids(engine)
    for_later = date(2026, 3, 9)
    change(engine, order_line, order_line.c.id == one, confirmed_on=for_later)
    change(engine, delivery_line, delivery_line.c.order_line_id == one, qty_over=2)
    change(engine, order_line, order_line.c.id == one, qty_over=2)
    screen = adv("S-000017").stdout
    assert "9 to come, confirmed for 2026-02-03" in screen
    assert "D1  line 1: 5, 2 beyond the order" in screen


def test_json_tells_all_that_the_screen_tells(engine, order_under_way):
    run_directly("invoicing", on=date(2026, 1, 21))
    said = as_json("S-000017")
    one, two, three, four = said["lines"]
    assert (one["where"], one["days_late"]) == ("3 shipped, the last on 2026-01-20", 0)
    assert (two["comes"], two["days_late"]) == ("comes 2026-02-03", 14)
    assert (two["cause"], two["cause_note"]) == ("carrier", "strike at the port")
    assert three["is_silent"] and three["days_late"] == 6
    assert four["where"].startswith("stock gave up 3")
    [notice] = [mail for mail in said["told"] if mail["kind"] == "delay_notice"]
    assert notice["lines"] == [{"line_no": 2, "date": "2026-02-03"}]
    assert (notice["state"], notice["to_address"]) == ("sent", "c1@example.com")
    assert said["money"] == {
        "currency": "EUR",
        "invoiced": "36.30",
        "paid": "0.00",
        "open": "36.30",
    }
    [bill] = said["invoices"]
    assert (bill["open"], bill["due_on"], bill["settled_on"]) == (
        "36.30",
        "2026-02-20",
        None,
    )
    assert [(act["team"], act["since"]) for act in said["who_must_act"]] == [
        ("adv", "2026-01-22"),
        ("stock", "2026-01-20"),
    ]


def test_mails_about_several_orders_are_found_also_those_of_a_silence(
    engine, order_under_way
):
    _, two, three, _ = line_ids(engine)
    a_mail(engine, "delays:C1:2026-01-24", "delay_notice", entity="customer")
    a_mail(engine, "back:C1:2026-01-25", "back_on_time", entity="customer")
    _insert(
        engine,
        silence,
        {
            "order_line_id": three,
            "order_id": order_under_way,
            "confirmed_on": date(2026, 1, 20),
            "asked_on": date(2026, 1, 22),
            "asked_at": NOW,
            "task_key": "silent:3",
            "told_on": date(2026, 1, 24),
            "outbox_key": "delays:C1:2026-01-24",
        },
    )
    back = {"back_on": date(2026, 1, 21), "back_outbox_key": "back:C1:2026-01-25"}
    change(engine, delay_notice, delay_notice.c.order_line_id == two, **back)
    told = {mail["outbox_key"]: mail["lines"] for mail in as_json("S-000017")["told"]}
    assert told == {
        "delays:C1:2026-01-15": [{"line_no": 2, "date": "2026-02-03"}],
        "delays:C1:2026-01-24": [{"line_no": 3, "date": None}],
        "back:C1:2026-01-25": [{"line_no": 2, "date": "2026-01-21"}],
    }
    assert "line 3: no date yet" in adv("S-000017").stdout


def test_an_order_that_goes_on_by_itself_says_that_nobody_must_act(engine):
    an_order(engine, customer_id=a_customer(engine), product_id=a_product(engine))
    assert as_json("O1")["who_must_act"] == []
    assert "nobody: it goes on by itself" in adv("O1").stdout


def test_row_33_the_screen_tells_what_an_order_puts_on_and_takes_off(engine):
    charges = [
        {"amount": "12.00", "reason": "freight", "tax_rate": "0.21"},
        {"amount": "-6.00", "reason": None},
    ]
    an_order(
        engine,
        customer_id=a_customer(engine),
        product_id=a_product(engine),
        charges=charges,
    )
    assert as_json("O1")["charges"] == charges
    told = adv("O1").stdout
    assert "charge 12.00 EUR: freight, taxed at 21 %\n" in told
    assert "allowance -6.00 EUR\n" in told


def test_an_order_that_waits_for_its_payment_asks_stock_nothing(engine):
    an_order(
        engine,
        customer_id=a_customer(engine),
        product_id=a_product(engine),
        shipping_policy="after_payment",
        line={"confirmed_on": date(2026, 1, 20)},
    )
    result = adv("O1")
    assert result.exit_code == 0, result.output
    assert "3 open, waits for the customer's payment" in result.output
    assert "said nothing" not in result.output
    assert "tell a new date" not in result.output


def test_a_held_order_and_a_failed_step_name_who_must_act(engine):
    an_order(
        engine,
        customer_id=a_customer(engine),
        product_id=a_product(engine),
        state="received",
        customer_code="C1",
        line={"product_code": "P9"},
    )
    run_directly("validation", on=date(2026, 1, 6))
    _insert(
        engine,
        failure,
        {
            "step": "handoff",
            "document": "O1",
            "code": "broken",
            "message": "no folder",
            "owner": "operations",
            "attempts": 1,
            "first_seen_at": NOW,
            "last_seen_at": NOW,
        },
    )
    teams = {act["team"]: act["what"] for act in as_json("O1")["who_must_act"]}
    assert teams["operations"] == "handoff set it aside: no folder"
    assert "answer the held order" in teams.values()
    [line] = as_json("O1")["lines"]
    assert line["where"] == "3 not accepted yet"


@pytest.mark.parametrize(
    "name",
    ["S-000017", "PO 4711", "s000017", "S 000017", "po4711", "PO-4711", " PO 4711 "],
)
def test_the_order_is_found_by_its_number_and_by_the_customers_own_however_spelled(
    engine, order_under_way, name
):
    assert as_json(name)["order_no"] == "S-000017"


def test_a_number_that_is_not_known_names_those_that_end_alike(engine, order_under_way):
    result = adv("17")
    assert result.exit_code == 1
    assert (
        "there is no order '17'; do you mean S-000017 (of 1 PO 4711, 2026-01-05, "
        "in_fulfilment)?"
    ) in result.stderr
    assert (
        adv("nothing like it")
        .stderr.strip()
        .endswith("there is no order 'nothing like it'")
    )
    assert "there is no order '%'" in adv("%").stderr


def test_several_orders_of_one_reference_are_named_with_their_customers(engine):
    product_id = a_product(engine)
    for no, code in (("O1", "C1"), ("O2", "C2")):
        an_order(
            engine,
            no=no,
            customer_id=a_customer(engine, code),
            customer_code=code,
            product_id=product_id,
            customer_ref="PO 1",
        )
    result = adv("po1")
    assert result.exit_code == 1
    assert "O1 (C1 PO 1, 2026-01-05, accepted), O2 (C2 PO 1," in result.stderr


def test_a_long_order_shows_first_what_still_comes_and_says_how_to_see_all(engine):
    an_order(
        engine,
        lines=40,
        customer_id=a_customer(engine),
        product_id=a_product(engine),
        state="in_fulfilment",
    )
    ids = line_ids(engine)
    done = order_line.c.id.in_(ids[:30])
    change(engine, order_line, done, qty_shipped=3, last_shipped_on=date(2026, 1, 9))
    screen = adv("O1").stdout
    assert screen.index("  31  ") < screen.index("   1  ")
    assert "… and 28 more lines: --all" in screen
    whole = adv("O1", "--all").stdout
    assert "--all" not in whole and "  40  " in whole
    assert len(as_json("O1")["lines"]) == 40


def test_money_paid_is_told_with_its_day(engine, order_under_way):
    run_directly("invoicing", on=date(2026, 1, 21))
    change(
        engine,
        instalment,
        instalment.c.id > 0,
        open_amount=0,
        settled_on=date(2026, 1, 25),
    )
    assert "settled 2026-01-25" in adv("S-000017").stdout
    assert as_json("S-000017")["money"]["paid"] == "36.30"


def test_a_line_without_words_of_its_own_has_its_products_and_no_stock_is_no_news(
    engine,
):
    an_order(
        engine,
        customer_id=a_customer(engine),
        product_id=a_product(engine, name="Cable reel"),
        state="handed_off",
        line={"confirmed_on": date(2026, 1, 30)},
    )
    screen = adv("O1").stdout
    assert "of 1 Cable reel, 3 C62: 3 open, comes 2026-01-30" in screen
    assert "stock is not known" not in screen
    [line] = as_json("O1")["lines"]
    assert line["explanation"].startswith("stock is not known")


def test_an_order_of_a_customer_that_is_not_known_is_shown_too(engine):
    an_order(
        engine,
        customer_id=None,
        product_id=None,
        state="held",
        customer_code="NEW",
        line={"product_code": "P9"},
    )
    assert adv("O1").stdout.startswith("Order O1 of NEW (ref O1), 30.00 EUR net")


def test_the_statements_do_not_grow_with_lines_and_invoices(engine, order_under_way):
    def _statements():
        with counted_statements(engine) as sent:
            adv("S-000017")
        return len(sent)

    run_directly("invoicing", on=date(2026, 1, 21))
    before = _statements()
    a_delivery(engine, order_under_way, on=date(2026, 1, 24), no="D2")
    run_directly("invoicing", on=date(2026, 1, 25))
    with reading(engine) as connection:
        assert len(connection.execute(select(invoice_line.c.id)).all()) > 1
    # fewer where nothing is open: no date is left to explain
    assert _statements() <= before


def test_an_order_that_ships_complete_names_the_line_that_the_others_wait_for(engine):
    order_id = an_order(
        engine,
        lines=6,
        customer_id=a_customer(engine),
        product_id=a_product(engine),
        state="in_fulfilment",
        shipping_policy="complete",
        line={"first_confirmed_on": date(2026, 2, 3), "confirmed_on": date(2026, 2, 3)},
    )
    two = line_ids(engine)[1]
    change(engine, order_line, order_line.c.id == two, confirmed_on=date(2026, 3, 2))
    first, second, *_ = as_json("O1", "--date", "2026-01-26")["lines"]
    assert first["comes"] == (
        "ready 2026-02-03; the order ships complete and waits for line 2 (2026-03-02)"
    )
    assert second["comes"] == "comes 2026-03-02"
    change(engine, order_line, order_line.c.id == two, state="exception")
    assert "waits for line 2 (no date yet)" in adv("O1", "--date", "2026-01-26").stdout
    for many in line_ids(engine)[2:]:
        change(engine, order_line, order_line.c.id == many, confirmed_on=None)
    assert "line 4 (no date yet) and 2 more" in adv("O1").stdout
    change(
        engine,
        sales_order,
        sales_order.c.id == order_id,
        shipping_policy="partial",
    )
    assert "ships complete" not in adv("O1").stdout
