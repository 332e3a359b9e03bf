"""The KPI step: refreshed twice is once, a page in place, causes named."""

import pytest
from sqlalchemy import delete, select

from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import exchange_rate, kpi_day, run
from flows.direct import execute, run_directly
from tasks.conduct import conduct
from tasks.figures.kpis import first_day_to_refresh, refresh_from
from tasks.resources import resources
from tests.builders import _insert, a_customer, a_product, an_order
from tests.store.kpi_rows import DAY, D, a_fault, an_item, day, shipped


def a_small_history(engine) -> None:
    from adv_domain.store.tables import order_fault

    customer_id, product_id = a_customer(engine), a_product(engine)
    for n in range(3):
        order_id = an_order(
            engine,
            customer_id=customer_id,
            product_id=product_id,
            no=f"O{n}",
            ordered_on=day(n),
            state="held" if n == 2 else "accepted",
            held_for="sales" if n == 2 else None,
            held_on=day(n) if n == 2 else None,
        )
        if n == 0:
            shipped(engine, order_id, on=4)
        else:
            _insert(engine, order_fault, a_fault(order_id, "price", "price", 1))
    an_item(engine, customer_id=customer_id, amount=100, issued=-60, due=-30)
    an_item(engine, customer_id=customer_id, amount=70, issued=0, due=30, settled=5)


def stored(engine) -> set:
    columns = [
        column for column in kpi_day.c if column.key not in ("id", "computed_at")
    ]
    with reading(engine) as connection:
        return {tuple(row) for row in connection.execute(select(*columns))}


def test_a_refresh_twice_is_a_refresh_once(engine) -> None:
    a_small_history(engine)
    run_directly("kpis", on=day(9))
    first = stored(engine)
    [end] = run_directly("kpis", on=day(9))
    assert stored(engine) == first
    assert end.outcome.failed == ()


def test_daily_refreshes_equal_one_rebuild(engine) -> None:
    a_small_history(engine)
    for offset in (-2, 3, 4, 9):
        run_directly("kpis", on=day(offset))
    by_days = stored(engine)
    with writing(engine) as connection:
        connection.execute(delete(kpi_day))
    conduct(refresh_from(day(-60)), on=day(9), execute=execute)
    assert stored(engine) == by_days


def test_the_first_refresh_fills_the_charts_and_the_next_only_the_last_days(
    engine,
) -> None:
    a_small_history(engine)
    assert first_day_to_refresh(day(9)) == day(-60)
    run_directly("kpis", on=day(9))
    recomputed = resources().policy.kpis.recompute_days
    assert first_day_to_refresh(day(10)) == day(11 - recomputed)


def test_the_dashboard_lies_in_the_home_and_no_unfinished_one(home, engine) -> None:
    a_small_history(engine)
    [end] = run_directly("kpis", on=day(9))
    folder = home / "dashboard"
    assert [path.name for path in folder.iterdir()] == ["index.html"]
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "O2" in page
    assert "Customer C1" in page
    assert len(page.encode()) < 300_000
    assert end.outcome.done["dashboard"] == 1


def test_a_missing_rate_fails_once_then_waits_then_is_mended(engine) -> None:
    customer_id = a_customer(engine)
    an_item(engine, customer_id=customer_id, amount=32, issued=0, due=9, currency="TND")
    [first] = run_directly("kpis", on=day(1))
    assert first.is_failed
    assert "no exchange rate from TND to EUR" in first.outcome.message
    [second] = run_directly("kpis", on=day(1))
    assert (second.is_failed, second.outcome.waiting) == (False, 1)
    rate = {"currency": "TND", "base": "EUR", "rate": D("3.2"), "valid_from": DAY}
    _insert(engine, exchange_rate, rate)
    [third] = run_directly("kpis", on=day(1))
    assert (third.is_failed, third.outcome.waiting) == (False, 0)
    with reading(engine) as connection:
        owed = connection.execute(
            select(kpi_day.c.value).where(
                kpi_day.c.name == "receivables", kpi_day.c.day == day(1)
            )
        ).scalar_one()
    assert owed == 10


def test_an_empty_company_gets_a_page_too(engine, home) -> None:
    [end] = run_directly("kpis", on=DAY)
    assert end.outcome.done == {"days": 1, "dashboard": 1}
    assert (home / "dashboard" / "index.html").is_file()
    with reading(engine) as connection:
        assert connection.execute(select(run.c.state)).scalars().all() == ["completed"]


def test_a_broken_refresh_leaves_the_table_as_it_was(engine, monkeypatch) -> None:
    a_small_history(engine)
    run_directly("kpis", on=day(5))
    before = stored(engine)
    monkeypatch.setattr("tasks.figures.kpis.replace_days", _half_written)
    an_item(engine, customer_id=1, amount=5, issued=2, due=8)
    with pytest.raises(RuntimeError):
        run_directly("kpis", on=day(6))
    assert stored(engine) == before


def _half_written(connection, figures, *, now):
    connection.execute(delete(kpi_day))
    raise RuntimeError("killed in the middle")
