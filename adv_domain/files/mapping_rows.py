"""Which rows of a partner's file count, and what do they take from other rows?"""

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from adv_domain.files.mapping_reading import Reading

_ROLES = ("lines", "header")


@dataclass(frozen=True, slots=True)
class Join:
    """The second file: its name, the key column in each, and what it holds."""

    file: str
    key: str
    their_key: str
    holds: Literal["lines", "header"] = "lines"


@dataclass(frozen=True, slots=True)
class Skip:
    """The rows that are passed over.

    when_empty: one of these columns of ours is empty. starts_with: a column, ours or
    the partner's, begins with one of the words, such as Total. when_filled: a column
    holds something; what is said of it is told.
    """

    when_empty: tuple[str, ...] = ()
    starts_with: AnyMapping[str, tuple[str, ...]] = field(default_factory=dict)
    when_filled: AnyMapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CarryDown:
    """The columns, ours or theirs, whose empty cells take the value of the row above.

    Only rows of the same key, a column of ours, do so; an empty key means that of the
    row above.
    """

    key: str
    columns: tuple[str, ...]


def join_of(reading: Reading) -> Join | None:
    """Read [join], noting each mistake."""
    stated = reading.texts("join", reading.section("join"))
    if not stated:
        return None
    reading.expect("join", cast("Any", stated), "file", "key", "their_key", "holds")
    for key in ("file", "key"):
        if not stated.get(key):
            reading.mistakes.append(f"join.{key} is missing")
    holds = stated.get("holds", "lines")
    if holds not in _ROLES:
        reading.mistakes.append('join.holds must be "lines" or "header"')
    file = stated.get("file", "")
    if "/" in file or "\\" in file or file in (".", ".."):
        reading.mistakes.append(
            "join.file must be the name of a file in the same folder"
        )
    key = stated.get("key", "")
    return Join(
        file=file,
        key=key,
        their_key=stated.get("their_key", key),
        holds=cast("Literal['lines', 'header']", holds),
    )


def skip_of(reading: Reading) -> Skip:
    """Read [skip], noting each mistake."""
    section = reading.section("skip")
    reading.expect("skip", section, "when_empty", "starts_with", "when_filled")
    return Skip(
        when_empty=_columns(reading, "skip.when_empty", section.get("when_empty", [])),
        starts_with={
            column: tuple(word.casefold() for word in words if word.strip())
            for column, value in _table(reading, section, "starts_with").items()
            for words in [reading.several(f"skip.starts_with.{column}", value)]
        },
        when_filled=reading.texts(
            "skip.when_filled", _table(reading, section, "when_filled")
        ),
    )


def _table(reading: Reading, section: dict[str, Any], name: str) -> dict[str, Any]:
    value = section.get(name, {})
    if isinstance(value, dict):
        return value
    reading.mistakes.append(f"skip.{name} must be a table: [skip.{name}]")
    return {}


def carry_down_of(reading: Reading) -> CarryDown | None:
    """Read [carry_down], noting each mistake."""
    section = reading.section("carry_down")
    if not section:
        return None
    reading.expect("carry_down", section, "key", "columns")
    key = section.get("key")
    if not isinstance(key, str) or not key:
        reading.mistakes.append("carry_down.key must name the column that tells rows")
        key = ""
    else:
        reading.known("carry_down.key", (key,))
    columns = _names(reading, "carry_down.columns", section.get("columns"))
    if "join" in reading.content:
        reading.mistakes.append("carry_down and join do not go together: state one")
    return CarryDown(key=key, columns=columns)


def _columns(reading: Reading, name: str, value: object) -> tuple[str, ...]:
    named = _names(reading, name, value)
    reading.known(name, named)
    return named


def _names(reading: Reading, name: str, value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    reading.mistakes.append(f"{name} must be a list of columns")
    return ()
