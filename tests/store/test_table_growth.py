"""A table that was just filled is not planned for as if it were empty."""

from datetime import date

from sqlalchemy import text

from adv_domain.store.engine import is_sqlite, reading, writing
from adv_domain.store.rows import counted_statements
from adv_domain.store.table_growth import tell_growth
from adv_domain.store.tables import order_line, sales_order
from flows.direct import run_directly
from tasks.intake.step import import_file
from tests.builders import a_customer, a_delivery, a_product, an_order
from tests.files.order_samples import a_file, a_row


def _known(connection, table="sales_order"):
    return connection.execute(
        text("SELECT reltuples FROM pg_class WHERE relname = :name"), {"name": table}
    ).scalar_one()


def test_intake_tells_the_database_how_many_orders_came(
    home, engine, tmp_path, monkeypatch
):
    monkeypatch.setenv("ADV_BATCH_SIZE", "50")
    path = tmp_path / "orders.csv"
    path.write_bytes(a_file(*(a_row(customer_ref=f"R{at}") for at in range(250))))
    assert import_file("orders", path, on=date(2024, 6, 3)).orders == 250
    with reading(engine) as connection:
        if not is_sqlite(connection):
            # told after the first, second and fourth of five batches
            assert _known(connection) == 200


def test_invoicing_has_deliveries_counted_before_it_looks_for_those_that_wait(engine):
    """Never counted, 5,000 of them cost the brake of a run 15 s."""
    customer_id, product_id = a_customer(engine), a_product(engine)
    for at in range(5):
        order_id = an_order(
            engine, customer_id=customer_id, product_id=product_id, no=f"O{at}"
        )
        a_delivery(engine, order_id, no=f"D{at}")
    [end] = run_directly("invoicing", on=date(2026, 1, 6))
    assert end.outcome.done == {"invoices": 5}
    with reading(engine) as connection:
        if not is_sqlite(connection):
            assert _known(connection, "delivery_line") == 5


def test_a_table_of_known_size_is_left_alone(home, engine):
    with writing(engine) as connection:
        tell_growth(connection, (sales_order, order_line), rows=0)
    with counted_statements(engine) as seen, writing(engine) as connection:
        tell_growth(connection, (sales_order, order_line), rows=0)
    assert not any("ANALYZE" in statement for statement in seen)
