"""Which rows does a partner's file hold for us, and which file goes with it?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from adv_domain.files.cells import Formats
from adv_domain.files.fields import Field
from adv_domain.files.mapping import OWN, InvalidMapping, Mapping, read_mapping
from adv_domain.files.mapping_rows import Join
from adv_domain.files.places import Search, repeated
from adv_domain.files.rows import JoinKey, RowSource
from adv_domain.files.spellings import unread_columns, with_aliases
from adv_domain.files.table import Table, normal_name, table_of
from adv_domain.files.text import (
    SIZE_LIMIT,
    ZIP_MARKS,
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
        source = Search(tuple(fields), known, lines=first).source(None)
        if mapping.names_columns:
            return source
        unread = unread_columns(first, fields, known)
        return replace(source, warnings=(*source.warnings, *unread))
    if joined is None:
        message = f"needs {mapping.join.file} beside it, as the mapping's [join] says"
        raise refused(file.name, "missing_file", message)
    second = _table(joined, fields, mapping)
    header, lines = first, second
    if mapping.join.holds == "header":
        header, lines = second, first
    search = Search(tuple(fields), mapping, lines=lines, header=header)
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


def _table(file: InputFile, fields: Sequence[Field], mapping: Mapping) -> Table:
    formats = mapping.formats
    known = [mapping.columns.get(field.name, field.name) for field in fields]
    known += [each for named in mapping.composed.values() for each in named]
    if mapping.join:
        known += [mapping.join.key, mapping.join.their_key]
    return table_in(file, known, formats)


def table_in(file: InputFile, known: Sequence[str], formats: Formats) -> Table:
    """Find the table of a file, be it text or a workbook; raises FileRefused."""
    if file.data.startswith(ZIP_MARKS):
        # unpacking and XML load only where a workbook came
        from adv_domain.files.xlsx import xlsx_table

        return xlsx_table(file.name, file.data, known=known, formats=formats)
    source = source_text(file.name, file.data, encoding=formats.encoding)
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
        raise repeated(table, key)
    if wanted not in names:
        message = f"has no column {key!r}, which the mapping's [join] names as key"
        raise refused(table.name, "missing_column", message, key)
    return names.index(wanted)
