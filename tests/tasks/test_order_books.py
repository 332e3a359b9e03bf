"""Row 88: the open-order book, weekly or on request, equals the tables."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from email import message_from_bytes
from email.policy import default
from io import StringIO
from random import Random

import pytest
from sqlalchemy import select, update

from adv_domain.mail.order_book_view import FILE_COLUMNS
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import counted_statements, insert_rows
from adv_domain.store.tables import (
    event,
    order_book,
    order_line,
    outbox,
    sales_order,
    task,
)
from flows.direct import run_directly
from tasks.stock.order_book_request import BookRefused, send_order_book
from tests.builders import a_customer, a_product, an_order
from tests.golden import same_as_golden
from tests.tasks.feedback_runs import book

MONDAY = date(2026, 1, 12)
CONFIRMED = {"first_confirmed_on": date(2026, 1, 20), "confirmed_on": date(2026, 1, 20)}


def run_books(on=MONDAY):
    [end] = run_directly("books", on=on)
    return end.outcome


def ask(code="C1", on=MONDAY, **said):
    said = {"by": "Ana", "reason": "he called"} | said
    return send_order_book(code, on=on, **said)


def rows(engine, table, *columns):
    chosen = [table.c[name] for name in columns]
    with reading(engine) as connection:
        found = connection.execute(select(*chosen).order_by(table.c.id))
        return [tuple(row) for row in found]


def change(engine, table, where, **values):
    with writing(engine) as connection:
        connection.execute(update(table).where(where).values(**values))


def file_of(home, place):
    """Read an attached file as a program does."""
    text = (home / place).read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline="")))


def attached(engine, home):
    [*_, (places,)] = rows(engine, outbox, "attachments")
    return file_of(home, places[0])


@pytest.fixture
def weekly(engine):
    """Make a customer who gets his book on Mondays, with an order of two lines."""

    def _customer(code="C1", *, orders=1, **values):
        customer_id = a_customer(engine, code, **{"order_book": "mon"} | values)
        product_id = a_product(engine, f"P {code}")
        for number in range(orders):
            an_order(
                engine,
                no=f"{code}-{number}",
                lines=2,
                customer_id=customer_id,
                product_id=product_id,
                state="handed_off",
                line=CONFIRMED,
            )
        return customer_id

    return _customer


def test_row_88_a_customer_so_set_gets_the_book_once_in_its_week(engine, home, weekly):
    weekly(language="es")
    weekly("C2", order_book="thu")
    weekly("C3", order_book="none")
    weekly("C4", order_book=None)
    assert run_books().done["order books queued"] == 2
    assert run_books().message == "nothing to do"
    assert run_books(MONDAY + timedelta(days=2)).message == "nothing to do"
    assert run_books(MONDAY + timedelta(days=3)).done == {"order books queued": 1}
    assert run_books(MONDAY + timedelta(days=7)).done == {"order books queued": 1}
    assert rows(engine, order_book, "book_key", "due_on") == [
        ("order_book:C1:weekly:2026-01-12", date(2026, 1, 12)),
        ("order_book:C2:weekly:2026-01-08", date(2026, 1, 8)),
        ("order_book:C2:weekly:2026-01-15", date(2026, 1, 15)),
        ("order_book:C1:weekly:2026-01-19", date(2026, 1, 19)),
    ]
    [first, *_] = rows(engine, outbox, "kind", "to_address", "language", "attachments")
    assert first == (
        "order_book",
        "c1@example.com",
        "es",
        ["order-books/2026/C1-2026-01-12.csv"],
    )


def test_row_88_weeks_in_which_nothing_ran_are_made_up_for_once(engine, weekly):
    weekly()
    run_books()
    assert run_books(MONDAY + timedelta(days=24)).done == {"order books queued": 1}
    assert [due for (due,) in rows(engine, order_book, "due_on")] == [
        MONDAY,
        MONDAY + timedelta(days=21),
    ]


def test_the_policy_sets_the_day_of_customers_who_say_nothing(engine, home, weekly):
    weekly(order_book=None)
    weekly("C2", order_book="none")
    (home / "policy.toml").write_text('[order_book]\nweekday = "mon"\n')
    assert run_books().done == {"order books queued": 1}


def test_row_88_the_book_equals_the_tables(engine, home):
    random = Random(88)
    customer_id = a_customer(engine, order_book="mon")
    other_id = a_customer(engine, "C2")
    product_id = a_product(engine)
    states = ("received", "held", "accepted", "handed_off", "in_fulfilment")
    closed = ("fulfilled", "closed", "cancelled", "rejected")
    for number in range(150):
        an_order(
            engine,
            no=f"O{number}",
            lines=random.randint(1, 3),
            customer_id=random.choice((customer_id, customer_id, other_id)),
            product_id=product_id,
            state=random.choice(states + closed),
            qty=Decimal(10),
            line={
                "state": random.choice(("open", "open", "exception", "cancelled")),
                "qty_shipped": Decimal(random.choice((0, 4, 10))),
                "qty_cancelled": Decimal(random.choice((0, 0, 6))),
                "confirmed_on": random.choice((None, MONDAY, date(2026, 2, 2))),
            },
        )
    # qty 10: shipped 10 and cancelled 6 cannot both be; the recount says what is open
    change(engine, order_line, order_line.c.qty_shipped == 10, qty_cancelled=0)
    run_books()
    with reading(engine) as connection:
        recount = {
            (no, str(line)): (
                f"{qty - sent - gone:.0f}",
                str(day) if day and state != "exception" else "",
            )
            for no, line, qty, sent, gone, day, state in connection.execute(
                select(
                    sales_order.c.order_no,
                    order_line.c.line_no,
                    order_line.c.qty,
                    order_line.c.qty_shipped,
                    order_line.c.qty_cancelled,
                    order_line.c.confirmed_on,
                    order_line.c.state,
                ).where(
                    order_line.c.order_id == sales_order.c.id,
                    sales_order.c.customer_id == customer_id,
                    sales_order.c.state.in_(states),
                    order_line.c.state != "cancelled",
                )
            )
            if qty - sent - gone > 0
        }
    book = attached(engine, home)
    assert len(recount) > 10
    assert len(book) == len(recount)
    assert {
        (line["Order"], line["Line"]): (line["Open"], line["Confirmed on"])
        for line in book
    } == recount
    assert rows(engine, order_book, "line_count") == [(len(recount),)]


def test_row_88_the_book_tells_what_changed_since_the_last_one(engine, home, weekly):
    customer_id = weekly(orders=3)
    run_books()
    assert {line["Change"] for line in attached(engine, home)} == {""}
    lines = [line_id for (line_id,) in rows(engine, order_line, "id")]
    later = {"confirmed_on": date(2026, 1, 27)}
    change(engine, order_line, order_line.c.id == lines[0], **later)
    change(engine, order_line, order_line.c.id == lines[1], qty_shipped=1)
    change(engine, order_line, order_line.c.id == lines[2], qty_shipped=3)
    change(engine, order_line, order_line.c.id == lines[3], state="cancelled")
    an_order(
        engine,
        no="NEW",
        customer_id=customer_id,
        product_id=a_product(engine, "P9"),
        state="held",
    )
    run_books(MONDAY + timedelta(days=7))
    changed = {
        (line["Order"], line["Line"]): (line["Change"], line["Confirmed before"])
        for line in attached(engine, home)
        if line["Change"]
    }
    assert changed == {
        ("C1-0", "1"): ("later", "2026-01-20"),
        ("C1-0", "2"): ("open quantity", "2026-01-20"),
        ("C1-1", "1"): ("delivered", "2026-01-20"),
        ("C1-1", "2"): ("closed without delivery", "2026-01-20"),
        ("NEW", "1"): ("new", ""),
    }
    [_, (context,)] = rows(engine, outbox, "context")
    assert len(context["changes"]) == 5
    assert context["last_on"] == "12 January 2026"
    ask(on=MONDAY + timedelta(days=8))  # no day has passed yet
    assert {line["Change"] for line in attached(engine, home)} == {""}


def dates_told(engine, home):
    at = FILE_COLUMNS.index("confirmed_on")
    return [list(line.values())[at] for line in attached(engine, home)]


def test_a_passed_day_and_a_line_given_up_have_a_date_to_follow(engine, home, weekly):
    weekly(language="fr")
    ask(on=MONDAY)
    change(engine, order_line, order_line.c.line_no == 2, state="exception")
    ask(on=date(2026, 1, 20))
    assert dates_told(engine, home) == ["2026-01-20", ""]
    ask(on=date(2026, 1, 21))
    assert dates_told(engine, home) == ["", ""]
    [*_, (context,)] = rows(engine, outbox, "context")
    for line in context["lines"]:
        assert (line["confirmed_on"], line["no_date"]) == ("", "date à confirmer")
    assert context["changes"][0]["what"] == (
        "plus de date, 20 janv. 2026 → date à confirmer"
    )


def test_a_line_without_any_date_says_so_once(engine, home):
    for number, language in enumerate(("en", "es", "fr")):
        customer_id = a_customer(engine, f"C{number}", language=language)
        an_order(
            engine,
            no=f"O{number}",
            customer_id=customer_id,
            product_id=a_product(engine, f"P{number}"),
            state="held",
        )
        ask(f"C{number}")
    run_directly("mail", on=MONDAY)
    texts = [
        message_from_bytes(path.read_bytes(), policy=default)
        .get_body(("plain",))
        .get_content()
        for path in (home / "outbox" / "mail").rglob("*.eml")
    ]
    for words in ("not confirmed yet", "aún sin confirmar", "pas encore confirmée"):
        assert sum(text.count(words) for text in texts) == 1


def test_a_slip_is_told_by_its_notice_and_not_by_the_book_before_it(
    engine, home, weekly
):
    weekly()
    ask(on=MONDAY)
    book(
        "M1,new_date,C1-0,1,,2026-01-26,stock",
        "M2,new_date,C1-0,2,,2026-01-22,stock",  # within the threshold, no notice
    )
    run_directly("notices", on=MONDAY)
    run_books(MONDAY)
    assert dates_told(engine, home) == ["2026-01-20", "2026-01-22"]
    run_directly("notices", on=MONDAY + timedelta(days=1))
    ask(on=MONDAY + timedelta(days=1))
    assert dates_told(engine, home) == ["2026-01-26", "2026-01-22"]


def test_a_book_whose_mail_failed_told_the_customer_nothing(engine, home, weekly):
    weekly()
    run_books()
    change(engine, outbox, outbox.c.kind == "order_book", state="failed")
    change(engine, order_line, order_line.c.line_no == 1, confirmed_on=MONDAY)
    run_books(MONDAY + timedelta(days=7))
    assert {line["Change"] for line in attached(engine, home)} == {""}


def test_row_88_who_asks_gets_it_at_once_and_the_same_book_once_a_day(
    engine, home, weekly
):
    weekly(order_book=None)
    sent = ask()
    assert (sent.lines, sent.is_new) == (2, True)
    assert len(file_of(home, sent.attachment)) == 2
    again = ask()
    assert not again.is_new and again.outbox_key == sent.outbox_key
    assert ask(to_address="boss@example.com").is_new
    change(engine, order_line, order_line.c.line_no == 1, confirmed_on=MONDAY)
    assert ask().is_new
    assert ask(on=MONDAY + timedelta(days=1)).is_new
    assert len(rows(engine, outbox, "id")) == 4
    assert ("order book", "Ana", "he called; 2 open lines") in rows(
        engine, event, "what", "actor", "reason"
    )


def test_a_book_on_request_does_not_stand_for_the_weekly_one(engine, weekly):
    weekly()
    ask()
    assert run_books().done == {"order books queued": 1}


def test_who_asks_with_nothing_open_is_told_so(engine, home):
    a_customer(engine, language="fr")
    assert ask().lines == 0
    [(context,)] = rows(engine, outbox, "context")
    assert (context["has_lines"], context["lines"]) == (False, [])
    assert attached(engine, home) == []


def test_in_his_week_a_customer_with_nothing_open_is_told_what_policy_says(
    engine, home
):
    a_customer(engine, order_book="mon")
    assert run_books().skipped == {"nothing open": 1}
    assert run_books().message == "nothing to do"
    assert rows(engine, outbox, "id") == []
    (home / "policy.toml").write_text('[order_book]\nwhen_empty = "mail"\n')
    assert run_books(MONDAY + timedelta(days=7)).done == {"order books queued": 1}


def test_without_an_address_a_person_sends_the_weekly_book(engine, weekly):
    weekly(email=None)
    assert run_books().skipped == {"no mail address, a person sends it": 1}
    assert run_books().message == "nothing to do"
    [(kind, text)] = rows(engine, task, "kind", "text")
    assert kind == "missing_address" and "adv send-order-book C1" in text
    with pytest.raises(BookRefused, match="no mail address"):
        ask()
    with pytest.raises(BookRefused, match="invalid mail address"):
        ask(to_address="nobody")
    assert ask(to_address="boss@example.com").is_new


def test_a_customer_that_is_not_known_is_refused(engine):
    with pytest.raises(BookRefused, match="there is no customer C9"):
        ask("C9")


def test_no_cell_of_the_file_is_run_as_a_formula_and_no_code_leaves_its_folder(
    engine, home, weekly
):
    weekly("../=C1", email="c1@example.com")
    change(
        engine,
        order_line,
        order_line.c.line_no == 1,
        description='=HYPERLINK("http://x")',
        customer_article="+1",
    )
    run_books()
    [(places,)] = rows(engine, outbox, "attachments")
    assert (home / places[0]).resolve().parent == (home / "order-books/2026").resolve()
    [first, _] = file_of(home, places[0])
    assert first["Description"] == '\'=HYPERLINK("http://x")'
    assert first["Your article"] == "'+1"


@pytest.mark.parametrize("language", ["es", "en", "fr"])
def test_the_file_reads_as_agreed_in_the_language(
    engine, home, weekly, language, update_golden
):
    weekly(language=language, orders=2)
    ask(on=MONDAY - timedelta(days=7))
    change(engine, order_line, order_line.c.line_no == 1, qty_shipped=Decimal("0.5"))
    later = date(2026, 1, 27)
    change(engine, order_line, order_line.c.line_no == 2, confirmed_on=later)
    sent = ask()
    content = (home / sent.attachment).read_bytes()
    same_as_golden(f"order_book/{language}.csv", content, update=update_golden)


def test_the_statements_of_a_run_do_not_grow_with_customers_and_lines(engine, weekly):
    weekly()
    with counted_statements(engine) as one:
        run_books()
    for number in range(2, 12):
        weekly(f"C{number}", orders=3)
    with counted_statements(engine) as ten:
        run_books()
    assert len(ten) == len(one)


def test_a_book_of_5000_lines_lists_all_in_the_file_and_some_in_the_mail(engine, home):
    customer_id = a_customer(engine, order_book="mon")
    product_id = a_product(engine)
    order_id = an_order(engine, customer_id=customer_id, product_id=product_id)
    line = {"order_id": order_id, "unit": "C62", "state": "open", "qty": Decimal(1)}
    with writing(engine) as connection:
        insert_rows(
            connection,
            order_line,
            [
                line | {"line_no": number, "product_code": f"P{number}"}
                for number in range(2, 5001)
            ],
        )
    run_books()
    assert len(attached(engine, home)) == 5000
    [(context,)] = rows(engine, outbox, "context")
    assert len(context["lines"]) == 50
    assert context["more_lines"] == "4950"


def test_the_mail_that_leaves_carries_the_file(engine, home, weekly):
    weekly()
    run_books()
    [end] = run_directly("mail", on=MONDAY)
    assert end.outcome.failed == ()
    [path] = (home / "outbox" / "mail").rglob("*.eml")
    message = message_from_bytes(path.read_bytes(), policy=default)
    [file] = message.iter_attachments()
    assert file.get_filename() == "C1-2026-01-12.csv"
    assert file.get_content_type() == "text/csv"
    assert "C1-0" in file.get_content()
