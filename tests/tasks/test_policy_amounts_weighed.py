"""Row 13: credit weighs an order as its invoice will be, the policy's amounts in it."""

from decimal import Decimal

import pytest
from sqlalchemy import select, update

from adv_domain.store.engine import reading, writing
from adv_domain.store.orders.agreements import read_customers
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import (
    customer,
    invoice,
    order_fault,
    order_line,
    sales_order,
)
from flows.direct import run_directly
from tasks.orders.credit import read_positions
from tasks.orders.tax import read_tax_basis
from tasks.resources import resources
from tests.builders import a_customer, a_delivery, a_product, an_order
from tests.tasks.test_order_credit import TODAY, standing

D = Decimal
POLICY = """
[validation]
prices = "as_ordered"
[amounts]
tax_rounding = "line"
cash_steps = { EUR = 0.05 }
[[amounts.customers]]
customers = ["C1"]
discount_rate = 0.02
[[amounts.customers.charges]]
description = "Freight"
amount = 6.53
tax_class = "reduced"
free_from = 100
[[amounts.customers.charges]]
description = "Packing"
amount = 1.11
"""
ORDERS = [
    pytest.param({}, id="one line"),
    pytest.param({"lines": 3, "qty": D("1.3")}, id="lines rounded by themselves"),
    pytest.param({"lines": 4}, id="free of freight"),
    pytest.param(
        {"charges": [{"amount": "7.77", "reason": "Crane", "tax_rate": None}]},
        id="a charge of the order",
    ),
    pytest.param(
        {"charges": [{"amount": "-2.50", "reason": "Fair", "tax_rate": None}]},
        id="an allowance of the order",
    ),
]


@pytest.fixture
def goods(home, engine):
    (home / "policy.toml").write_text(POLICY)
    return {"customer_id": a_customer(engine), "product_id": a_product(engine)}


def received(engine, **order):
    """Insert an order as it came, to be priced by our list; return its id."""
    asked = {"product_code": "P1", "unit_price": None, "net": None, "product_id": None}
    return an_order(
        engine,
        customer_id=None,
        product_id=None,
        line=asked,
        customer_code="C1",
        state="received",
        net=None,
        **order,
    )


def billed(engine):
    run_directly("invoicing", on=TODAY)
    with reading(engine) as connection:
        [found] = connection.execute(select(invoice)).all()
    return found.gross + found.rounding


@pytest.mark.parametrize("order", ORDERS)
def test_row_13_an_accepted_order_weighs_what_its_invoice_comes_to(
    engine, goods, order
):
    order_id = an_order(engine, **goods, **order)
    _, before = standing(engine)
    a_delivery(engine, order_id, on=TODAY)
    _, shipped = standing(engine)
    payable = billed(engine)
    assert before == shipped == payable
    assert payable % D("0.05") == 0
    assert standing(engine)[1] == payable


@pytest.mark.parametrize("order", ORDERS)
def test_row_13_validation_writes_the_weight_that_invoicing_bills(engine, goods, order):
    order_id = received(engine, **order)
    run_directly("validation", on=TODAY)
    with reading(engine) as connection:
        [found] = connection.execute(select(sales_order)).all()
    assert found.state == "accepted"
    a_delivery(engine, order_id, on=TODAY)
    assert found.gross == billed(engine)


def test_row_13_freight_takes_an_order_over_its_limit(engine, goods):
    # 29.40 of goods and 1.11 of packing at 21 %, 6.53 of freight at 10 %: 44.10
    with writing(engine) as connection:
        connection.execute(update(customer).values(credit_limit=D("44.09")))
    received(engine)
    run_directly("validation", on=TODAY)
    with reading(engine) as connection:
        codes = connection.execute(select(order_fault.c.code)).scalars().all()
        assert "credit_limit" in codes
    with writing(engine) as connection:
        connection.execute(update(customer).values(credit_limit=D("44.10")))
    run_directly("validation", on=TODAY)
    with reading(engine) as connection:
        assert connection.execute(select(sales_order.c.state)).scalar() == "accepted"


def test_row_13_what_is_left_of_an_order_weighs_one_invoice_more(engine, goods):
    an_order(engine, **goods)
    with writing(engine) as connection:
        connection.execute(
            update(order_line).values(qty_shipped=D(1), qty_invoiced=D(1))
        )
    # 20.00 less 2 % and 1.11 with 21 %, 6.53 with 10 %; to five cents
    assert standing(engine)[1] == D("32.25")


def test_row_13_other_customers_pay_no_freight(engine, goods):
    other = a_customer(engine, "C2")
    an_order(engine, customer_id=other, product_id=goods["product_id"])
    with reading(engine) as connection:
        customers = read_customers(connection, company_id=1, codes=["C2"])
        [position] = read_positions(
            connection,
            list(customers.values()),
            policy=resources().policy,
            taxes=read_tax_basis(connection, on=TODAY),
            on=TODAY,
        ).values()
    assert position.stands["EUR"].accepted_orders == D("36.30")


def test_row_13_the_policys_amounts_cost_no_statement(home, engine):
    customer_id, product_id = a_customer(engine), a_product(engine)
    seen = []
    for text in ("", POLICY):
        (home / "policy.toml").write_text(text)
        for at in range(4):
            an_order(
                engine,
                customer_id=customer_id,
                product_id=product_id,
                no=f"O{len(seen)}-{at}",
            )
        with counted_statements(engine) as statements:
            standing(engine)
        seen.append(len(statements))
    assert seen[0] == seen[1]
