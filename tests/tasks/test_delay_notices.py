from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import (
    delay_notice,
    event,
    order_line,
    outbox,
    sales_order,
    silence,
    stock_message,
    task,
    untold_date,
)
from flows.direct import run_directly
from tasks.stock.exceptions import Choice, resolve_exception
from tests.builders import a_customer, a_product, an_order
from tests.tasks.feedback_runs import book, news

ON = date(2026, 1, 6)
NEXT = date(2026, 1, 7)
CONFIRMED = "M1,confirmation,O1,,,2026-01-09"


@pytest.fixture
def ordered(engine):
    """Make orders that stock was told of, each customer by its code."""
    product_id = a_product(engine)

    def _order(no="O1", code="C1", lines=1, **customer):
        customer_id = a_customer(engine, code, **customer)
        return an_order(
            engine,
            no=no,
            lines=lines,
            state="handed_off",
            customer_id=customer_id,
            product_id=product_id,
        )

    return _order


def tell(on=ON, dry_run=False):
    [end] = run_directly("notices", on=on, dry_run=dry_run)
    return end.outcome


def rows(engine, table, *columns):
    chosen = [table.c[name] for name in columns]
    with reading(engine) as connection:
        return [
            tuple(row)
            for row in connection.execute(select(*chosen).order_by(table.c.id))
        ]


def test_a_slip_beyond_the_threshold_is_told_once_in_one_mail_for_the_order(
    engine, ordered
):
    order_id = ordered(lines=2, language="es")
    book(CONFIRMED, "M2,new_date,O1,,,2026-01-15,stock")
    assert tell().skipped == {"waits for the next sending window": 2}
    outcome = tell(NEXT)
    assert outcome.done == {"delays told": 2, "mails queued": 1}
    assert tell(NEXT).message == "nothing to do"
    [(key, kind, to, language, context)] = rows(
        engine, outbox, "outbox_key", "kind", "to_address", "language", "context"
    )
    assert (kind, to, language) == ("delay_notice", "c1@example.com", "es")
    [order] = context["orders"]
    assert {line["reason"] for line in order["lines"]} == {
        "la mercancía aún no está disponible"
    }
    assert [line["new_on"] for line in order["lines"]] == ["15 ene 2026"] * 2
    assert (
        rows(engine, delay_notice, "old_on", "new_on", "days_late", "outbox_key")
        == [(date(2026, 1, 9), date(2026, 1, 15), 6, key)] * 2
    )
    assert ("delay_notice", order_id) in rows(engine, event, "what", "entity_id")


def test_a_small_slip_and_a_recovery_are_not_told_and_a_further_slip_is(
    engine, ordered
):
    ordered()
    book(CONFIRMED, "M2,new_date,O1,,,2026-01-11")
    assert tell().skipped == {"within the threshold": 1}
    told = []
    for number, day in enumerate(("20", "12", "20", "22", "23"), start=3):
        book(f"M{number},new_date,O1,,,2026-01-{day}")
        tell()
        told.append(tell(NEXT).done.get("delays told", 0))
    assert told == [1, 0, 0, 0, 1]
    assert rows(engine, delay_notice, "old_on", "new_on") == [
        (date(2026, 1, 9), date(2026, 1, 20)),
        (date(2026, 1, 20), date(2026, 1, 23)),
    ]


def test_a_customer_may_have_a_threshold_of_his_own(engine, ordered):
    ordered(delay_threshold_days=10)
    book(CONFIRMED, "M2,new_date,O1,,,2026-01-19")
    assert tell().skipped == {"within the threshold": 1}
    assert tell(NEXT).done == {}
    book("M3,new_date,O1,,,2026-01-20")
    tell()
    assert tell(NEXT).done["delays told"] == 1


def test_what_was_shipped_meanwhile_is_not_told(engine, ordered):
    ordered()
    book(CONFIRMED, "M2,new_date,O1,,,2026-01-20", "M3,shipment,O1,,,2026-01-06")
    assert tell().done == {"shipment mails queued": 1}
    assert tell(NEXT).message == "nothing to do"


def test_without_an_address_a_person_tells_and_no_mail_is_queued(engine, ordered):
    ordered(email=None)
    book(CONFIRMED, "M2,new_date,O1,,,2026-01-20")
    tell()
    assert tell(NEXT).done["orders without address that a person tells"] == 1
    assert tell(NEXT).message == "nothing to do"
    assert rows(engine, outbox, "id") == []
    assert rows(engine, task, "kind") == [("missing_address",)]


def test_a_confirmed_day_that_passed_in_silence_is_asked_about_once(engine, ordered):
    ordered()
    book(CONFIRMED)
    assert tell(date(2026, 1, 9)).message == "nothing to do"
    assert tell(date(2026, 1, 10)).done == {"silences asked about": 1}
    assert tell(date(2026, 1, 11)).skipped == {"within the threshold": 1}
    [(kind, text)] = rows(engine, task, "kind", "text")
    assert kind == "silent_delay"
    assert "order O1 line 1 was confirmed for 2026-01-09" in text
    assert rows(engine, outbox, "id") == []


def test_a_question_that_stands_beyond_the_threshold_is_told_once(engine, ordered):
    ordered()
    book(CONFIRMED)
    tell(date(2026, 1, 10))
    late_on = date(2026, 1, 12)
    assert tell(late_on).done == {"silences told": 1, "mails queued": 1}
    assert tell(late_on).message == "nothing to do"
    assert tell(date(2026, 1, 20)).message == "nothing to do"
    [(key, context)] = rows(engine, outbox, "outbox_key", "context")
    [line] = context["orders"][0]["lines"]
    assert (line["known_on"], line["new_on"]) == ("9 Jan 2026", "")
    assert context["has_unknown"]
    assert rows(engine, silence, "told_on", "outbox_key") == [(late_on, key)]
    book("M2,new_date,O1,,,2026-01-26")
    tell(date(2026, 1, 20))
    assert tell(date(2026, 1, 21)).done["delays told"] == 1


def test_the_day_of_a_line_that_stock_refused_is_no_silence_even_asked_anew(
    engine, ordered
):
    ordered()
    book(CONFIRMED, "M2,refusal,O1,1,,2026-01-06")
    assert tell(date(2026, 1, 10)).message == "nothing to do"
    resolve_exception(
        name="O1", line_no=1, choice=Choice.RECREATE, by="ana", reason="found", on=ON
    )
    assert tell(date(2026, 1, 10)).message == "nothing to do"
    book("M3,confirmation,O1,,,2026-01-20", on=date(2026, 1, 10))
    tell(date(2026, 1, 10))
    assert tell(date(2026, 1, 11)).done == {"delays told": 1, "mails queued": 1}
    assert rows(engine, delay_notice, "old_on", "new_on") == [
        (date(2026, 1, 9), date(2026, 1, 20))
    ]


def confirmed_for(engine, day):
    """Move the confirmed date as goods do, unheard of by stock."""
    with writing(engine) as connection:
        connection.execute(order_line.update().values(confirmed_on=day))


def test_a_date_that_comes_back_is_watched_by_the_day_that_the_customer_was_told(
    engine, ordered
):
    ordered()
    book(CONFIRMED)
    tell(date(2026, 1, 10))
    assert tell(date(2026, 1, 12)).done["silences told"] == 1
    book("M2,new_date,O1,,,2026-01-26")
    tell(date(2026, 1, 13))
    assert tell(date(2026, 1, 14)).done["delays told"] == 1
    confirmed_for(engine, date(2026, 1, 9))
    assert tell(date(2026, 1, 15)).done == {"silences asked about": 1}
    (state, text) = rows(engine, task, "state", "text")[-1]
    assert (state, "was confirmed for 2026-01-26" in text) == ("open", True)
    heard(engine, datetime(2026, 1, 29, 6, tzinfo=UTC))
    assert tell(date(2026, 1, 28)).skipped == {"within the threshold": 1}
    assert tell(date(2026, 1, 29)).done == {"silences told": 1, "mails queued": 1}
    assert tell(date(2026, 1, 30)).message == "nothing to do"
    assert rows(engine, silence, "confirmed_on", "told_on") == [
        (date(2026, 1, 9), date(2026, 1, 12)),
        (date(2026, 1, 26), date(2026, 1, 29)),
    ]


def test_a_question_closed_by_a_new_date_stands_again_when_the_date_comes_back(
    engine, ordered
):
    ordered()
    book(CONFIRMED)
    tell(date(2026, 1, 10))
    confirmed_for(engine, date(2026, 1, 20))
    assert tell(date(2026, 1, 10)).done["silences answered"] == 1
    confirmed_for(engine, date(2026, 1, 9))
    assert tell(date(2026, 1, 12)).done == {"silences told": 1, "mails queued": 1}


def test_a_question_that_a_person_closed_is_not_told(engine, ordered):
    ordered()
    book(CONFIRMED)
    tell(date(2026, 1, 10))
    with writing(engine) as connection:
        connection.execute(task.update().values(state="done"))
    assert tell(date(2026, 1, 12)).skipped == {"a person has stock's answer": 1}


def test_while_stock_is_not_heard_of_the_operator_is_told_and_no_customer(
    engine, ordered
):
    ordered()
    book(CONFIRMED)
    heard(engine, datetime(2026, 1, 9, 12, tzinfo=UTC))  # a Friday
    late_on = date(2026, 1, 13)
    stale = tell(late_on)
    assert stale.skipped == {"nothing comes from stock": 1}
    assert stale.done == {"tasks about a stock not heard of": 1}
    [(text,)] = rows(engine, task, "text")
    assert "nothing has come from stock since 2026-01-09 13:00, and 1 line" in text
    assert tell(late_on).done == {}
    heard(engine, datetime(2026, 1, 14, 8, tzinfo=UTC))
    assert tell(date(2026, 1, 14)).done == {"silences asked about": 1}
    assert rows(engine, task, "kind", "state", "result") == [
        ("stock_not_heard", "done", "stock is heard of again"),
        ("silent_delay", "open", None),
    ]


def heard(engine, at):
    """Let all that came from stock have come at a moment."""
    with writing(engine) as connection:
        connection.execute(stock_message.update().values(received_at=at))


def test_a_weekend_does_not_make_stock_stale(engine, ordered):
    ordered()
    book(CONFIRMED)
    heard(engine, datetime(2026, 1, 9, 12, tzinfo=UTC))
    assert tell(date(2026, 1, 11)).done == {"silences asked about": 1}


def test_a_slip_corrected_before_the_next_window_is_never_told(engine, ordered):
    ordered()
    book(CONFIRMED, "M2,new_date,O1,,,2026-01-20")
    tell()
    book("M3,new_date,O1,,,2026-01-09")
    assert tell().message == "nothing to do"
    assert rows(engine, untold_date, "id") == []
    assert tell(NEXT).message == "nothing to do"
    book("M4,new_date,O1,,,2026-01-21")
    assert tell(NEXT).skipped == {"waits for the next sending window": 1}


def test_several_orders_that_slip_are_told_in_one_mail_a_customer(engine, ordered):
    first, second = ordered("O1", "C1"), ordered("O2", "C2")
    with writing(engine) as connection:
        customers = connection.execute(select(sales_order.c.customer_id)).scalars()
        connection.execute(
            sales_order.update()
            .where(sales_order.c.id == second)
            .values(customer_id=next(iter(customers)))
        )
    book(
        CONFIRMED,
        "M2,confirmation,O2,,,2026-01-09",
        "M3,new_date,O1,,,2026-01-20",
        "M4,new_date,O2,,,2026-01-22",
    )
    tell()
    assert tell(NEXT).done == {"delays told": 2, "mails queued": 1}
    [(entity, context)] = rows(engine, outbox, "entity", "context")
    assert (entity, context["order_count"]) == ("customer", 2)
    assert [one["order_no"] for one in context["orders"]] == ["O1", "O2"]
    told = [("delay_notice", first), ("delay_notice", second)]
    assert [e for e in rows(engine, event, "what", "entity_id") if e in told] == told


def test_back_on_time_is_told_once_and_the_old_date_again_by_a_person(engine, ordered):
    ordered(progress_mails="delay,back_on_time")
    days = (date(2026, 1, day) for day in range(6, 30))
    book(CONFIRMED, "M2,new_date,O1,,,2026-02-20,stock")
    tell(next(days))
    assert tell(next(days)).done["delays told"] == 1
    book("M3,new_date,O1,,,2026-02-09", "M4,new_date,O1,,,2026-01-09,stock")
    tell(next(days))
    back = tell(next(days))
    assert back.done == {"told to be on time again": 1, "mails queued": 1}
    contexts = rows(engine, outbox, "context")
    [told_late], [told_back] = (one[0]["orders"][0]["lines"] for one in contexts)
    assert told_late["reason"] == "the goods are not available yet"
    assert told_back["reason"] == ""
    book("M5,new_date,O1,,,2026-02-20")
    again = tell(next(days))
    assert again.skipped == {"this date was told before, a person tells again": 1}
    assert rows(engine, task, "kind") == [("delay_again",)]
    book("M6,new_date,O1,,,2026-02-21")
    tell(next(days))
    assert tell(next(days)).done["delays told"] == 1
    assert rows(engine, delay_notice, "old_on", "new_on", "back_on") == [
        (date(2026, 1, 9), date(2026, 2, 20), date(2026, 1, 9)),
        (date(2026, 1, 9), date(2026, 2, 21), None),
    ]


@pytest.mark.parametrize("wants", ["none", "confirmation,shipment"])
def test_who_wants_no_word_of_delays_gets_none(engine, ordered, wants):
    ordered(progress_mails=wants)
    book(CONFIRMED, "M2,new_date,O1,,,2026-01-20")
    tell()
    assert tell(NEXT).skipped == {"not wanted by the customer": 1}
    assert rows(engine, outbox, "id") == rows(engine, task, "id") == []


def test_a_customer_without_address_is_told_where_his_order_names_one(engine, ordered):
    order_id = ordered(email=None)
    with writing(engine) as connection:
        connection.execute(
            sales_order.update()
            .where(sales_order.c.id == order_id)
            .values(contact_email="buyer@example.com")
        )
    book(CONFIRMED, "M2,new_date,O1,,,2026-01-20")
    tell()
    tell(NEXT)
    assert rows(engine, outbox, "to_address") == [("buyer@example.com",)]


def test_the_mail_names_whom_to_ask_in_the_companys_language_for_one_without(
    engine, ordered, home
):
    contact = 'contact_name = "Marta"\ncontact_email = "marta@example.com"\n'
    language = '[company]\nlanguage = "fr"\n'
    (home / "policy.toml").write_text(f"{language}[delivery]\n{contact}")
    ordered(language="de")
    book(CONFIRMED, "M2,new_date,O1,,,2026-01-20")
    tell()
    tell(NEXT)
    [(language, reply_to, context)] = rows(
        engine, outbox, "language", "reply_to", "context"
    )
    assert (language, reply_to) == ("fr", "marta@example.com")
    assert (context["contact_name"], context["contact_email"]) == (
        "Marta",
        "marta@example.com",
    )
    assert context["orders"][0]["lines"][0]["new_on"] == "20 janv. 2026"


def test_with_notices_off_stock_is_asked_and_no_customer_told(engine, ordered, home):
    (home / "policy.toml").write_text("[delivery]\nnotify = false\n")
    ordered()
    book(CONFIRMED)
    assert tell(date(2026, 1, 10)).done == {"silences asked about": 1}
    assert tell(date(2026, 1, 14)).done == {}
    assert rows(engine, outbox, "id") == []


def test_a_question_is_closed_when_stock_answers(engine, ordered):
    ordered()
    book(CONFIRMED)
    tell(date(2026, 1, 12))
    book("M2,new_date,O1,,,2026-01-20")
    assert tell(date(2026, 1, 12)).done["silences answered"] == 1
    assert rows(engine, task, "state", "result") == [("done", "stock has answered")]


def test_a_dry_run_counts_and_writes_nothing(engine, ordered):
    ordered()
    book(CONFIRMED, "M2,new_date,O1,,,2026-01-20")
    tell()
    tried = tell(NEXT, dry_run=True)
    assert tried.done["delays told"] == 1
    [detail] = tried.details
    assert (detail["order"], detail["why"]) == ("O1", "told")
    assert rows(engine, delay_notice, "id") == []
    assert tell(NEXT).done["delays told"] == 1


def test_statements_do_not_grow_with_the_orders(engine, ordered):
    seen = []
    for first, count in ((0, 2), (10, 20)):
        numbers = range(first, first + count)
        for number in numbers:
            ordered(f"O{number}", f"C{number}")
        book(
            text=news(
                *(f"A{n},confirmation,O{n},,,2026-01-09" for n in numbers),
                *(f"B{n},new_date,O{n},,,2026-01-20" for n in numbers),
            )
        )
        for on in (ON, NEXT):
            with counted_statements(engine) as statements:
                tell(on)
            seen.append(len(statements))
    assert seen[:2] == seen[2:]
