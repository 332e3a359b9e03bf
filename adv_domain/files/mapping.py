"""How do a partner's columns, formats and codes translate into ours?

A mapping is a TOML file. `[columns]` ours = "theirs"; `[formats]` date, decimal,
thousands, percent, encoding, delimiter; `[constants]` ours = value for every row;
`[defaults]` ours = value where the cell is empty; `[values.ours]` theirs = "ours";
`[join]` a second file beside the first and the key that both share; `[skip]`
when_empty = [ours, …] passes over the rows in which one of these is empty.
"""

import tomllib
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from adv_domain.files.cells import Formats
from adv_domain.files.table import DELIMITERS

_SECTIONS = ("columns", "constants", "defaults", "formats", "join", "skip", "values")
_FORMATS = ("date", "decimal", "thousands", "percent", "encoding", "delimiter")
_SEPARATORS = (".", ",", " ", "'", "\u00a0", "\u202f", "\u2019")
_ROLES = ("lines", "header")


@dataclass(frozen=True, slots=True)
class Join:
    """The second file: its name, the key column in each, and what it holds."""

    file: str
    key: str
    their_key: str
    holds: Literal["lines", "header"] = "lines"


@dataclass(frozen=True, slots=True)
class Mapping:
    """How to read one partner's files of one kind."""

    columns: AnyMapping[str, str] = field(default_factory=dict)
    formats: Formats = field(default_factory=Formats)
    constants: AnyMapping[str, str] = field(default_factory=dict)
    defaults: AnyMapping[str, str] = field(default_factory=dict)
    values: AnyMapping[str, AnyMapping[str, str]] = field(default_factory=dict)
    join: Join | None = None
    skip_when_empty: tuple[str, ...] = ()


OWN = Mapping()
"""Our own columns: no mapping is needed."""


class InvalidMapping(ValueError):
    """A mapping file says what cannot be; carries every mistake at once."""

    def __init__(self, *, name: str, mistakes: tuple[str, ...]) -> None:
        super().__init__(f"mapping {name}: " + "; ".join(mistakes))
        self.name = name
        self.mistakes = mistakes


def read_mapping(data: bytes, *, name: str, fields: tuple[str, ...] = ()) -> Mapping:
    """Read a mapping; fields are the names of ours that it may use, if known.

    Raises InvalidMapping with all mistakes, each naming its key.
    """
    try:
        content = tomllib.loads(data.decode("utf-8-sig"), parse_float=str)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidMapping(name=name, mistakes=(f"not TOML: {error}",)) from error
    reading = _Reading(content=content, fields=fields, mistakes=[])
    mapping = _mapping_of(reading)
    if reading.mistakes:
        raise InvalidMapping(name=name, mistakes=tuple(reading.mistakes))
    return mapping


@dataclass(frozen=True, slots=True)
class _Reading:
    """A mapping file on its way in, with the mistakes seen so far."""

    content: dict[str, Any]
    fields: tuple[str, ...]
    mistakes: list[str]

    def section(self, name: str) -> dict[str, Any]:
        value = self.content.get(name, {})
        if isinstance(value, dict):
            return value
        self.mistakes.append(f"{name} must be a table: [{name}]")
        return {}

    def of_fields(self, name: str) -> dict[str, str]:
        found = self.texts(name, self.section(name))
        self.known(name, tuple(found))
        return found

    def known(self, name: str, used: tuple[str, ...]) -> None:
        for key in used:
            if self.fields and key not in self.fields:
                listed = ", ".join(self.fields)
                self.mistakes.append(f"{name}.{key} is no column of ours ({listed})")

    def texts(self, name: str, section: dict[str, Any]) -> dict[str, str]:
        found = {}
        for key, value in section.items():
            if isinstance(value, dict | list):
                self.mistakes.append(f"{name}.{key} must be a text or a number")
            else:
                found[key] = _as_text(value)
        return found


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _mapping_of(reading: _Reading) -> Mapping:
    for key in reading.content:
        if key not in _SECTIONS:
            listed = ", ".join(_SECTIONS)
            reading.mistakes.append(f"{key} is not known; sections are {listed}")
    columns = reading.of_fields("columns")
    constants = reading.of_fields("constants")
    for key in sorted(columns.keys() & constants.keys()):
        reading.mistakes.append(f"{key} stands in columns and in constants")
    return Mapping(
        columns=columns,
        formats=_formats_of(reading),
        constants=constants,
        defaults=reading.of_fields("defaults"),
        values=_values_of(reading),
        join=_join_of(reading),
        skip_when_empty=_skip_of(reading),
    )


def _formats_of(reading: _Reading) -> Formats:
    stated = reading.texts("formats", reading.section("formats"))
    for key in stated:
        if key not in _FORMATS:
            listed = ", ".join(_FORMATS)
            reading.mistakes.append(f"formats.{key} is not known; known are {listed}")
    formats = Formats(
        **cast(
            "dict[str, Any]", {key: stated[key] for key in _FORMATS if key in stated}
        )
    )
    reading.mistakes.extend(_format_mistakes(formats))
    return formats


def _format_mistakes(formats: Formats) -> list[str]:
    mistakes = []
    if formats.decimal not in (".", ","):
        mistakes.append('formats.decimal must be "." or ","')
    if formats.thousands and formats.thousands not in _SEPARATORS:
        mistakes.append("formats.thousands must be a point, comma, space or apostrophe")
    if formats.thousands == formats.decimal:
        mistakes.append("formats.thousands and formats.decimal must differ")
    if formats.percent not in ("percent", "fraction"):
        mistakes.append('formats.percent must be "percent" (15) or "fraction" (0.15)')
    if formats.delimiter is not None and formats.delimiter not in tuple(DELIMITERS):
        mistakes.append('formats.delimiter must be one of ",", ";", "\\t", "|"')
    if formats.date.count("%") < 1 or not _names_a_day(formats.date):
        mistakes.append('formats.date must be like "%d/%m/%Y": day, month and year')
    return mistakes + _encoding_mistakes(formats.encoding)


def _names_a_day(form: str) -> bool:
    has_year = "%Y" in form or "%y" in form
    has_month = any(part in form for part in ("%m", "%b", "%B"))
    return has_year and has_month and "%d" in form


def _encoding_mistakes(encoding: str | None) -> list[str]:
    if encoding is None:
        return []
    try:
        # base64 and the like are codecs too: bytes.decode refuses them
        b"a".decode(encoding)
    except (LookupError, ValueError) as error:
        if not isinstance(error, UnicodeError):
            return [f"formats.encoding {encoding!r} is not known; for example cp1252"]
    return []


def _values_of(reading: _Reading) -> dict[str, dict[str, str]]:
    found = {}
    section = reading.section("values")
    reading.known("values", tuple(section))
    for key, value in section.items():
        if isinstance(value, dict):
            found[key] = reading.texts(f"values.{key}", value)
        else:
            reading.mistakes.append(f"values.{key} must be a table: [values.{key}]")
    return found


def _join_of(reading: _Reading) -> Join | None:
    stated = reading.texts("join", reading.section("join"))
    if not stated:
        return None
    for key in stated:
        if key not in ("file", "key", "their_key", "holds"):
            reading.mistakes.append(
                f"join.{key} is not known; known are file, key, their_key, holds"
            )
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


def _skip_of(reading: _Reading) -> tuple[str, ...]:
    section = reading.section("skip")
    for key in section:
        if key != "when_empty":
            reading.mistakes.append(f"skip.{key} is not known; known is when_empty")
    named = section.get("when_empty", [])
    if not isinstance(named, list) or not all(isinstance(each, str) for each in named):
        reading.mistakes.append("skip.when_empty must be a list of columns of ours")
        return ()
    reading.known("skip.when_empty", tuple(named))
    return tuple(named)
