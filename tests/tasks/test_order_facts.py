"""Do the rules of address, tax and packs see what the tables say?"""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import delete, select, update

from adv_domain.fault_wording import fault_text
from adv_domain.store.billing.order_heads import read_heads
from adv_domain.store.billing.taxed_buyers import taxed_buyer
from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import order_fault, product, tax_rate
from flows.direct import run_directly
from tests.builders import a_customer, a_product, an_order

TODAY = date(2026, 1, 6)


@pytest.fixture
def faults(engine):
    """Validate an order of customer C1 for product P1; return codes and severities."""
    a_product(engine)

    def _faults(**changes):
        line = {"product_code": "P1", "unit_price": None, "net": None}
        values = {"customer_code": "C1", "state": "received", "net": None} | changes
        an_order(engine, customer_id=None, product_id=None, line=line, **values)
        run_directly("validation", on=TODAY)
        with reading(engine) as connection:
            rows = connection.execute(select(order_fault)).all()
        _faults.said = [
            fault_text(row.message, row.clash, language="en") for row in rows
        ]
        return [(row.code, row.severity) for row in rows]

    return _faults


def test_a_customer_without_an_address_is_asked_for_one(engine, faults):
    a_customer(engine, address=None, city=None)
    assert faults() == [("missing_address", "warn")]


@pytest.mark.parametrize("place", ["ship_to_address", "ship_to_city", "ship_to_id"])
def test_the_orders_own_place_will_do(engine, faults, place):
    a_customer(engine, address=None, city=None)
    assert faults(**{place: "somewhere"}) == []


def test_a_country_that_is_not_served_holds_the_order(engine, home, faults):
    (home / "policy.toml").write_text('[validation]\ncountries_served = ["ES"]\n')
    a_customer(engine)
    assert faults(ship_to_country="US") == [("country_not_served", "block")]
    [said] = faults.said
    assert said.startswith(
        "delivery is asked for in United States; we deliver to Spain only: agree on"
    )


@pytest.mark.parametrize(
    ("customer", "order", "expected"),
    [
        ({}, {}, ["buyer_reference"]),
        ({"routing_id": "L01234567"}, {}, []),
        ({"buyer_reference": "dept. 7"}, {}, []),
        ({}, {"buyer_reference": "dept. 7"}, []),
    ],
)
def test_a_public_body_needs_a_reference(engine, faults, customer, order, expected):
    a_customer(engine, party_kind="public_body", **customer)
    assert [code for code, _ in faults(**order)] == expected


@pytest.mark.parametrize(
    ("vat_id", "expected"),
    [
        ("FR40303265045", []),
        ("40303265045", []),
        ("FR41303265045", [("vat_id", "warn")]),
        (None, [("vat_id", "warn")]),
    ],
)
def test_a_sale_to_the_eu_needs_a_vat_id_that_can_be_right(
    engine, faults, vat_id, expected
):
    a_customer(engine, country="FR", tax_category="intra_community", vat_id=vat_id)
    assert faults() == expected


def test_row_34_a_vat_id_that_cannot_be_right_frees_nobody_from_tax(engine):
    wrong = a_customer(engine, "WRONG", country="FR", vat_id="FR41303265045")
    right = a_customer(engine, "RIGHT", country="FR", vat_id="FR40303265045")
    product_id = a_product(engine)
    orders = [
        an_order(engine, customer_id=one, product_id=product_id, no=f"O{one}")
        for one in (wrong, right)
    ]
    with reading(engine) as connection:
        heads = read_heads(connection, orders)
    found = [taxed_buyer(heads[one]).vat_id for one in orders]
    assert found == ["", "FR40303265045"]


def test_a_wrong_vat_id_of_a_domestic_customer_is_another_matter(engine, faults):
    a_customer(engine, vat_id="ES123")
    assert faults() == []


def test_a_tax_rate_is_needed_on_the_orders_day(engine, faults):
    a_customer(engine)
    with writing(engine) as connection:
        connection.execute(
            update(tax_rate)
            .where(tax_rate.c.category == "standard", tax_rate.c.valid_to.is_(None))
            .values(valid_from=TODAY)
        )
    assert faults() == [("tax_rate", "warn")]
    [said] = faults.said
    assert said.startswith("no tax rate for standard in ES on 5 Jan 2026: add it")
    with writing(engine) as connection:
        connection.execute(delete(order_fault))
    assert faults(no="O2", ordered_on=TODAY, qty=Decimal(2)) == []


def test_packs_and_least_quantities_hold_an_order(engine, faults):
    a_customer(engine)
    with writing(engine) as connection:
        connection.execute(
            update(product).values(min_order_qty=Decimal(2), pack_size=Decimal(2))
        )
    assert faults(qty=Decimal(3)) == [("quantity", "block")]
    [said] = faults.said
    assert said.endswith("product P1 comes in packs of 2")
