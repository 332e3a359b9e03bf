from datetime import date

import pytest
from sqlalchemy import select

from adv_domain.store.engine import reading
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import delay_notice, event, outbox, task
from flows.direct import run_directly
from tests.builders import a_customer, a_product, an_order
from tests.tasks.feedback_runs import book, news

ON = date(2026, 1, 6)
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
    outcome = tell()
    assert outcome.done["delays told"] == 2
    assert outcome.done["mails queued"] == 1
    assert tell().message == "nothing to do"
    [(key, kind, to, language, context)] = rows(
        engine, outbox, "outbox_key", "kind", "to_address", "language", "context"
    )
    assert (kind, to, language) == ("delay_notice", "c1@example.com", "es")
    assert context["reason"] == "la mercancía aún no está disponible"
    assert [line["new_on"] for line in context["lines"]] == ["15 ene 2026"] * 2
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
        told.append(tell().done.get("delays told", 0))
    assert told == [1, 0, 0, 0, 1]
    assert rows(engine, delay_notice, "old_on", "new_on") == [
        (date(2026, 1, 9), date(2026, 1, 20)),
        (date(2026, 1, 20), date(2026, 1, 23)),
    ]


def test_a_customer_may_have_a_threshold_of_his_own(engine, ordered):
    ordered(delay_threshold_days=10)
    book(CONFIRMED, "M2,new_date,O1,,,2026-01-19")
    assert tell().done.get("delays told", 0) == 0
    book("M3,new_date,O1,,,2026-01-20")
    assert tell().done["delays told"] == 1


def test_what_was_shipped_meanwhile_is_not_told(engine, ordered):
    ordered()
    book(CONFIRMED, "M2,new_date,O1,,,2026-01-20", "M3,shipment,O1,,,2026-01-06")
    assert tell().message == "nothing to do"


def test_without_an_address_a_person_tells_and_no_mail_is_queued(engine, ordered):
    ordered(email=None)
    book(CONFIRMED, "M2,new_date,O1,,,2026-01-20")
    assert tell().skipped == {"no mail address, a person tells": 1}
    assert tell().message == "nothing to do"
    assert rows(engine, outbox, "id") == []
    assert rows(engine, task, "kind") == [("missing_address",)]


def test_a_confirmed_day_that_passed_in_silence_is_asked_about_once(engine, ordered):
    ordered()
    book(CONFIRMED)
    assert tell(date(2026, 1, 11)).message == "nothing to do"
    late_on = date(2026, 1, 12)
    assert tell(late_on).done["silences asked about"] == 1
    assert tell(late_on).message == "nothing to do"
    [(kind, text)] = rows(engine, task, "kind", "text")
    assert kind == "silent_delay"
    assert "order O1 line 1 was confirmed for 2026-01-09" in text
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
    assert tell(dry_run=True).done["delays told"] == 1
    assert rows(engine, delay_notice, "id") == []
    assert tell().done["delays told"] == 1


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
        with counted_statements(engine) as statements:
            tell()
        seen.append(len(statements))
    assert seen[0] == seen[1]
