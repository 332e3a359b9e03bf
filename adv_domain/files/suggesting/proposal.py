"""What would a mapping for this file say, and why?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adv_domain.files.cells import Formats as ReadFormats
from adv_domain.files.fields import Field
from adv_domain.files.sources import InputFile, table_in
from adv_domain.files.suggesting import looks
from adv_domain.files.suggesting.codes import code_table
from adv_domain.files.suggesting.guesses import (
    Guess,
    columns_of,
    every_known_name,
    guesses,
)
from adv_domain.files.suggesting.rows import RowHints, row_hints
from adv_domain.files.suggesting.shipped import shipped_mapping
from adv_domain.files.table import Table

_DEFAULT_DATE = "%Y-%m-%d"
_DEFAULT_NUMBER = "1234.56"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping as TOML; missing and unused name what is left to a person."""

    text: str
    missing: tuple[str, ...]
    unused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """The kind of file, its columns, and where its rows make up orders, by what."""

    kind: str
    fields: Sequence[Field]
    key: str = ""
    of_order: Sequence[str] = ()


def proposal(subject: Subject, file: InputFile) -> Proposal:
    """Propose a mapping for the file; raises FileRefused for one that is unreadable."""
    known = every_known_name(subject.kind, subject.fields)
    table = table_in(file, known, ReadFormats())
    shipped = shipped_mapping(subject.kind, table.header)
    if shipped is not None:
        return Proposal(shipped, (), ())
    columns = columns_of(table)
    found = guesses(subject.kind, subject.fields, columns)
    hints = row_hints(table, found, key=subject.key, of_order=subject.of_order)
    named = {guessed.field.name for guessed in found}
    used = {guessed.column.name for guessed in found}
    missing = [
        field
        for field in subject.fields
        if field.required and not field.default and field.name not in named
    ]
    unused = tuple(column.name for column in columns if column.name not in used)
    parts = (
        _head(subject, file, missing),
        _columns(subject, found, missing, unused),
        _formats(table, found),
        _tables(found),
        _rows(subject, hints),
    )
    text = "\n".join(line for part in parts for line in part)
    return Proposal(text, tuple(field.name for field in missing), unused)


def _head(subject: Subject, file: InputFile, missing: Sequence[Field]) -> Iterator[str]:
    yield f"# A first mapping for {_comment(file.name)}, guessed from its columns: look"
    yield "# through it, then save it and see what it makes of the file:"
    if subject.kind == "orders":
        yield "# adv orders inspect FILE --mapping THIS"
    else:
        yield f"# adv import {subject.kind} FILE --mapping THIS"
    if missing:
        names = ", ".join(field.name for field in missing)
        yield f"# Not found, and needed: {names}."
    yield ""


def _columns(
    subject: Subject,
    found: Sequence[Guess],
    missing: Sequence[Field],
    unused: Sequence[str],
) -> Iterator[str]:
    yield "[columns]"
    for guessed in found:
        why = _comment(guessed.why)
        yield f"{guessed.field.name} = {_quoted(guessed.column.name)}  # {why}"
    for field in missing:
        yield (
            f'# {field.name} = ""  # needed and not found: name the column, or state '
            "the value under [constants]"
        )
    if unused:
        yield f"# Columns that are not read: {', '.join(map(_comment, unused))}"
    named = {guessed.field.name for guessed in found}
    absent = [
        field.name
        for field in subject.fields
        if field.name not in named and field not in missing
    ]
    if absent:
        yield f"# May be there too: {', '.join(absent)}"
    yield ""


def _formats(table: Table, found: Sequence[Guess]) -> Iterator[str]:
    lines = [*_dates(found), *_numbers(found), *_percents(found)]
    if table.encoding not in ("utf-8", "utf-8-sig", "utf-16", ""):
        lines.append(
            f"encoding = {_quoted(table.encoding)}  # it is no UTF-8; see that € and "
            "accents come out right"
        )
    if table.delimiter and not table.sheet:
        lines.append(f"delimiter = {_quoted(table.delimiter)}  # tells the columns")
    if table.sheet:
        lines.append(f"sheet = {_quoted(table.sheet)}  # the first that is not empty")
    if lines:
        yield "[formats]"
        yield from lines
        yield ""


def _cells_of(found: Sequence[Guess], *wanted: looks.Look) -> list[str]:
    return [
        cell
        for guessed in found
        if looks.look_of(guessed.field) in wanted
        for cell in guessed.column.cells
    ]


def _dates(found: Sequence[Guess]) -> Iterator[str]:
    formats = looks.date_formats(_cells_of(found, "date"))
    if formats.chosen in ((), (_DEFAULT_DATE,)):
        return
    why = "all days are written so"
    if formats.also:
        why = f"check: {formats.also[0]} would fit all days as well"
    elif len(formats.chosen) > 1:
        why = "days are written in several ways; the first that fits counts"
    yield f"date = {_listed(formats.chosen)}  # {why}"


def _numbers(found: Sequence[Guess]) -> Iterator[str]:
    formats = looks.number_formats(_cells_of(found, "number", "percent"))
    decimal = {form[-3] for form in formats.chosen}
    others = [form for form in formats.also if form[-3] not in decimal]
    is_sure = not others
    if formats.chosen in ((), (_DEFAULT_NUMBER,)) and is_sure:
        return
    if formats.chosen == (_DEFAULT_NUMBER,) and looks.are_whole(
        _cells_of(found, "number", "percent")
    ):
        return
    why = "how 1234.56 is written; all numbers fit"
    if not is_sure:
        why = f"check: {others[0]} would fit all numbers as well"
    elif len(formats.chosen) > 1:
        why = "numbers are written in several ways; the first that fits counts"
    yield f"numbers = {_listed(formats.chosen)}  # {why}"


def _percents(found: Sequence[Guess]) -> Iterator[str]:
    if looks.is_fraction(_cells_of(found, "percent")):
        yield 'percent = "fraction"  # check: no rate is above 1, so 0.15 is 15 %'


def _tables(found: Sequence[Guess]) -> Iterator[str]:
    for guessed in found:
        codes = code_table(guessed)
        if codes:
            yield f"[values.{guessed.field.name}]"
            for theirs, ours in codes.items():
                if ours:
                    yield f"{_quoted(theirs)} = {_quoted(ours)}  # by its name"
                else:
                    yield f'# {_quoted(theirs)} = ""  # not known: fill in if needed'
            yield ""


def _rows(subject: Subject, hints: RowHints) -> Iterator[str]:
    if hints.totals:
        yield "# Rows of totals were seen; they are passed over."
        yield "[skip.starts_with]"
        for column, word in hints.totals.items():
            yield f"{_quoted(column)} = [{_quoted(word)}]"
        yield ""
    if hints.carried:
        yield "# These stand on the first row of an order only."
        yield "[carry_down]"
        yield f"key = {_quoted(subject.key)}"
        yield f"columns = [{', '.join(map(_quoted, hints.carried))}]"
        yield ""


def _listed(texts: Sequence[str]) -> str:
    if len(texts) == 1:
        return _quoted(texts[0])
    return f"[{', '.join(map(_quoted, texts))}]"


def _quoted(text: str) -> str:
    """Write a text of TOML; what is not printable as an escape."""
    return '"' + "".join(map(_sign, text)) + '"'


def _sign(sign: str) -> str:
    if sign in '"\\':
        return f"\\{sign}"
    return sign if sign.isprintable() else f"\\U{ord(sign):08x}"


def _comment(text: str) -> str:
    """Write a text into a comment, which ends with its line."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)[:200]
