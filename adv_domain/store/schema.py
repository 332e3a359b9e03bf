"""Is the database at this version's schema?"""

from sqlalchemy import Connection, inspect, text

HEAD = "0047"


class SchemaOutdated(RuntimeError):
    """The database is empty or of another version."""

    def __init__(self, *, found: str | None) -> None:
        state = f"is at schema {found}" if found else "is not set up"
        super().__init__(f"the database {state}, this version needs {HEAD}: adv init")
        self.found = found


def check_schema(connection: Connection) -> None:
    """Raise SchemaOutdated unless the database is at this version's schema."""
    found = schema_version(connection)
    if found != HEAD:
        raise SchemaOutdated(found=found)


def schema_version(connection: Connection) -> str | None:
    """Return the database's schema version, None for one that is not set up."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version"))
    return found.scalar()
