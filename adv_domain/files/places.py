"""Where do our columns stand among those of a partner's tables?"""

from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass

from adv_domain.files.cells import BadCell, Formats
from adv_domain.files.fields import Column, Field
from adv_domain.files.mapping import InvalidMapping, Mapping
from adv_domain.files.row_rules import Carried, Selection, Told
from adv_domain.files.rows import JoinKey, RowSource
from adv_domain.files.table import Table, normal_name
from adv_domain.files.text import FileRefused, refused

Texts = AnyMapping[str, str]


@dataclass(frozen=True, slots=True)
class Search:
    """The search for our fields among the columns of the tables."""

    fields: tuple[Field, ...]
    mapping: Mapping
    lines: Table
    header: Table | None = None

    def source(self, key: JoinKey | None) -> RowSource:
        """Find every column; raises FileRefused and InvalidMapping."""
        positions: dict[str, int] = {}
        for field in self.fields:
            at = self._position(field)
            if at is not None:
                positions[field.name] = at
        absent = [
            field
            for field in self.fields
            if field.name not in positions and field.name not in self.mapping.composed
        ]
        composed = [
            field for field in self.fields if field.name in self.mapping.composed
        ]
        for offset, field in enumerate(absent + composed, start=self._width()):
            positions[field.name] = offset
        mapping = self.mapping
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
                or field.name in mapping.constants
                or field.name in mapping.defaults
            ),
            fixed=tuple(mapping.constants.get(field.name, "") for field in absent),
            composed=tuple(self._parts(field) for field in composed),
            skip=self._skip(positions),
            carried=self._carried(positions),
            tells=tuple(self._told_of(mapping.tell)),
            refuses=tuple(self._told_of(mapping.refuse)),
            warnings=(
                *self.lines.warnings,
                *(self.header.warnings if self.header else ()),
            ),
        )

    def _width(self) -> int:
        return len(self.lines.header) + (len(self.header.header) if self.header else 0)

    def _position(self, field: Field) -> int | None:
        mapping = self.mapping
        if field.name in mapping.constants or field.name in mapping.composed:
            return None
        stated = mapping.columns.get(field.name)
        at = self._place(stated or field.name)
        has_default = field.name in mapping.defaults or field.default
        if at is None and (stated or (field.required and not has_default)):
            raise self._missing(stated or field.name, field.name if stated else "")
        return at

    def _place(self, name: str) -> int | None:
        """Return where a column of theirs stands; raises FileRefused for one of two."""
        wanted = normal_name(name)
        before = 0
        for table in (self.lines, self.header):
            if table is None:
                continue
            names = [normal_name(each) for each in table.header]
            if names.count(wanted) > 1:
                raise repeated(table, name)
            if wanted in names:
                return before + names.index(wanted)
            before += len(names)
        return None

    def _needed(self, name: str, section: str) -> int:
        at = self._place(name)
        if at is None:
            raise self._missing(name, section)
        return at

    def _parts(self, field: Field) -> tuple[int, ...]:
        named = self.mapping.composed[field.name]
        return tuple(self._needed(each, field.name) for each in named)

    def _skip(self, positions: dict[str, int]) -> Selection | None:
        skip = self.mapping.skip
        selection = Selection(
            empty=tuple(positions[name] for name in skip.when_empty),
            words=tuple(
                (self._ours_or_theirs(name, positions, "skip.starts_with"), words)
                for name, words in skip.starts_with.items()
            ),
            told=tuple(
                Told(
                    self._ours_or_theirs(name, positions, "skip.when_filled"),
                    name,
                    message,
                )
                for name, message in skip.when_filled.items()
            ),
        )
        return None if selection == Selection() else selection

    def _ours_or_theirs(
        self, name: str, positions: dict[str, int], section: str
    ) -> int:
        at = positions.get(name)
        return self._needed(name, section) if at is None else at

    def _carried(self, positions: dict[str, int]) -> Carried | None:
        carry = self.mapping.carry_down
        if carry is None:
            return None
        # what no file column gives is the same in every row already
        places = (
            self._ours_or_theirs(name, positions, "carry_down.columns")
            for name in carry.columns
        )
        width = self._width()
        return Carried(
            key=positions[carry.key], places=tuple(at for at in places if at < width)
        )

    def _told_of(self, named: Texts) -> Iterator[Told]:
        # a column that a partner's file does not have says nothing
        for name, message in named.items():
            at = self._place(name)
            if at is not None:
                yield Told(at, name, message)

    def _missing(self, name: str, given_for: str) -> FileRefused:
        table = self.header or self.lines
        seen = ", ".join(name for name in table.header if name)[:300]
        what = f"has no column {name!r}"
        if given_for:
            what += f", which the mapping gives for {given_for}"
        return refused(
            table.name,
            "missing_column",
            f"{what}; it has {seen}; correct the file or the mapping: adv import KIND "
            "FILE --suggest-mapping proposes one",
            name,
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


def repeated(table: Table, name: str) -> FileRefused:
    """Make the exception for a column that stands twice."""
    message = f"has two columns {name!r}; rename one of them"
    return refused(table.name, "repeated_column", message, name)
