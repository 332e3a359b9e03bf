"""Does PostgreSQL plan a batch by the tables as they are, and look its rows up?"""

import pytest
from sqlalchemy import text

from adv_domain.store.engine import open_engine, reading
from adv_domain.store.upgrade import upgrade

_MANY = """INSERT INTO price
(scope, scope_code, product_code, currency, min_qty, unit_price, valid_from)
SELECT 'customer', 'C' || n, 'P', 'EUR', 0, 1, '2026-01-01'
FROM generate_series(1, 50000) AS n"""
_UPDATE = """EXPLAIN UPDATE price SET unit_price = 2
FROM unnest(CAST(:ids AS bigint[])) AS fresh(id) WHERE price.id = fresh.id"""


@pytest.fixture(scope="module")
def large(postgres_server):
    """A database with 50,000 agreements."""
    postgres_server.psql("CREATE DATABASE plans;")
    engine = open_engine(postgres_server.get_uri("plans"))
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text(_MANY))
        connection.execute(text("ANALYZE price"))
    yield engine
    engine.dispose()


def test_the_rows_of_a_batch_are_looked_up_whatever_the_size_of_the_table(large):
    with reading(large) as connection:
        ids = {"ids": list(range(1, 1000))}
        plan = "\n".join(connection.execute(text(_UPDATE), ids).scalars())
    assert "pk_price" in plan
    assert "Seq Scan" not in plan


def test_no_plan_is_kept_from_when_a_table_was_small(large):
    with reading(large) as connection:
        for _ in range(10):
            connection.execute(text("SELECT count(*) FROM price WHERE id = 1"))
        kept = connection.execute(text("SELECT count(*) FROM pg_prepared_statements"))
        assert kept.scalar() == 0
