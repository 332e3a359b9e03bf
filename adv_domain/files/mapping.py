"""How do a partner's columns, formats and codes translate into ours?

A mapping is a TOML file. `[columns]` ours = "theirs", or a list of theirs whose texts
are put one after the other; `[formats]` date, decimal and thousands or numbers,
percent, encoding, delimiter, sheet; `[constants]` ours = value for every row;
`[defaults]` ours = value where the cell is empty; `[values.ours]` theirs = "ours";
`[join]` a second file beside the first and the key that both share; `[skip]` the rows
to pass over; `[carry_down]` the columns that are filled on the first row of a group
only; `[tell]` theirs = what to say where such a cell, which nobody reads, is filled;
`[refuse]` theirs = why a row in which it is filled is rejected; `[partner]` name, email
and language of who sends such files and is answered.
deployments/mappings/example_orders.toml shows each.
"""

import tomllib
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field

from adv_domain.files.cells import Formats
from adv_domain.files.mapping_formats import formats_of
from adv_domain.files.mapping_partner import Partner, partner_of
from adv_domain.files.mapping_reading import Reading, as_text
from adv_domain.files.mapping_rows import (
    CarryDown,
    Join,
    Skip,
    carry_down_of,
    join_of,
    skip_of,
)

_SECTIONS = (
    "columns",
    "constants",
    "defaults",
    "formats",
    "join",
    "skip",
    "values",
    "carry_down",
    "tell",
    "refuse",
    "partner",
)


@dataclass(frozen=True, slots=True)
class Mapping:
    """How to read one partner's files of one kind.

    composed are the columns of ours that are put together from several of theirs.
    """

    columns: AnyMapping[str, str] = field(default_factory=dict)
    composed: AnyMapping[str, tuple[str, ...]] = field(default_factory=dict)
    formats: Formats = field(default_factory=Formats)
    constants: AnyMapping[str, str] = field(default_factory=dict)
    defaults: AnyMapping[str, str] = field(default_factory=dict)
    values: AnyMapping[str, AnyMapping[str, str]] = field(default_factory=dict)
    join: Join | None = None
    skip: Skip = field(default_factory=Skip)
    carry_down: CarryDown | None = None
    tell: AnyMapping[str, str] = field(default_factory=dict)
    refuse: AnyMapping[str, str] = field(default_factory=dict)
    # who is answered does not change what the rows mean
    partner: Partner | None = field(default=None, repr=False, compare=False)

    @property
    def their_names(self) -> dict[str, str]:
        """Return what the partner calls the columns of ours, where he does."""
        composed = {ours: " + ".join(theirs) for ours, theirs in self.composed.items()}
        return {**self.columns, **composed}

    @property
    def names_columns(self) -> bool:
        """Tell whether it says where columns stand: others are left out on purpose."""
        return bool(self.columns or self.composed)


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
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        mistake = f"not TOML: {error}; names with accents or spaces stand in quotes"
        raise InvalidMapping(name=name, mistakes=(mistake,)) from error
    reading = Reading(content=content, fields=fields, mistakes=[])
    mapping = _mapping_of(reading)
    if reading.mistakes:
        raise InvalidMapping(name=name, mistakes=tuple(reading.mistakes))
    return mapping


def _mapping_of(reading: Reading) -> Mapping:
    for key in reading.content:
        if key not in _SECTIONS:
            listed = ", ".join(_SECTIONS)
            reading.mistakes.append(f"{key} is not known; sections are {listed}")
    columns, composed = _columns_of(reading)
    constants = reading.of_fields("constants")
    for key in sorted((columns.keys() | composed.keys()) & constants.keys()):
        reading.mistakes.append(f"{key} stands in columns and in constants")
    return Mapping(
        columns=columns,
        composed=composed,
        formats=formats_of(reading),
        constants=constants,
        defaults=reading.of_fields("defaults"),
        values=_values_of(reading),
        join=join_of(reading),
        skip=skip_of(reading),
        carry_down=carry_down_of(reading),
        tell=reading.texts("tell", reading.section("tell")),
        refuse=reading.texts("refuse", reading.section("refuse")),
        partner=partner_of(reading),
    )


def _columns_of(reading: Reading) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    section = reading.section("columns")
    reading.known("columns", tuple(section))
    columns, composed = {}, {}
    for key, value in section.items():
        if isinstance(value, list):
            composed[key] = reading.several(f"columns.{key}", value)
        elif isinstance(value, dict):
            reading.mistakes.append(f"columns.{key} must be a text or a list of texts")
        else:
            columns[key] = as_text(value)
    return columns, composed


def _values_of(reading: Reading) -> dict[str, dict[str, str]]:
    found = {}
    section = reading.section("values")
    reading.known("values", tuple(section))
    for key, value in section.items():
        if isinstance(value, dict):
            found[key] = _codes(reading, f"values.{key}", value)
        else:
            reading.mistakes.append(f"values.{key} must be a table: [values.{key}]")
    return found


def _codes(reading: Reading, name: str, section: dict[str, object]) -> dict[str, str]:
    """Return a table of codes; theirs are compared without regard to case."""
    found: dict[str, str] = {}
    for theirs, ours in reading.texts(name, section).items():
        code = theirs.strip().casefold()
        if found.setdefault(code, ours) != ours:
            reading.mistakes.append(
                f"{name}.{theirs!r} stands twice with another meaning; case is ignored"
            )
    return found
