"""What do all tables share: one metadata, one naming convention, column makers."""

from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, MetaData, String, text

from adv_domain.store.columns import KEY

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def key() -> Column[int]:
    """Make the surrogate key of a table."""
    return Column("id", KEY, primary_key=True, autoincrement=True)


def refers(name: str, target: str, *, optional: bool = False) -> Column[int]:
    """Make a foreign key column to the target table's id."""
    return Column(name, KEY, ForeignKey(f"{target}.id"), nullable=optional)


def code(name: str, *, size: int = 40, optional: bool = False) -> Column[str]:
    """Make a short text column."""
    return Column(name, String(size), nullable=optional)


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """Allow only the listed values in the column."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def where(condition: str) -> dict[str, Any]:
    """Make an index partial on both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}
