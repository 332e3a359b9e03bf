"""The migrations: they make exactly the tables of the code, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from adv_domain.store.engine import reading
from adv_domain.store.schema import HEAD, schema_version
from adv_domain.store.tables import metadata
from adv_domain.store.upgrade import upgrade


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
