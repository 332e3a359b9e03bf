"""Ninety days in which 12 % of the confirmed dates slip: is everybody told, once?"""

import csv
from collections import Counter
from datetime import UTC, datetime, time

from sqlalchemy import select, update

from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import (
    delay_notice,
    order_line,
    outbox,
    sales_order,
    silence,
    stock_message,
    task,
)
from flows.direct import run_directly
from tasks.intake.step import import_file
from tasks.resources import resources
from tests.builders import a_customer, a_product
from tests.tasks.feedback_runs import book
from tests.tasks.quarter_recount import recount
from tests.tasks.quarter_world import (
    DAYS,
    ORDERING_DAYS,
    OUTAGE,
    Line,
    a_world,
)

POLICY = """
[mail]
send_from_hour = 8
send_until_hour = 18
send_on_weekends = false
"""
KINDS = (
    "order_confirmation",
    "shipment",
    "part_shipment",
    "delay_notice",
    "back_on_time",
)


def rows(statement):
    with reading(resources().engine) as connection:
        return connection.execute(statement).all()


def test_rows_24_and_25_a_quarter_of_slips_is_told_as_the_policy_says(
    sqlite_home, tmp_path
):
    """Acceptance: each customer concerned has exactly the notices of an independent
    recount, and nobody else has any."""
    (sqlite_home / "policy.toml").write_text(POLICY, encoding="utf-8")
    world = a_world(seed=4)
    a_product(resources().engine)
    codes = {}
    for buyer in world.buyers:
        codes[buyer.code] = a_customer(
            resources().engine,
            buyer.code,
            delay_threshold_days=buyer.threshold,
            progress_mails=buyer.wishes,
            **({} if buyer.has_address else {"email": None}),
        )
    accepted_on = live_through(world, tmp_path)
    expected = recount(world, accepted_on)
    share = world.slipped / len(world.lines)
    assert 0.115 <= share <= 0.125, share
    assert len(expected.told) >= 50
    assert len(expected.silent) >= 15
    assert expected.back
    assert told() == expected.told
    assert silences_told() == expected.silent
    assert told_back() == expected.back
    assert mails() == expected.mails
    assert told_by_person() == expected.by_person
    run_directly("notices", on=DAYS[-1])
    assert mails() == expected.mails


def live_through(world, tmp_path):
    """Run all days through the steps; return the day on which each was accepted."""
    accepted_on = {}
    for day in DAYS:
        _stock_says(world, day, "am")
        run_directly("notices", on=day)
        if day in ORDERING_DAYS:
            _order(world, day, tmp_path)
            for line, buyer in _accepted(world, accepted_on, day):
                world.accepted(line, buyer, day)
        _stock_says(world, day, "pm")
        run_directly("notices", on=day)
    return accepted_on


def _order(world, day, tmp_path):
    path = tmp_path / f"{day}.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        write = csv.writer(stream).writerow
        write(
            (
                "customer",
                "customer_ref",
                "ordered_on",
                "requested_on",
                "line",
                "product",
                "quantity",
                "price",
                "currency",
            )
        )
        for at, (buyer, wanted_on, quantities) in enumerate(world.orders_of(day)):
            for line_no, qty in enumerate(quantities, start=1):
                name = f"{day}-{at}"
                goods = ("P1", qty, "10.00", "EUR")
                write((buyer.code, name, day, wanted_on, line_no, *goods))
    taken = import_file("orders", path, on=day)
    assert taken.rejected == 0
    run_directly("validation", on=day)
    run_directly("handoff", on=day)


def _accepted(world, accepted_on, day):
    buyers = {buyer.code: buyer for buyer in world.buyers}
    found = rows(
        select(
            sales_order.c.order_no,
            sales_order.c.customer_code,
            order_line.c.line_no,
            order_line.c.qty,
            order_line.c.first_confirmed_on,
        )
        .join(order_line, order_line.c.order_id == sales_order.c.id)
        .where(sales_order.c.accepted_on == day)
        .order_by(order_line.c.id)
    )
    for order_no, code, line_no, qty, first_on in found:
        accepted_on[order_no] = day
        yield Line(order_no, line_no, int(qty), first_on), buyers[code]


_HEADER = "message_id,kind,order_no,line,quantity,date,told_at\n"


def _stock_says(world, day, part):
    said = world.news.get((day, part), [])
    texts = [
        f"{day}-{part}-{at},{one.kind},{one.line.order_no},{one.line.line_no},"
        f"{one.qty or ''},{one.on},{one.told_at}\n"
        for at, one in enumerate(said)
    ]
    if texts:
        file, _ = book(text="".join([_HEADER, *texts]), on=day)
        assert set(file.became.values()) == {"accepted"}, (day, file.refused)
    _heard(day)


def _heard(day):
    """Let stock's last word have come on the day: rows bear the tests' own clock."""
    silent = day in OUTAGE or day.weekday() >= 5
    if silent and not day.weekday() >= 5:
        return
    at = datetime.combine(day, time(8), tzinfo=UTC)
    with writing(resources().engine) as connection:
        fresh = stock_message.c.received_at > datetime(2026, 8, 1, tzinfo=UTC)
        newest = select(stock_message.c.id).order_by(stock_message.c.id.desc()).limit(1)
        wanted = (
            fresh
            if silent
            else fresh | (stock_message.c.id == newest.scalar_subquery())
        )
        connection.execute(update(stock_message).where(wanted).values(received_at=at))


def _lines():
    return {
        row.id: (row.order_no, row.line_no)
        for row in rows(
            select(order_line.c.id, sales_order.c.order_no, order_line.c.line_no).join(
                sales_order, sales_order.c.id == order_line.c.order_id
            )
        )
    }


def told():
    names = _lines()
    return {
        (
            names[one.order_line_id],
            one.old_on,
            one.new_on,
            one.told_on,
            bool(one.outbox_key),
        )
        for one in rows(select(delay_notice))
    }


def silences_told():
    names = _lines()
    return {
        (names[one.order_line_id], one.confirmed_on, one.told_on, bool(one.outbox_key))
        for one in rows(select(silence).where(silence.c.told_on.is_not(None)))
    }


def told_back():
    names = _lines()
    chosen = select(delay_notice).where(delay_notice.c.back_on.is_not(None))
    return {(names[one.order_line_id], one.new_on, one.back_on) for one in rows(chosen)}


def mails():
    """Count the mails about orders by kind, customer and day; a key is unique."""
    codes = {f"{code.lower()}@example.com": code for code in _codes()}
    chosen = select(outbox).where(outbox.c.kind.in_(KINDS))
    return Counter(
        (one.kind, codes[one.to_address], one.business_date) for one in rows(chosen)
    )


def _codes():
    return [buyer.code for buyer in a_world(seed=4).buyers]


def told_by_person():
    numbers = {row.id: row.order_no for row in rows(select(sales_order))}
    chosen = select(task).where(task.c.task_key.startswith("delay-address:"))
    return {(numbers[one.entity_id], one.opened_on) for one in rows(chosen)}
