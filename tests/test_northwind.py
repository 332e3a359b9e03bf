"""Northwind, 1996 to 1998, through the shipped mappings: every figure to the cent."""

import csv
import json
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from adv_domain.bundled import bundled_path
from adv_domain.rules.billing.invoicing import InvoiceLineInput, invoice_amounts
from adv_domain.store.engine import reading
from adv_domain.store.tables import (
    customer,
    delivery,
    invoice,
    order_line,
    product,
    sales_order,
)
from flows.cli import cli
from flows.direct import run_directly
from tasks.intake.step import import_file
from tasks.stock.delivery import import_feedback

pytestmark = pytest.mark.slow

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
"""
FLAT_VAT = "territory,rate_percent,valid_from\nNW,21,1990-01-01\n"


@pytest.fixture
def tmp_path():
    """A folder in memory where there is one: 12,000 commits wait for a busy disk."""
    memory = Path("/dev/shm")
    place = memory if memory.is_dir() else None
    with TemporaryDirectory(prefix="adv-", dir=place) as folder:
        yield Path(folder)


@pytest.fixture
def northwind(shared_data):
    return shared_data / "northwind"


@pytest.fixture
def trading_home(home):
    """A home whose policy takes prices as ordered and whose VAT is a flat 21 %."""
    (home / "policy.toml").write_text(POLICY, encoding="utf-8")
    _adv("init")
    rates = home / "rates.csv"
    rates.write_text(FLAT_VAT, encoding="utf-8")
    assert _imported("tax_rates", rates)["accepted"] == 1
    return home


def _adv(*arguments):
    done = CliRunner().invoke(cli, [*map(str, arguments)])
    assert done.exit_code == 0, done.output
    return done.stdout


def _mapping(name):
    return bundled_path("deployments") / "mappings" / "northwind" / f"{name}.toml"


def _imported(kind, path, *options):
    return json.loads(_adv("import", kind, path, *options, "--json"))


def _counts(document):
    names = ("read", "accepted", "duplicate", "rejected")
    return tuple(document[name] for name in names)


def _take_master_data(northwind):
    for kind, rows in (("customers", 91), ("products", 77)):
        path = northwind / f"{kind}.csv"
        taken = _imported(kind, path, "--mapping", _mapping(kind))
        assert _counts(taken) == (rows, rows, 0, 0)


def _rows(engine, statement):
    with reading(engine) as connection:
        return connection.execute(statement).all()


def _count(engine, table):
    [(found,)] = _rows(engine, select(func.count()).select_from(table))
    return found


def test_files_taken_twice_change_nothing(trading_home, engine, northwind):
    files = (
        ("customers", "customers", 91),
        ("products", "products", 77),
        ("orders", "orders", 2155),
        ("deliveries", "shipments", 809),
    )
    for kind, mapping, rows in files:
        name = "orders.csv" if kind == "deliveries" else f"{kind}.csv"
        taking = (kind, northwind / name, "--mapping", _mapping(mapping))
        assert _counts(_imported(*taking)) == (rows, rows, 0, 0)
        if kind == "orders":
            run_directly("validation", on=date(1998, 5, 6))
            run_directly("handoff", on=date(1998, 5, 6))
        assert _counts(_imported(*taking)) == (rows, 0, rows, 0)
    assert _count(engine, customer) == 91
    assert _count(engine, product) == 77
    assert _count(engine, sales_order) == 830
    assert _count(engine, order_line) == 2155
    assert _violations() == {}


def _violations():
    checks = json.loads(_adv("audit", "--json"))["checks"]
    return {one["name"]: one["violations"] for one in checks if one["violations"]}


def test_three_years_come_out_to_the_cent(trading_home, engine, northwind, tmp_path):
    _take_master_data(northwind)
    closing = _PACES[engine.dialect.name]
    days = _days(northwind, tmp_path, closing)
    for on, files in sorted(days.items()):
        _live_through(on, files)
    assert _all_orders(engine) == (830, Decimal("1265793.29"), Decimal("265816.94"))
    assert _invoiced(engine) == (809, Decimal("1239855.85"), Decimal("260370.06"))
    _orders_stand_as_history_left_them(engine, closing)
    _nothing_is_left_to_do(max(days))
    _on_time_rate_is(max(days))
    whole = ("orders", northwind / "orders.csv", "--mapping", _mapping("orders"))
    assert _counts(_imported(*whole)) == (2155, 0, 2155, 0)
    assert _violations() == {}


def _each_day(on):
    return on


def _end_of_week(on):
    return on + timedelta(days=6 - on.weekday())


# day by day where a step is cheapest; the same figures must come out of larger batches
_PACES = {"sqlite": _each_day, "postgresql": _end_of_week}


def _days(northwind, tmp_path, closing):
    """Slice the files by the day that takes them: day → {kind: its file}."""
    orders, lines = (
        _read(northwind / "orders.csv"),
        _read(northwind / "order_details.csv"),
    )
    lines_of = defaultdict(list)
    for line in lines:
        lines_of[line["OrderID"]].append(line)
    days = defaultdict(dict)
    for kind, column in (("orders", "OrderDate"), ("deliveries", "ShippedDate")):
        for on, found in _by_day(orders, column, closing).items():
            folder = tmp_path / kind / str(on)
            days[on][kind] = folder / "orders.csv"
            _write(folder / "orders.csv", found)
            of_the_day = [lines_of[order["OrderID"]] for order in found]
            _write(folder / "order_details.csv", list(chain.from_iterable(of_the_day)))
    return days


def _read(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _by_day(rows, column, closing):
    by_day = defaultdict(list)
    for row in rows:
        if row[column]:
            by_day[closing(date.fromisoformat(row[column]))].append(row)
    return by_day


def _write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def _live_through(on, files):
    """Orders of the day go to stock; what leaves on the day is invoiced on it."""
    if "orders" in files:
        taken = import_file(
            "orders", files["orders"], mapping=_mapping("orders"), on=on
        )
        assert (taken.duplicate, taken.rejected) == (0, 0)
        _run("validation", on, {"accepted": taken.orders})
        _run("handoff", on, {"handed off": taken.orders, "files written": taken.orders})
    if "deliveries" in files:
        left = import_feedback(
            files["deliveries"], mapping=_mapping("shipments"), on=on
        )
        assert left.read == left.accepted
        _run("invoicing", on, {"invoices": left.read})


_BESIDE = {"acknowledged by news"}


def _run(step, on, done):
    [end] = run_directly(step, on=on)
    # what stock ships acknowledges what it was told of the order
    did = {what: n for what, n in end.outcome.done.items() if what not in _BESIDE}
    assert (did, end.outcome.failed) == (done, ())


def _all_orders(engine):
    """Count the orders, and sum what an invoice of each whole order comes to."""
    lines = defaultdict(list)
    for row in _rows(engine, select(order_line).order_by(order_line.c.id)):
        lines[row.order_id].append(
            InvoiceLineInput(
                qty=row.qty,
                unit_price=row.unit_price,
                discount_rate=row.discount_rate,
                tax_category="standard",
                tax_rate=Decimal("0.21"),
            )
        )
    amounts = [invoice_amounts(each, "USD") for each in lines.values()]
    return (
        len(amounts),
        sum(one.net for one in amounts),
        sum(one.tax for one in amounts),
    )


def _invoiced(engine):
    posted = _rows(engine, select(invoice).order_by(invoice.c.id))
    return (
        len(posted),
        sum(one.net for one in posted),
        sum(one.tax for one in posted),
    )


def _orders_stand_as_history_left_them(engine, closing):
    counted = _rows(
        engine,
        select(sales_order.c.state, func.count()).group_by(sales_order.c.state),
    )
    assert dict(map(tuple, counted)) == {"closed": 809, "handed_off": 21}
    [first] = _rows(
        engine,
        select(delivery.c.shipped_on, invoice.c.issued_on)
        .join(sales_order, sales_order.c.id == delivery.c.order_id)
        .join(invoice, invoice.c.order_id == sales_order.c.id)
        .where(sales_order.c.customer_ref == "10248"),
    )
    assert first.shipped_on == date(1996, 7, 16)
    assert first.issued_on == closing(first.shipped_on)


def _nothing_is_left_to_do(last):
    # the last shipments acknowledge what stock was told of their orders
    [end] = run_directly("handoff", on=last)
    assert set(end.outcome.done) <= _BESIDE
    for step in ("validation", "handoff", "invoicing"):
        [end] = run_directly(step, on=last)
        assert end.outcome.message == "nothing to do"


def _on_time_rate_is(last):
    shown = json.loads(_adv("kpi", "show", "--as-of", last, "--json"))
    rate = shown["kpis"]["on_time_rate"]
    assert (rate["numerator"], rate["denominator"]) == (str(809 - 37), "809")
    assert f"{Decimal(rate['value']):.6f}" == "0.954265"
