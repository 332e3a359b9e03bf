"""KPIs of service: golden cases counted by hand, and a recount; both databases."""

from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from sqlalchemy import select, update

from adv_domain.store.engine import reading, writing
from adv_domain.store.figures.service import service_facts
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import (
    delivery,
    delivery_line,
    order_line,
    sales_order,
)
from flows.direct import run_directly
from tests.builders import DAY, a_customer, a_product, an_order
from tests.store.kpi_rows import day, figures, shipped, value
from tests.tasks.supply_runs import (
    FRI,
    MON,
    a_shop,
    in_stock,
    on_its_way,
    received,
    validate,
)

D = Decimal


@pytest.fixture
def ordered(engine):
    customer_id, product_id = a_customer(engine), a_product(engine)

    def _order(no, *, lines=1, requested=4, confirmed=4, **changes):
        line = {
            "requested_on": day(requested),
            "first_confirmed_on": day(confirmed),
            "confirmed_on": day(confirmed),
        }
        return an_order(
            engine,
            no=no,
            lines=lines,
            customer_id=customer_id,
            product_id=product_id,
            requested_on=day(requested),
            line=line | changes.pop("line", {}),
            **{"state": "handed_off"} | changes,
        )

    return _order


def test_lines_requested_for_a_day_are_met_early_part_or_open(engine, ordered) -> None:
    shipped(engine, ordered("on the day"), on=4)
    shipped(engine, ordered("early"), on=2)
    shipped(engine, ordered("late"), on=5)
    shipped(engine, ordered("part"), on=3, qty=1)
    ordered("open")
    ordered("cancelled", state="cancelled")
    ordered("given up", line={"qty_cancelled": D(3)})
    found = figures(engine, 4)
    for name, above in (
        ("on_time_in_full_lines_rate", 2),
        ("shipped_early_rate", 1),
        ("shipped_in_part_rate", 1),
    ):
        assert (found[name].numerator, found[name].denominator) == (above, 5), name
    assert found["on_time_in_full_rate"].value == D("0.4")


def test_an_order_is_as_confirmed_if_each_line_is_by_its_own_date(
    engine, ordered
) -> None:
    late_line = ordered("two dates", lines=2)
    with writing(engine) as connection:
        connection.execute(
            update(order_line)
            .where(order_line.c.order_id == late_line, order_line.c.line_no == 1)
            .values(first_confirmed_on=day(1))
        )
    shipped(engine, late_line, on=4)  # line 1 was confirmed for day 1
    shipped(engine, ordered("as confirmed", lines=2), on=4)
    ordered("open", confirmed=4)
    found = figures(engine, 4)["on_time_in_full_to_confirmed_rate"]
    assert (found.numerator, found.denominator) == (1, 3)
    assert value(engine, "on_time_in_full_to_confirmed_rate", 1) is None


def test_what_left_after_the_day_was_open_on_it(engine, ordered) -> None:
    order_id = ordered("later")
    before = figures(engine, 4)
    shipped(engine, order_id, on=6)
    after = figures(engine, 4)
    assert after == before
    assert figures(engine, 6)["order_to_shipment_days"].value == 6


def test_what_was_cancelled_after_its_day_was_due_on_it_and_late(
    engine, ordered
) -> None:
    """A day's service rates do not get better by what was cancelled since."""
    shipped(engine, ordered("met"), on=4)
    shipped(engine, ordered("rest given up"), on=3, qty=1)
    for name in ("cancelled then", "cancelled later", "cancelled once"):
        ordered(name)
    before = figures(engine, 4)
    _cancel(engine, "rest given up", 2, 5)
    _cancel(engine, "cancelled later", 3, 6)
    assert figures(engine, 4) == before
    _cancel(engine, "cancelled then", 3, 4)
    _cancel(engine, "cancelled once", 3, None)  # before its day was kept
    found = figures(engine, 4)
    for name in (
        "on_time_in_full_rate",
        "on_time_in_full_lines_rate",
        "on_time_in_full_to_confirmed_rate",
        "on_time_to_confirmed_rate",
    ):
        assert (found[name].numerator, found[name].denominator) == (1, 3), name
    # the order whose rest was given up left in full, on its last day, once it was
    with reading(engine) as connection:
        known = [
            [
                (one.day, one.below)
                for one in service_facts(connection, first=day(3), last=day(last))
                if one.name == "on_time_rate"
            ]
            for last in (4, 5)
        ]
    assert known == [[(day(4), 1)], [(day(3), 1), (day(4), 1)]]


def _cancel(engine, order_no, qty, on):
    """Cancel so much of the order's line on a day, with the order if that is all."""
    with writing(engine) as connection:
        of_order = sales_order.c.order_no == order_no
        ids = select(sales_order.c.id).where(of_order).scalar_subquery()
        connection.execute(
            update(order_line)
            .where(order_line.c.order_id == ids)
            .values(qty_cancelled=D(qty), cancelled_on=None if on is None else day(on))
        )
        if qty == 3:
            connection.execute(
                update(sales_order).where(of_order).values(state="cancelled")
            )


def test_cycle_times_from_order_to_shipment_and_to_invoice(engine, ordered) -> None:
    for number, took in enumerate((1, 1, 2, 3, 8)):
        shipped(engine, ordered(f"O{number}"), on=took)
    ordered("open")
    run_directly("invoicing", on=day(9))
    found = figures(engine, 9)
    assert found["order_to_shipment_days_p50"].value == 2
    assert found["order_to_shipment_days_p90"].value == 8
    assert found["order_to_shipment_days_p90"].n == 5
    assert found["order_to_invoice_days"].value == 9
    assert found["order_to_invoice_days_p95"].value == 9
    assert found["order_to_shipment_days"].value is None  # none left that day
    assert value(engine, "order_to_shipment_days", 1) == 1


def test_back_orders_are_the_accepted_lines_that_stock_was_not_enough_for(
    engine,
) -> None:
    a_shop(engine)
    in_stock(engine, 5)
    on_its_way(engine, "R1", 20, FRI)
    received(engine, "O1", 4)
    received(engine, "O2", 3, 1)
    validate()
    with reading(engine) as connection:
        facts = service_facts(connection, first=MON, last=MON)
    [rate] = [fact for fact in facts if fact.name == "back_order_rate"]
    assert (rate.day, rate.above, rate.below) == (MON, 1, 3)


def test_service_figures_equal_a_recount_line_by_line(engine, ordered) -> None:
    dice = Random(26)
    for number in range(40):
        order_id = ordered(
            f"O{number}",
            lines=dice.randint(1, 3),
            requested=dice.randint(1, 8),
            confirmed=dice.randint(3, 8),
            ordered_on=DAY + timedelta(days=dice.randint(-4, 2)),
            state=dice.choice(("handed_off", "handed_off", "cancelled")),
        )
        if dice.random() < 0.7:
            shipped(engine, order_id, on=dice.randint(1, 9), qty=dice.choice((3, 3, 1)))
    lines = _lines(engine)
    for at in range(10):
        found = figures(engine, at)
        due = [one for one in lines if _day(one) == day(at)]
        met = [one for one in due if _met(one, one.requested_on)]
        part = [one for one in due if one not in met and _some_by(engine, one)]
        assert found["on_time_in_full_lines_rate"].numerator == len(met)
        assert found["on_time_in_full_lines_rate"].denominator == len(due)
        assert found["shipped_in_part_rate"].numerator == len(part)
        orders = {}
        for one in lines:
            orders.setdefault(one.order_id, []).append(one)
        whole = [
            all(_met(one, one.first_confirmed_on) for one in of_order)
            for of_order in orders.values()
            if max(one.first_confirmed_on for one in of_order) == day(at)
        ]
        confirmed = found["on_time_in_full_to_confirmed_rate"]
        assert (confirmed.numerator, confirmed.denominator) == (sum(whole), len(whole))


def _lines(engine):
    with reading(engine) as connection:
        return connection.execute(
            select(order_line, sales_order.c.ordered_on)
            .join(sales_order, sales_order.c.id == order_line.c.order_id)
            .where(sales_order.c.state != "cancelled")
        ).all()


def _day(line):
    return max(line.requested_on, line.ordered_on)


def _met(line, on):
    left_on = line.last_shipped_on
    return line.qty_shipped == line.qty and left_on is not None and left_on <= on


def _some_by(engine, line):
    with reading(engine) as connection:
        return connection.execute(
            select(delivery_line.c.id)
            .join(delivery, delivery.c.id == delivery_line.c.delivery_id)
            .where(
                delivery_line.c.order_line_id == line.id,
                delivery.c.shipped_on <= line.requested_on,
            )
        ).first()


def test_statements_do_not_grow_with_days_and_orders(engine, ordered) -> None:
    def _statements(last):
        with counted_statements(engine) as sent, reading(engine) as connection:
            service_facts(connection, first=DAY, last=day(last))
        return len(sent)

    alone = _statements(1)
    for number in range(9):
        shipped(engine, ordered(f"O{number}"), on=number)
    assert _statements(60) == alone
