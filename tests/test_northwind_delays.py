"""Northwind's late shipments, day by day: found by then, and told to each customer."""

import csv
from collections import defaultdict
from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from adv_domain.bundled import bundled_path
from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import (
    customer,
    delay_notice,
    order_line,
    outbox,
    sales_order,
    silence,
)
from flows.cli import cli
from flows.direct import run_directly
from tasks.intake.step import import_file
from tasks.resources import resources
from tasks.stock.delivery import import_feedback

POLICY = """
[company]
country = "US"
tax_territory = "NW"
currency = "USD"

[validation]
prices = "as_ordered"
lead_days = 0

[validation.severity]
discontinued_product = "off"

[delivery]
delay_threshold_days = 0
tell = ["shipment", "delay"]
"""
FLAT_VAT = "territory,rate_percent,valid_from\nNW,21,1990-01-01\n"
LATE_SHIPMENTS = 37


@pytest.mark.slow
def test_37_late_shipments_are_found_by_the_ship_date_and_told_once_each(
    sqlite_home, shared_data, tmp_path
):
    """Acceptance: the days of 1996 to 1998 are run one by one."""
    files = shared_data / "northwind"
    _set_up(sqlite_home, files)
    orders = _read(files / "orders.csv")
    lines = defaultdict(list)
    for line in _read(files / "order_details.csv"):
        lines[line["OrderID"]].append(line)
    ordered, shipped = (
        _by_day(orders, column) for column in ("OrderDate", "ShippedDate")
    )
    day = min(ordered)
    while day <= max(*ordered, *shipped):
        if day in ordered:
            _take_orders(tmp_path / f"o{day}", ordered[day], lines, day)
        run_directly("notices", on=day)
        if day in shipped:
            _take_shipments(tmp_path / f"s{day}", shipped[day], day)
            run_directly("notices", on=day)
        day += timedelta(days=1)
    late = {
        order["OrderID"]: date.fromisoformat(order["ShippedDate"])
        for order in orders
        if order["ShippedDate"] > order["RequiredDate"]
    }
    assert len(late) == LATE_SHIPMENTS
    _each_was_found(late)
    _each_was_told_once(late)


def _set_up(home, files):
    (home / "policy.toml").write_text(POLICY, encoding="utf-8")
    _adv("init")
    rates = home / "rates.csv"
    rates.write_text(FLAT_VAT, encoding="utf-8")
    _adv("import", "tax_rates", rates)
    for kind in ("customers", "products"):
        _adv("import", kind, files / f"{kind}.csv", "--mapping", _mapping(kind))
    with writing(resources().engine) as connection:
        mail = customer.c.code + "@example.com"
        connection.execute(update(customer).values(email=mail))


def _adv(*arguments):
    done = CliRunner().invoke(cli, [*map(str, arguments)])
    assert done.exit_code == 0, done.output


def _mapping(name):
    return bundled_path("deployments") / "mappings" / "northwind" / f"{name}.toml"


def _take_orders(folder, orders, lines, on):
    _write(folder / "orders.csv", orders)
    details = [line for order in orders for line in lines[order["OrderID"]]]
    _write(folder / "order_details.csv", details)
    path = folder / "orders.csv"
    taken = import_file("orders", path, mapping=_mapping("orders"), on=on)
    assert (taken.duplicate, taken.rejected) == (0, 0)
    for step in ("validation", "handoff"):
        run_directly(step, on=on)


def _take_shipments(folder, orders, on):
    _write(folder / "orders.csv", orders)
    path = folder / "orders.csv"
    left = import_feedback(path, mapping=_mapping("shipments"), on=on)
    assert left.read == left.accepted


def _by_day(orders, column):
    by_day = defaultdict(list)
    for order in orders:
        if order[column]:
            by_day[date.fromisoformat(order[column])].append(order)
    return by_day


def _read(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def _rows(*columns, table):
    """Return order, line and the columns of a table about order lines."""
    with reading(resources().engine) as connection:
        return connection.execute(
            select(sales_order.c.customer_ref, order_line.c.line_no, *columns)
            .select_from(table)
            .join(order_line, order_line.c.id == table.c.order_line_id)
            .join(sales_order, sales_order.c.id == order_line.c.order_id)
        ).all()


def _each_was_found(late):
    found = {}
    for no, _, asked_on in _rows(silence.c.asked_on, table=silence):
        found[no] = min(asked_on, found.get(no, asked_on))
    assert set(found) == set(late)
    assert {no: on for no, on in found.items() if on > late[no]} == {}


def _each_was_told_once(late):
    told = defaultdict(set)
    named = []
    for table in (silence, delay_notice):
        for no, line_no, key in _rows(table.c.outbox_key, table=table):
            if key:
                told[no].add(key)
                named.append((no, line_no))
    assert set(told) == set(late)
    assert {no: keys for no, keys in told.items() if len(keys) > 1} == {}
    assert len(named) == len(set(named)) == _count_of_lines(late)
    with reading(resources().engine) as connection:
        kept = set(connection.execute(select(outbox.c.outbox_key)).scalars())
    assert {key for keys in told.values() for key in keys} <= kept


def _count_of_lines(orders):
    with reading(resources().engine) as connection:
        numbers = connection.execute(
            select(sales_order.c.customer_ref).join(
                order_line, order_line.c.order_id == sales_order.c.id
            )
        ).scalars()
        return sum(no in orders for no in numbers)
