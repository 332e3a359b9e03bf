"""Is a mail that waited still so when it leaves, and what becomes of it if not?"""

from datetime import date

import pytest
from sqlalchemy import select, update

from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import (
    delay_notice,
    event,
    order_book,
    order_line,
    outbox,
    sales_order,
    silence,
    task,
)
from flows.direct import run_directly
from tasks.orders.acts.ending import cancel_order
from tasks.stock.order_book_request import send_order_book
from tests.builders import a_customer, a_product, an_order
from tests.tasks.feedback_runs import book, news
from tests.tasks.test_validation import received, validate

ON = date(2026, 1, 6)
NEXT = date(2026, 1, 7)


@pytest.fixture
def late(engine):
    """Two lines of order O1 whose slip is told by a mail that waits."""
    order_id = an_order(
        engine,
        no="O1",
        lines=2,
        state="handed_off",
        customer_id=a_customer(engine),
        product_id=a_product(engine),
    )
    book("M1,confirmation,O1,,,2026-01-09", "M2,new_date,O1,,,2026-01-20")
    run("notices", ON)
    assert run("notices", NEXT).done == {"delays told": 2, "mails queued": 1}
    return order_id


def run(step, on=NEXT):
    [end] = run_directly(step, on=on)
    return end.outcome


def rows(engine, table, *names):
    with reading(engine) as connection:
        columns = [table.c[name] for name in names]
        found = connection.execute(select(*columns).order_by(table.c.id))
        return [tuple(row) for row in found]


def test_a_notice_that_is_still_so_leaves(engine, late):
    assert run("mail").done == {"sent": 1}
    assert len(rows(engine, delay_notice, "id")) == 2


def test_a_notice_of_a_cancelled_order_is_withdrawn(engine, late):
    cancel_order(name="O1", by="Ana", reason="no need", on=NEXT)
    assert run("mail").skipped == {"no longer so, withdrawn": 1}
    [(state, why), told] = rows(engine, outbox, "state", "last_error")
    assert (state, told[0]) == ("withdrawn", "sent")
    assert why.startswith("order O1 line")
    assert rows(engine, delay_notice, "id") == []
    assert ("mail_withdrawn",) in rows(engine, event, "what")
    run("notices")
    assert rows(engine, delay_notice, "id") == []


def test_what_still_stands_of_a_withdrawn_notice_is_told_by_the_next_run(engine, late):
    book("M3,shipment,O1,1,,2026-01-07")
    run("mail")
    run("notices")
    told = run("notices", date(2026, 1, 8))
    again = rows(engine, delay_notice, "new_on", "told_on")
    assert [day for day, _ in again] == [date(2026, 1, 20)]
    kinds = rows(engine, outbox, "kind", "state")
    assert kinds[0] == ("delay_notice", "withdrawn")
    assert ("delay_notice", "queued") in kinds[1:]
    assert told.failed == ()


def test_a_date_that_moved_on_is_told_with_the_newer_one(engine, late):
    book("M3,new_date,O1,,,2026-01-27")
    assert run("mail").skipped == {"no longer so, withdrawn": 1}
    run("notices", date(2026, 1, 8))
    run("notices", date(2026, 1, 9))
    assert (
        rows(engine, delay_notice, "old_on", "new_on")
        == [(date(2026, 1, 9), date(2026, 1, 27))] * 2
    )


def test_a_silence_that_stock_broke_is_not_told(engine, late):
    with writing(engine) as connection:
        connection.execute(update(outbox).values(state="sent"))
    for day in (21, 24):
        run("notices", date(2026, 1, day))
    assert [told for (told,) in rows(engine, silence, "told_on")] == [
        date(2026, 1, 24)
    ] * 2
    book("M4,new_date,O1,,,2026-01-30")
    assert run("mail", date(2026, 1, 24)).skipped == {"no longer so, withdrawn": 1}
    assert [told for (told,) in rows(engine, silence, "told_on")] == [None] * 2


def test_a_confirmation_of_an_order_that_changed_or_ended_is_withdrawn(engine):
    a_product(engine)
    a_customer(engine)
    received(engine, "O1")
    received(engine, "O2")
    validate()
    run("notices", ON)
    cancel_order(name="O1", by="Ana", reason="no need", on=ON)
    with writing(engine) as connection:
        connection.execute(
            update(sales_order)
            .where(sales_order.c.order_no == "O2")
            .values(to_confirm=True)
        )
    assert run("mail", ON).skipped == {"no longer so, withdrawn": 2}
    assert [why for (why,) in rows(engine, outbox, "last_error")] == [
        "order O1 is cancelled since",
        "order O2 is changed since",
        None,
    ]
    run("notices", ON)
    assert [state for (state,) in rows(engine, outbox, "state")] == [
        "withdrawn",
        "withdrawn",
        "sent",
        "queued",
    ]


def test_a_notice_that_cannot_arrive_has_a_person_tell(engine, late):
    with writing(engine) as connection:
        connection.execute(update(outbox).values(to_address="nobody at nowhere"))
    assert run("mail").failed
    [(kind, text)] = rows(engine, task, "kind", "text")
    assert kind == "undelivered_notice"
    assert "to nobody at nowhere did not arrive" in text


def test_statements_do_not_grow_with_the_mails(engine):
    product_id = a_product(engine)
    seen = []
    for first, count in ((0, 2), (10, 20)):
        numbers = range(first, first + count)
        for number in numbers:
            an_order(
                engine,
                no=f"O{number}",
                state="handed_off",
                customer_id=a_customer(engine, f"C{number}"),
                product_id=product_id,
            )
        book(
            text=news(
                *(f"A{n},confirmation,O{n},,,2026-01-09" for n in numbers),
                *(f"B{n},new_date,O{n},,,2026-01-20" for n in numbers),
            )
        )
        run("notices", ON)
        run("notices", NEXT)
        book(text=news(*(f"D{n},new_date,O{n},,,2026-01-09" for n in numbers)))
        with counted_statements(engine) as statements:
            assert run("mail").skipped == {"no longer so, withdrawn": count}
        seen.append(len(statements))
    assert seen[0] == seen[1]


@pytest.fixture
def booked(engine):
    """The weekly book of a customer with two lines, which waits to be mailed."""
    an_order(
        engine,
        no="O1",
        lines=2,
        state="handed_off",
        customer_id=a_customer(engine, order_book="mon"),
        product_id=a_product(engine),
    )
    run("books", ON)


def test_row_88_a_book_that_is_still_so_leaves_once(engine, booked):
    assert run("mail").done == {"sent": 1}
    assert rows(engine, outbox, "state") == [("sent",)]
    assert len(rows(engine, order_book, "id")) == 1


def test_row_88_a_book_whose_order_changed_before_it_left_is_made_anew(engine, booked):
    book("M1,confirmation,O1,1,,2026-01-15")
    first = run("mail")
    assert (first.skipped, first.done) == ({"order books made anew": 1}, {"sent": 1})
    [old, new] = rows(engine, outbox, "outbox_key", "state", "attachments")
    assert old == (
        "order_book:C1:weekly:2026-01-05",
        "withdrawn",
        ["order-books/2026/C1-2026-01-05.csv"],
    )
    assert new == (
        "order_book:C1:weekly:2026-01-05v2",
        "sent",
        ["order-books/2026/C1-2026-01-05v2.csv"],
    )
    [context] = rows(engine, outbox, "context")[1]
    assert "2026-01-15" in str(rows(engine, order_book, "lines")[1])
    assert context["changes"] == []  # no book before it was told
    assert ("order book",) in rows(engine, event, "what")
    assert run("mail").message == "nothing to do"
    assert run("books", NEXT).message == "nothing to do"


def test_row_88_a_book_made_anew_is_looked_at_again_and_may_be_dropped(engine, booked):
    with writing(engine) as connection:  # all mail waits
        connection.execute(update(outbox).values(state="retry"))
    book("M1,confirmation,O1,1,,2026-01-15")
    run("mail")
    with writing(engine) as connection:
        connection.execute(
            update(outbox).where(outbox.c.state == "sent").values(state="queued")
        )
    cancel_order(name="O1", by="Ana", reason="no need", on=NEXT)
    end = run("mail")
    assert end.skipped == {"order books with nothing left to say, withdrawn": 1}
    keys = rows(engine, order_book, "book_key", "outbox_key", "line_count")
    assert keys[2] == ("order_book:C1:weekly:2026-01-05v3", None, 0)
    states = [state for (state,) in rows(engine, outbox, "state")]
    assert states == ["withdrawn", "withdrawn", "sent"]  # the last: of the cancellation


def test_row_88_a_book_that_was_asked_for_is_made_anew_even_where_it_is_empty(
    engine, booked
):
    run("mail")
    send_order_book("C1", to_address="new@example.com", by="A", reason="call", on=NEXT)
    cancel_order(name="O1", by="Ana", reason="no need", on=NEXT)
    assert run("mail").skipped == {"order books made anew": 1}
    told = rows(engine, outbox, "outbox_key", "to_address", "state")
    assert told[-1] == (
        "order_book:C1:asked:2026-01-07-1v2",
        "new@example.com",
        "sent",
    )


def test_the_statements_do_not_grow_with_the_books_that_changed(engine):
    product_id = a_product(engine)

    def _statements(codes):
        for code in codes:
            an_order(
                engine,
                no=code,
                customer_id=a_customer(engine, code, order_book="mon"),
                product_id=product_id,
                state="handed_off",
            )
        run("books", ON)
        with writing(engine) as connection:
            connection.execute(update(order_line).values(qty=order_line.c.qty + 1))
        with counted_statements(engine) as sent:
            found = run("mail", ON)
        assert found.skipped == {"order books made anew": len(codes)}
        return len(sent)

    # each mail is confirmed by itself where it is sent; the folder takes all at once
    assert _statements([f"C{at}" for at in range(20, 32)]) == _statements(["C1"])
