"""Where do our columns stand in a partner's file, and which file goes with it?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from adv_domain.files.cells import BadCell, Formats
from adv_domain.files.fields import Column, Field
from adv_domain.files.mapping import OWN, InvalidMapping, Join, Mapping, read_mapping
from adv_domain.files.rows import JoinKey, RowSource
from adv_domain.files.spellings import unread_columns, with_aliases
from adv_domain.files.table import Table, normal_name, table_of
from adv_domain.files.text import (
    SIZE_LIMIT,
    FileRefused,
    read_file,
    refused,
    source_text,
)
from adv_domain.rules.faults import FileFault

_MAPPING_LIMIT = 1024 * 1024


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file as it was read: its name and its bytes."""

    name: str
    data: bytes


def load_mapping(path: Path | None, *, fields: tuple[str, ...]) -> Mapping:
    """Read a mapping file; without one our own columns are meant.

    Raises CannotOpen and InvalidMapping.
    """
    if path is None:
        return OWN
    try:
        data = read_file(path, limit=_MAPPING_LIMIT)
    except FileRefused as refusal:
        mistake = refusal.fault.message
        raise InvalidMapping(name=path.name, mistakes=(mistake,)) from refusal
    return read_mapping(data, name=path.name, fields=fields)


def read_inputs(
    path: Path,
    mapping: Mapping,
    *,
    limit: int = SIZE_LIMIT,
    follow_links: bool = True,
) -> tuple[InputFile, InputFile | None]:
    """Read the file and the one beside it that the mapping joins, each once.

    Raises CannotOpen or FileRefused.
    """
    data = read_file(path, limit=limit, follow_links=follow_links)
    file = InputFile(path.name, data)
    if mapping.join is None:
        return file, None
    beside = path.parent / mapping.join.file
    data = read_file(beside, limit=limit, follow_links=follow_links)
    return file, InputFile(beside.name, data)


def row_source(
    file: InputFile,
    fields: Sequence[Field],
    mapping: Mapping,
    *,
    joined: InputFile | None = None,
) -> RowSource:
    """Find our columns in the file, or in the file and the one joined to it.

    Raises FileRefused where a file is unreadable or lacks a needed column,
    InvalidMapping where a constant or default of the mapping is not understood.
    """
    first = _table(file, fields, mapping)
    if mapping.join is None:
        known = with_aliases(mapping, first.header, fields)
        source = _Search(tuple(fields), known, lines=first).source(None)
        if mapping.columns:
            return source
        return replace(source, warnings=unread_columns(first, fields, known))
    if joined is None:
        message = f"needs {mapping.join.file} beside it, as the mapping's [join] says"
        raise refused(file.name, "missing_file", message)
    second = _table(joined, fields, mapping)
    header, lines = first, second
    if mapping.join.holds == "header":
        header, lines = second, first
    search = _Search(tuple(fields), mapping, lines=lines, header=header)
    return search.source(_join_key(mapping.join, header, lines))


def mapped_rows(
    path: Path, fields: Sequence[Field], mapping: Mapping
) -> Iterator[tuple[int, dict[str, Any] | None, list[FileFault]]]:
    """Yield (row number, our values by name or None, faults) of each row.

    Raises CannotOpen, FileRefused or InvalidMapping before the first row.
    """
    file, joined = read_inputs(path, mapping)
    source = row_source(file, fields, mapping, joined=joined)
    names = [field.name for field in fields]
    return (
        (row_no, None if values is None else dict(zip(names, values, strict=True)), bad)
        for row_no, values, bad in source.rows()
    )


@dataclass(frozen=True, slots=True)
class _Search:
    """The search for our fields among the columns of the tables."""

    fields: tuple[Field, ...]
    mapping: Mapping
    lines: Table
    header: Table | None = None

    def source(self, key: JoinKey | None) -> RowSource:
        names = self.lines.header + (self.header.header if self.header else ())
        positions: dict[str, int] = {}
        for field in self.fields:
            at = self._position(field)
            if at is not None:
                positions[field.name] = at
        absent = [field for field in self.fields if field.name not in positions]
        for offset, field in enumerate(absent):
            positions[field.name] = len(names) + offset
        constants = self.mapping.constants
        return RowSource(
            fields=self.fields,
            lines=self.lines,
            key=key,
            columns=tuple(self._column(field) for field in self.fields),
            picks=tuple(positions[field.name] for field in self.fields),
            given=frozenset(
                field.name
                for field in self.fields
                if field not in absent
                or field.name in constants
                or field.name in self.mapping.defaults
            ),
            fixed=tuple(constants.get(field.name, "") for field in absent),
            skip=tuple(positions[name] for name in self.mapping.skip_when_empty),
        )

    def _position(self, field: Field) -> int | None:
        if field.name in self.mapping.constants:
            return None
        stated = self.mapping.columns.get(field.name)
        wanted = normal_name(stated or field.name)
        before = 0
        for table in (self.lines, self.header):
            if table is None:
                continue
            names = [normal_name(name) for name in table.header]
            if names.count(wanted) > 1:
                raise _twice(table, stated or field.name)
            if wanted in names:
                return before + names.index(wanted)
            before += len(names)
        has_default = field.name in self.mapping.defaults or field.default
        if stated or (field.required and not has_default):
            raise self._missing(field, stated)
        return None

    def _missing(self, field: Field, stated: str | None) -> Exception:
        table = self.header or self.lines
        seen = ", ".join(name for name in table.header if name)[:300]
        what = f"has no column {stated or field.name!r}"
        if stated:
            what += f", which the mapping gives for {field.name}"
        return refused(
            table.name,
            "missing_column",
            f"{what}; it has {seen}; correct the file or the mapping",
            stated or field.name,
        )

    def _column(self, field: Field) -> Column:
        mapping = self.mapping
        is_constant = field.name in mapping.constants
        try:
            column = Column(
                field,
                # what the mapping itself states is written in our own form
                Formats() if is_constant else mapping.formats,
                default=mapping.defaults.get(field.name, ""),
                codes={} if is_constant else dict(mapping.values.get(field.name, {})),
            )
            if is_constant:
                column[mapping.constants[field.name]]
        except BadCell as bad:
            section = "constants" if is_constant else "defaults"
            mistake = f"{section}.{field.name} {bad.message}"
            raise InvalidMapping(name="given", mistakes=(mistake,)) from bad
        return column


def _table(file: InputFile, fields: Sequence[Field], mapping: Mapping) -> Table:
    formats = mapping.formats
    source = source_text(file.name, file.data, encoding=formats.encoding)
    known = [mapping.columns.get(field.name, field.name) for field in fields]
    if mapping.join:
        known += [mapping.join.key, mapping.join.their_key]
    return table_of(source, known=known, delimiter=formats.delimiter)


def _join_key(join: Join, header: Table, lines: Table) -> JoinKey:
    in_first, in_second = join.key, join.their_key
    if join.holds == "header":
        in_first, in_second = in_second, in_first
    return JoinKey(
        join=join,
        header=header,
        in_header=_key_position(header, in_first),
        in_lines=_key_position(lines, in_second),
    )


def _key_position(table: Table, key: str) -> int:
    names = [normal_name(name) for name in table.header]
    wanted = normal_name(key)
    if names.count(wanted) > 1:
        raise _twice(table, key)
    if wanted not in names:
        message = f"has no column {key!r}, which the mapping's [join] names as key"
        raise refused(table.name, "missing_column", message, key)
    return names.index(wanted)


def _twice(table: Table, name: str) -> Exception:
    message = f"has two columns {name!r}; rename one of them"
    return refused(table.name, "repeated_column", message, name)
