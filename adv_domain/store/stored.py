"""What stands in a column, byte for byte, whatever was written there?

The types of `columns` read what they wrote themselves, and forgive a little: a day in
another spelling, a space in JSON. Who looks for changed bytes must not, and has to go
on where nothing can be read.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    Integer,
    Row,
    Text,
    cast,
    func,
    select,
    type_coerce,
)
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from adv_domain.store.columns import JsonReady, JsonText, Moment, ScaledDecimal
from adv_domain.store.engine import is_sqlite

_Reader = Callable[[Any], Any]


class Unreadable(str):
    """What stands where a value of the column's kind should, as text."""

    __slots__ = ()


@contextmanager
def as_stored(connection: Connection) -> Iterator[None]:
    """Let the connection give out whatever stands in a text, and days in one form."""
    if not is_sqlite(connection):
        # by a query, for this transaction: SET knows no cursor, and the audit streams
        for name, value in (("datestyle", "ISO"), ("timezone", "UTC")):
            connection.execute(select(func.set_config(name, value, True))).all()
        yield
        return
    driver: Any = connection.connection.driver_connection
    before, driver.text_factory = driver.text_factory, _whatever_it_is
    try:
        yield
    finally:
        driver.text_factory = before


def _whatever_it_is(raw: bytes) -> str:
    return raw.decode(errors="backslashreplace")


def stored(*columns: Column[Any]) -> list[ColumnElement[Any]]:
    """Select the columns as they are stored, under their names; inside as_stored."""
    return [
        type_coerce(
            # PostgreSQL has days that no calendar of Python knows
            cast(one, Text) if isinstance(one.type, Date | Moment) else one,
            _Stored(one.type),
        ).label(one.name)
        for one in columns
    ]


def unreadable(row: Row[Any]) -> list[str]:
    """Name the columns of a stored row that hold nothing of their kind."""
    if Unreadable not in map(type, row):
        return []
    return [
        name
        for name, value in zip(row._fields, row, strict=True)
        if type(value) is Unreadable
    ]


class _Stored(TypeDecorator[Any]):
    """A value where the bytes are just those that it is written as, else Unreadable."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: TypeEngine[Any]) -> None:
        super().__init__()
        self.kind = kind

    def result_processor(self, dialect: Dialect, coltype: object) -> _Reader:  # noqa: ARG002  # SQLAlchemy's signature
        read = _reader(self.kind, is_sqlite=dialect.name == "sqlite")

        def _process(value: Any) -> Any:
            if value is None:
                return None
            try:
                found = read(value)
            except (ArithmeticError, AttributeError, TypeError, ValueError):
                found = None
            return Unreadable(value) if found is None else found

        return _process


def _reader(kind: TypeEngine[Any], *, is_sqlite: bool) -> _Reader:
    """Return what reads a value, and None where it is none of the kind."""
    if isinstance(kind, ScaledDecimal):
        return _scaled(kind.scale_kept) if is_sqlite else _finite
    if isinstance(kind, Boolean):
        return {0: False, 1: True}.get
    if isinstance(kind, Integer):
        return _whole
    if isinstance(kind, Date):
        return _day
    if isinstance(kind, Moment):
        return _moment_of_sqlite if is_sqlite else _moment
    return _json if isinstance(kind, JsonText) else _text


def _scaled(scale: int) -> _Reader:
    @lru_cache(maxsize=8192)
    def _read(value: int) -> Decimal | None:
        return Decimal(value).scaleb(-scale) if type(value) is int else None

    return _read


def _finite(value: Decimal) -> Decimal | None:
    return value if value.is_finite() else None


def _whole(value: object) -> object:
    return value if type(value) is int else None


@lru_cache(maxsize=1024)
def _day(value: str) -> date | None:
    day = date.fromisoformat(value)
    return day if day.isoformat() == value else None


@lru_cache(maxsize=1024)
def _moment_of_sqlite(value: str) -> datetime | None:
    moment = datetime.fromisoformat(value).replace(tzinfo=UTC)
    return moment if f"{moment:%Y-%m-%d %H:%M:%S.%f}" == value else None


@lru_cache(maxsize=1024)
def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value).astimezone(UTC)


def _json(value: object) -> JsonReady | None:
    return JsonReady(value) if type(value) is str else None


def _text(value: object) -> str | None:
    return value if type(value) is str else None
