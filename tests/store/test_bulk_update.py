"""Are many rows changed in one statement, exactly and on both databases?"""

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from adv_domain.store.bulk_update import update_rows
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import sales_order
from tests.builders import a_customer, a_product, an_order

NAMES = ("state", "net", "held_on", "is_prepaid", "held_for")


def test_each_row_takes_its_own_values_in_one_statement(engine):
    customer_id, product_id = a_customer(engine), a_product(engine)
    ids = [
        an_order(engine, customer_id=customer_id, product_id=product_id, no=f"O{n}")
        for n in range(3)
    ]
    rows = [
        (ids[0], "held", Decimal("1234.567"), date(2026, 1, 6), True, "sales"),
        (ids[1], "rejected", None, None, False, None),
    ]
    with counted_statements(engine) as seen, writing(engine) as connection:
        update_rows(connection, sales_order, NAMES, rows)
    assert sum(statement.startswith("UPDATE") for statement in seen) == 1
    with reading(engine) as connection:
        found = connection.execute(
            select(sales_order.c.id, *(sales_order.c[name] for name in NAMES)).order_by(
                sales_order.c.id
            )
        ).all()
    assert [tuple(row) for row in found[:2]] == rows
    assert found[2].state == "accepted"


def test_no_rows_are_no_statement(engine):
    with writing(engine) as connection, counted_statements(engine) as seen:
        update_rows(connection, sales_order, NAMES, [])
    assert seen == []
