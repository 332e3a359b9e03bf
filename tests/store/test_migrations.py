"""The migrations: they make exactly the tables of the code, on both databases."""

from datetime import UTC, date, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

from adv_domain.store.engine import ReferencesBroken, reading, rebuilding, writing
from adv_domain.store.schema import HEAD, schema_version
from adv_domain.store.tables import (
    date_change,
    delivery,
    metadata,
    order_hold,
    order_line,
    sales_order,
    silence,
)
from adv_domain.store.upgrade import upgrade
from tasks.resources import resources


def test_the_migrated_schema_is_the_schema_of_the_code(engine):
    with reading(engine) as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": False, "target_metadata": metadata}
        )
        assert compare_metadata(context, metadata) == []
        assert schema_version(connection) == HEAD


def test_checks_and_partial_indexes_are_migrated_too(engine):
    inspector = inspect(engine)
    for table in metadata.sorted_tables:
        made = {one["name"] for one in inspector.get_check_constraints(table.name)}
        wanted = {
            str(one.name)
            for one in table.constraints
            if one.__visit_name__ == "check_constraint"
        }
        assert wanted <= made, table.name
        indexes = {one["name"] for one in inspector.get_indexes(table.name)}
        assert {str(one.name) for one in table.indexes} <= indexes


def test_upgrading_again_changes_nothing(engine):
    upgrade(engine)
    with reading(engine) as connection:
        assert schema_version(connection) == HEAD


def _back_to(engine, revision):
    """Make the database anew as it was at an old revision."""
    config = Config()
    config.set_main_option("script_location", "adv_domain.store:migrations")
    with writing(engine) as connection:
        metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def test_orders_held_before_holds_were_known_get_one_for_each_team(engine):
    _back_to(engine, "0002")
    with writing(engine) as connection:
        connection.execute(
            text(
                "INSERT INTO company (id, code, name, country, tax_territory, "
                "currency, language) VALUES (1, 'A', 'A', 'ES', 'ES', 'EUR', 'en')"
            )
        )
        for number, state, teams in (
            (1, "held", "'sales, stock'"),
            (2, "accepted", "NULL"),
        ):
            connection.execute(
                text(
                    "INSERT INTO sales_order (company_id, order_no, customer_code, "
                    "customer_ref, ordered_on, currency, state, channel, "
                    "shipping_policy, content_hash, received_at, held_for, held_on) "
                    f"VALUES (1, 'O{number}', 'C', 'R{number}', '2026-01-05', 'EUR', "
                    f"'{state}', 'file', 'partial', 'x', '2026-01-05', {teams}, "
                    "'2026-01-05')"
                )
            )
    upgrade(engine)
    with reading(engine) as connection:
        holds = connection.execute(select(order_hold).order_by(order_hold.c.id)).all()
    assert [(one.order_id, one.team, one.opened_on) for one in holds] == [
        (1, "sales", date(2026, 1, 5)),
        (1, "stock", date(2026, 1, 5)),
    ]
    assert holds[0].due_at == datetime(2026, 1, 6, 12, tzinfo=UTC)


_PRICE = """INSERT INTO price
(scope, scope_code, product_code, currency, min_qty, unit_price, valid_from)
VALUES ('{scope}', '{code}', 'P1', 'EUR', 1, {price}, '2026-01-01')"""


def _prices(engine):
    with reading(engine) as connection:
        columns = "scope, scope_code, product_code, category"
        rows = connection.execute(text(f"SELECT {columns} FROM price ORDER BY id"))
        return [tuple(row) for row in rows]


def test_a_price_of_before_stays_agreed_for_its_product(engine):
    _back_to(engine, "0004")
    with writing(engine) as connection:
        for scope, code, price in (("customer", "C1", 9), ("all", "", 8)):
            row = _PRICE.format(scope=scope, code=code, price=price)
            connection.execute(text(row))
    upgrade(engine)
    assert _prices(engine) == [("customer", "C1", "P1", ""), ("all", "", "P1", "")]


def test_prices_of_a_category_and_a_group_are_told_apart_by_their_key(engine):
    _back_to(engine, "0004")
    with writing(engine) as connection:
        connection.execute(text(_PRICE.format(scope="customer", code="C1", price=9)))
    upgrade(engine)
    of_category = _PRICE.format(scope="customer", code="C1", price=6)
    of_category = of_category.replace("'P1'", "'', 'TOOLS'")
    of_category = of_category.replace("product_code", "product_code, category")
    with writing(engine) as connection:
        connection.execute(text(_PRICE.format(scope="group", code="G1", price=7)))
        connection.execute(text(of_category))
    assert len(_prices(engine)) == 3
    for twice in ("customer", "nobody"):
        with pytest.raises(IntegrityError), writing(engine) as connection:
            connection.execute(text(_PRICE.format(scope=twice, code="C1", price=5)))


def test_a_price_for_all_that_was_taken_with_a_code_still_holds_for_all(engine):
    _back_to(engine, "0005")
    rows = [("all", "X", 7), ("all", "Y", 6), ("list", "X", 5)]
    with writing(engine) as connection:
        for scope, code, price in rows:
            row = _PRICE.format(scope=scope, code=code, price=price)
            connection.execute(text(row))
    upgrade(engine)
    codes = [(scope, code) for scope, code, *_ in _prices(engine)]
    assert codes == [("all", ""), ("all", "Y"), ("list", "X")]


_MOVED_BEFORE = (
    (
        "INSERT INTO company (id, code, name, country, tax_territory, currency,"
        " language) VALUES (1, 'A', 'A', 'ES', 'ES', 'EUR', 'en')"
    ),
    (
        "INSERT INTO sales_order (id, company_id, order_no, customer_code,"
        " customer_ref, ordered_on, currency, state, channel, shipping_policy,"
        " content_hash, received_at) VALUES (1, 1, 'O1', 'C', 'R1', '2026-01-05',"
        " 'EUR', 'handed_off', 'file', 'partial', 'x', '2026-01-05')"
    ),
    (
        "INSERT INTO order_line (id, order_id, line_no, product_code, qty, unit, state)"
        " VALUES (1, 1, 1, 'P1', 3, 'pcs', 'open')"
    ),
    *(
        "INSERT INTO stock_message (id, message_key, kind, order_id, dated_on,"
        f" received_at) VALUES ({at}, 'M{at}', 'new_date', 1, '2026-01-05',"
        " '2026-01-05')"
        for at in (1, 2)
    ),
    *(
        "INSERT INTO date_change (order_line_id, stock_message_id, old_on, new_on,"
        f" known_on, reason) VALUES (1, {at}, '2026-01-05', '2026-01-09',"
        f" '2026-01-05', '{reason}')"
        for at, reason in ((1, "unknown"), (2, "carrier"))
    ),
)


def test_a_date_that_moved_for_no_known_reason_was_moved_by_stock(engine):
    _back_to(engine, "0018")
    with writing(engine) as connection:
        for statement in _MOVED_BEFORE:
            connection.execute(text(statement))
    upgrade(engine)
    with writing(engine) as connection:
        causes = select(date_change.c.cause).order_by(date_change.c.id)
        assert list(connection.execute(causes).scalars()) == ["stock", "carrier"]
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(date_change.update().values(cause="unknown"))


_ORDER = (
    "INSERT INTO sales_order (id, company_id, order_no, customer_code, customer_ref, "
    "ordered_on, currency, state, channel, shipping_policy, content_hash, received_at) "
    "VALUES (1, 1, 'O1', 'C', 'R', '2026-01-05', 'EUR', 'in_fulfilment', 'file', "
    "'partial', 'x', '2026-01-05')"
)
_OPEN_LINE = (
    "INSERT INTO order_line (id, order_id, line_no, product_code, qty, unit, state, "
    "first_confirmed_on, confirmed_on) VALUES ({id}, 1, {id}, 'P', 5, 'C62', 'open', "
    "'2026-01-09', '{day}')"
)


def test_what_was_accepted_left_or_silent_before_the_upgrade_is_not_told(engine):
    _back_to(engine, "0024")
    with writing(engine) as connection:
        for statement in (
            (
                "INSERT INTO company (id, code, name, country, tax_territory, "
                "currency, language) VALUES (1, 'A', 'A', 'ES', 'ES', 'EUR', 'en')"
            ),
            _ORDER,
            _OPEN_LINE.format(id=1, day="2026-01-09"),
            _OPEN_LINE.format(id=2, day="2999-01-09"),
            (
                "INSERT INTO stock_message (id, message_key, kind, order_id, "
                "dated_on, received_at) VALUES (1, 'M', 'shipment', 1, "
                "'2026-01-09', '2026-01-09')"
            ),
            (
                "INSERT INTO delivery (id, delivery_no, order_id, stock_message_id, "
                "shipped_on) VALUES (1, 'D', 1, 1, '2026-01-09')"
            ),
        ):
            connection.execute(text(statement))
    upgrade(engine)
    with reading(engine) as connection:
        assert connection.execute(select(sales_order.c.to_confirm)).scalars().all() == [
            False
        ]
        assert connection.execute(select(delivery.c.to_tell)).scalars().all() == [False]
        [old] = connection.execute(select(silence)).all()
    assert (old.order_line_id, old.confirmed_on, old.outbox_key) == (
        1,
        date(2026, 1, 9),
        None,
    )
    assert old.told_on is not None
    assert old.asked_at.tzinfo is not None


def test_what_stock_had_given_up_waits_on_as_all_that_is_open(engine):
    _back_to(engine, "0020")
    with writing(engine) as connection:
        for statement in _MOVED_BEFORE[:3]:
            connection.execute(text(statement))
        one = 10**6 if connection.dialect.name == "sqlite" else 1
        connection.execute(
            text(
                f"UPDATE order_line SET state = 'exception', qty = {10 * one}, "
                f"qty_shipped = {3 * one}, qty_cancelled = {2 * one}"
            )
        )
        connection.execute(
            text(
                "INSERT INTO order_line (id, order_id, line_no, product_code, qty, "
                f"unit, state) VALUES (2, 1, 2, 'P1', {3 * one}, 'pcs', 'open')"
            )
        )
    upgrade(engine)
    with reading(engine) as connection:
        given_up = select(order_line.c.qty_given_up).order_by(order_line.c.id)
        assert list(connection.execute(given_up).scalars()) == [5, 0]


def test_rows_that_refer_to_nothing_stop_an_upgrade_of_sqlite(sqlite_home):
    engine = resources().engine
    with pytest.raises(ReferencesBroken, match="date_change"), rebuilding(engine) as to:
        to.execute(
            text(
                "INSERT INTO date_change (order_line_id, stock_message_id, new_on, "
                "known_on, cause) VALUES (7, 7, '2026-01-05', '2026-01-05', 'stock')"
            )
        )
    with reading(engine) as connection:
        assert connection.execute(select(date_change.c.id)).all() == []
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
