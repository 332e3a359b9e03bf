"""Changes and cancellations come as documents too: UBL and EDIFACT, to the order."""

from datetime import date

import pytest
from sqlalchemy import select

from adv_domain.files.order_export import exported
from adv_domain.files.orders.texts_out import Seller
from adv_domain.store.engine import reading
from adv_domain.store.tables import amendment, amendment_change, order_line, sales_order
from flows.direct import run_directly
from tasks.intake.step import import_file
from tasks.orders.export import orders_named
from tests.builders import a_customer, a_product
from tests.files.orders.made_documents import (
    HEADER,
    LINES,
    PEPPOL,
    SUMMARY,
    a_ubl_cancellation,
    a_ubl_change,
    an_interchange,
)
from tests.tasks.amendment_runs import assert_sound

DAY = date(2026, 1, 5)


@pytest.fixture
def shop(home, engine):
    """The customer and products of the documents, at the prices that they ask for."""
    (home / "policy.toml").write_text('[validation]\nprices = "as_ordered"\n')
    a_customer(engine, gln="8412345000013", country="ES")
    a_product(engine, gtin="8412345000037")
    a_product(engine, code="P2")
    return engine


def take(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    tally = import_file("orders", path, on=DAY)
    assert not tally.errors, tally.errors
    return tally


def validate():
    [end] = run_directly("validation", on=DAY)
    assert end.error is None
    return end.outcome


def rows(engine, table):
    with reading(engine) as connection:
        return connection.execute(select(table).order_by(table.c.id)).all()


def values(engine):
    return [
        (one.line_no, one.field, one.old_value, one.new_value)
        for one in rows(engine, amendment_change)
    ]


def test_a_ubl_change_amends_the_order_it_names(shop, tmp_path):
    take(tmp_path, "order.xml", PEPPOL)
    validate()
    assert take(tmp_path, "change.xml", a_ubl_change()).amendments == 1
    assert validate().done["changes applied"] == 1
    assert (1, "quantity", "200", "150") in values(shop)
    assert rows(shop, order_line)[0].qty == 150
    assert take(tmp_path, "change.xml", a_ubl_change()).duplicate > 0
    assert_sound(shop)


def test_a_ubl_cancellation_cancels_each_order_it_names(shop, tmp_path):
    take(tmp_path, "order.xml", PEPPOL)
    validate()
    tally = take(tmp_path, "cancel.xml", a_ubl_cancellation())
    assert tally.amendments == 2
    assert [fault.code for fault in tally.faults] == ["order_not_here"]
    assert validate().done == {"changes applied": 1, "changes held": 1}
    assert rows(shop, sales_order)[0].state == "cancelled"
    assert [one.state for one in rows(shop, amendment)] == ["applied", "held"]
    assert_sound(shop)


def test_an_edifact_change_amends_the_order_it_names(shop, tmp_path):
    order = f"ORDERS:D:96A:UN:EAN008|{HEADER}{LINES}{SUMMARY}"
    take(tmp_path, "order.edi", an_interchange(order))
    validate()
    head = HEADER.replace("220+PO-1+9", "230+CH-1+4").replace(
        "NAD+BY", "RFF+ON:PO-1'NAD+BY", 1
    )
    lines = "LIN+1+3+8412345000037:EN'QTY+21:9:PCE'LIN+2+2'QTY+21:0:PCE'"
    change = f"ORDCHG:D:96A:UN|{head}{lines}UNS+S'"
    assert take(tmp_path, "change.edi", an_interchange(change)).amendments == 1
    assert validate().done["changes applied"] == 1
    assert {(1, "quantity", "3", "9"), (2, "quantity", "2", "0")} <= set(values(shop))
    assert_sound(shop)


@pytest.mark.parametrize("form", ["csv", "json", "ubl", "edifact", "orderx"])
def test_an_amended_order_that_is_exported_and_taken_in_again_is_known(
    shop, tmp_path, form
):
    take(tmp_path, "order.xml", PEPPOL)
    validate()
    take(tmp_path, "change.xml", a_ubl_change())
    validate()
    [file] = exported(form, orders_named(["S00000001"]), Seller("Nosotros", DAY))
    again = take(tmp_path, file.name, file.data)
    assert (again.orders, again.amendments, again.duplicate > 0) == (0, 0, True)
