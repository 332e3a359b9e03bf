"""What is dated after the business date waits or is refused; a day ahead is today."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from adv_domain.store.engine import reading
from adv_domain.store.tables import delivery, event, failure, order_fault, sales_order
from flows.direct import run_directly
from tests.builders import a_customer, a_product, an_order
from tests.tasks.feedback_runs import book

ON = date(2026, 1, 5)


@pytest.fixture
def known(engine):
    return {"customer_id": a_customer(engine), "product_id": a_product(engine)}


def received(engine, on, known):
    return an_order(
        engine,
        state="received",
        ordered_on=on,
        customer_code="C1",
        line={"product_code": "P1"},
        **known,
    )


def rows(engine, table, *columns):
    with reading(engine) as connection:
        query = select(*(table.c[name] for name in columns)).order_by(table.c.id)
        return [tuple(row) for row in connection.execute(query)]


def validate(on):
    [end] = run_directly("validation", on=on)
    return end.outcome


def test_an_order_of_a_day_to_come_waits_until_the_day_comes(engine, known):
    received(engine, date(2026, 1, 8), known)
    assert validate(ON).done == {"held": 1}
    assert rows(engine, order_fault, "code", "family", "severity", "owner") == [
        ("date_in_future", "deadline", "block", "order desk")
    ]
    [(clash,)] = rows(engine, order_fault, "clash")
    assert clash == {"ordered": "2026-01-08"}
    written = rows(engine, event, "id")
    assert validate(date(2026, 1, 6)).skipped == {"still held": 1}
    assert rows(engine, event, "id") == written
    assert validate(date(2026, 1, 7)).done == {"accepted": 1}
    assert rows(engine, sales_order, "state") == [("accepted",)]
    assert rows(engine, order_fault, "resolved_on") == [(date(2026, 1, 7),)]


def test_an_order_of_the_next_day_is_taken(engine, known):
    received(engine, date(2026, 1, 6), known)
    assert validate(ON).done == {"accepted": 1}


@pytest.mark.parametrize("kind", ["shipment", "cancellation"])
def test_news_of_what_cannot_have_happened_is_refused_until_its_day(
    engine, known, kind, monkeypatch
):
    noon = datetime(ON.year, ON.month, ON.day, 12, tzinfo=UTC)
    monkeypatch.setattr("tasks.resources.now", lambda: noon)
    an_order(engine, no="O1", state="handed_off", **known)
    row = f"M1,{kind},O1,1,,2026-01-07"
    file, outcome = book(row)
    assert [(one.row, one.field, one.code) for one in file.all_faults] == [
        (2, "date", "date_in_future")
    ]
    assert [one.document for one in outcome.failed] == ["M1 order O1 line 1"]
    assert "send it again when the day has come" in outcome.failed[0].message
    assert rows(engine, delivery, "id") == []
    assert book(row, on=date(2026, 1, 6))[1].failed == ()
    assert [at for (at,) in rows(engine, failure, "resolved_at") if not at] == []


def test_a_shipment_of_today_is_taken_while_an_old_day_closes(engine, known):
    an_order(engine, no="O1", state="handed_off", **known)
    assert book("M1,shipment,O1,1,,2026-01-09")[1].failed == ()


def test_a_shipment_of_the_next_day_and_a_date_promised_for_later_are_taken(
    engine, known
):
    an_order(engine, no="O1", lines=2, state="handed_off", **known)
    outcome = book(
        "M1,shipment,O1,1,3,2026-01-06",
        "M2,confirmation,O1,2,,2026-03-01",
        "M3,new_date,O1,2,,2026-04-01",
    )[1]
    assert outcome.done == {"shipments": 1, "confirmations": 1, "new dates": 1}
    assert rows(engine, delivery, "shipped_on") == [(date(2026, 1, 6),)]
