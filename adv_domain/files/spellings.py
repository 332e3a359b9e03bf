"""Which of our columns does a file name otherwise, and which columns does nobody read?

Only a file whose mapping names no columns is looked at: with such a mapping a partner
leaves columns out on purpose.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches

from adv_domain.files.fields import Alias, Field
from adv_domain.files.mapping import Mapping
from adv_domain.files.table import Table, normal_name
from adv_domain.rules.faults import UNKNOWN_COLUMN, FileFault


def with_aliases(
    mapping: Mapping, header: Sequence[str], fields: Sequence[Field]
) -> Mapping:
    """Return the mapping with the columns that the header gives by another name.

    An alias that contradicts another column is left alone and told as unknown.
    """
    if mapping.names_columns:
        return mapping
    names = {normal_name(name) for name in header} | mapping.constants.keys()
    columns, constants = {}, dict(mapping.constants)
    for field in fields:
        usable = [each for each in field.aliases if _is_usable(each, field, names)]
        if len(usable) == 1:
            columns[field.name] = usable[0].name
            constants.update(usable[0].implies)
    return replace(mapping, columns=columns, constants=constants)


def _is_usable(alias: Alias, field: Field, names: set[str]) -> bool:
    ours = {field.name, *(name for name, _ in alias.implies)}
    return alias.name in names and not ours & names


def unread_columns(
    table: Table, fields: Sequence[Field], mapping: Mapping
) -> tuple[FileFault, ...]:
    """Name each column that is none of ours, with the one that may be meant."""
    read = {
        normal_name(mapping.columns.get(field.name, field.name)) for field in fields
    }
    absent = list(_spellings(table, fields, mapping))
    return tuple(
        _told(table, name, _meant(name, absent))
        for name in table.header
        if name and normal_name(name) not in read
    )


def _spellings(
    table: Table, fields: Sequence[Field], mapping: Mapping
) -> Iterator[tuple[str, str]]:
    """Yield (spelling, our name) of the columns that the file does not have."""
    names = {normal_name(name) for name in table.header} | mapping.constants.keys()
    for field in fields:
        if field.name not in names and field.name not in mapping.columns:
            yield field.name, field.name
            yield from ((alias.name, field.name) for alias in field.aliases)


def _meant(name: str, absent: Sequence[tuple[str, str]]) -> str | None:
    ours = dict(absent)
    found = get_close_matches(normal_name(name)[:60], list(ours), n=1)
    return ours[found[0]] if found else None


def _told(table: Table, name: str, meant: str | None) -> FileFault:
    shown = name if name.isprintable() else repr(name)
    message = f"column {shown[:60]} is not known and was ignored"
    if meant:
        message += f"; did you mean {meant}?"
    return FileFault(table.name, table.header_row, name[:60], UNKNOWN_COLUMN, message)
