"""Are many rows changed in one statement, exactly and on both databases?"""

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from adv_domain.store.bulk_update import update_rows
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import among_pairs, counted_statements
from adv_domain.store.tables import order_line, sales_order
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


def test_added_columns_are_raised_by_their_value(engine):
    customer_id, product_id = a_customer(engine), a_product(engine)
    for at in (1, 2):
        an_order(engine, customer_id=customer_id, product_id=product_id, no=f"O{at}")
    rows = [(1, Decimal("0.25")), (2, Decimal(1))]
    for _ in range(2):
        with writing(engine) as connection:
            update_rows(
                connection, order_line, ("qty_invoiced",), rows, added=("qty_invoiced",)
            )
    with reading(engine) as connection:
        found = connection.execute(
            select(order_line.c.qty_invoiced).order_by(order_line.c.id)
        )
        assert list(found.scalars()) == [Decimal("0.5"), Decimal(2)]


def test_pairs_are_found_together_and_not_crosswise(engine):
    customer_id, product_id = a_customer(engine), a_product(engine)
    for no, reference in (("O1", "A"), ("O2", "B")):
        an_order(
            engine,
            customer_id=customer_id,
            product_id=product_id,
            no=no,
            customer_ref=reference,
        )
    columns = (sales_order.c.order_no, sales_order.c.customer_ref)
    with reading(engine) as connection:
        for pairs, wanted in (
            ([("O1", "A"), ("O2", "A")], ["O1"]),
            ([("O1", "B"), ("O2", "A")], []),
            ([], []),
        ):
            found = connection.execute(
                select(sales_order.c.order_no).where(
                    among_pairs(connection, columns, pairs)
                )
            )
            assert list(found.scalars()) == wanted
