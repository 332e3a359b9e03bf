"""An order weighs, before it is invoiced, what its invoice will (rows 34 and 13)."""

import json
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import invoice, order_line, product, sales_order
from flows.commands.customer import customer as customer_command
from flows.direct import run_directly
from tests.builders import a_customer, a_delivery, a_product, an_order

TODAY = date(2026, 1, 6)


@pytest.mark.parametrize(
    ("customer", "order", "gross"),
    [
        ({}, {}, "36.30"),
        ({"tax_category": "equivalence_surcharge"}, {}, "37.86"),
        ({"postal_code": "38001"}, {}, "30"),
        ({"country": "FR", "vat_id": "FR40303265045"}, {}, "30"),
        ({"country": "FR", "vat_id": None}, {}, "36.30"),
        ({}, {"ship_to_country": "CH"}, "30"),
        ({}, {"charges": [{"amount": "4.90"}, {"amount": "-1.00"}]}, "41.02"),
    ],
    ids=[
        "home",
        "surcharge",
        "Canarias",
        "other member",
        "no VAT id",
        "sent abroad",
        "charges",
    ],
)
def test_row_34_an_order_weighs_what_its_invoice_will(
    home, engine, customer, order, gross
):
    a_customer(engine, **customer)
    a_product(engine)
    order_id = an_order(
        engine,
        customer_id=None,
        product_id=None,
        line={"product_code": "P1", "unit_price": None, "net": None},
        customer_code="C1",
        state="received",
        net=None,
        **order,
    )
    # charges that nobody agreed on would be held
    home.joinpath("policy.toml").write_text('[validation.severity]\ncharges = "warn"\n')
    run_directly("validation", on=TODAY)
    with reading(engine) as connection:
        accepted = connection.execute(select(sales_order)).one()
    assert (accepted.state, accepted.gross) == ("accepted", Decimal(gross))
    with writing(engine) as connection:
        connection.execute(
            update(order_line).values(product_id=select(product.c.id).scalar_subquery())
        )
    a_delivery(engine, order_id)
    run_directly("invoicing", on=TODAY)
    with reading(engine) as connection:
        assert connection.execute(select(invoice.c.gross)).scalar() == accepted.gross


def test_row_13_exposure_stays_the_same_while_charges_are_billed(engine):
    """Invariant 35: 30.00 and 12.00 less 6.00, at 21 %, at each step of the way."""
    customer_id = a_customer(engine)
    order_id = an_order(
        engine,
        customer_id=customer_id,
        product_id=a_product(engine),
        gross=Decimal("43.56"),
        charges=[{"amount": "12.00", "reason": "freight"}, {"amount": "-6.00"}],
    )
    weights = [_exposure(engine)]
    a_delivery(engine, order_id, qty=Decimal(1))
    weights.append(_exposure(engine))
    run_directly("invoicing", on=TODAY)
    weights.append(_exposure(engine))
    a_delivery(engine, order_id, qty=Decimal(2), no="D2")
    run_directly("invoicing", on=TODAY)
    weights.append(_exposure(engine))
    assert weights == [Decimal("43.56")] * 4


def _exposure(engine):
    result = CliRunner().invoke(customer_command, ["C1", "--json"])
    assert result.exit_code == 0, result.output
    return Decimal(json.loads(result.output)["exposure"])
