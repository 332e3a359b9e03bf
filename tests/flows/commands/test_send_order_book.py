"""`adv send-order-book` and the column that sets a customer's day."""

import json
from datetime import date

from click.testing import CliRunner
from sqlalchemy import select

from adv_domain.store.engine import reading
from adv_domain.store.tables import customer, outbox
from flows.cli import cli
from flows.direct import run_directly
from tests.builders import a_customer, a_product, an_order

MONDAY = date(2026, 1, 12)


def adv(*arguments):
    return CliRunner().invoke(cli, list(arguments))


def an_open_order(engine, **of_customer):
    an_order(
        engine,
        customer_id=a_customer(engine, **of_customer),
        product_id=a_product(engine),
        state="handed_off",
    )


def test_row_88_the_command_queues_the_book_and_tells_what_is_in_it(engine, home):
    an_open_order(engine)
    told = adv("send-order-book", "C1")
    assert told.exit_code == 0
    assert told.stdout == (
        "order book of C1 queued to c1@example.com: 1 open line, "
        "0 changes since the last book\n"
    )
    again = json.loads(adv("send-order-book", "C1", "--json").stdout)
    assert (again["is_new"], again["lines"]) == (False, 1)
    assert (home / again["attachment"]).is_file()
    assert "went to c1@example.com today already" in adv("send-order-book", "C1").stdout
    other = adv("send-order-book", "C1", "--to", "boss@example.com", "--json")
    assert json.loads(other.stdout)["to_address"] == "boss@example.com"


def test_what_cannot_be_sent_ends_1_and_says_what_to_do(engine):
    an_open_order(engine, email=None)
    for words, told in (
        (("C9",), "there is no customer C9; see: adv customer list"),
        (("C1",), "has no mail address: complete his master record, or name one"),
        (("C1", "--to", "x"), "invalid mail address 'x'"),
        (("C1", "--to", "a@example.com", "--date", "2099-01-01"), "has not come yet"),
    ):
        result = adv("send-order-book", *words)
        assert result.exit_code == 1
        assert told in result.stderr
    assert json.loads(adv("send-order-book", "C9", "--json").stdout)["error"]
    with reading(engine) as connection:
        assert connection.execute(select(outbox.c.id)).all() == []


def test_row_88_the_customers_file_sets_the_day(engine, tmp_path):
    file = tmp_path / "customers.csv"
    file.write_text(
        "code,name,country,currency,language,email,order_book\n"
        "C1,One,ES,EUR,es,one@example.com,mon\n"
        "C2,Two,ES,EUR,es,two@example.com,\n"
        "C3,Three,ES,EUR,es,three@example.com,none\n"
        "C4,Four,ES,EUR,es,four@example.com,monday\n"
    )
    taken = json.loads(adv("import", "customers", str(file), "--json").stdout)
    [fault] = taken["faults"]
    assert (fault["field"], fault["value"]) == ("order_book", "monday")
    assert "order_book must be one of" in fault["message"]
    file.write_text(file.read_text().replace("monday", "fri"))
    assert adv("import", "customers", str(file)).exit_code == 0
    with reading(engine) as connection:
        days = connection.execute(
            select(customer.c.code, customer.c.order_book).order_by(customer.c.code)
        ).all()
    assert [tuple(row) for row in days] == [
        ("C1", "mon"),
        ("C2", None),
        ("C3", "none"),
        ("C4", "fri"),
    ]
    [end] = run_directly("books", on=MONDAY)
    assert end.outcome.skipped == {"nothing open": 2}
