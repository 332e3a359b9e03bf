"""What does an order document state, and where in it does each value stand?

The same for every format: a reader says where things stand in its format, and what
they mean is decided once, in assemble. Names are those of our columns.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from adv_domain.rules.faults import FileFault
from adv_domain.rules.orders.incoming import DocumentKind


class Given(NamedTuple):
    """A text of the document, its row (line, segment or order) and its element."""

    text: str
    row: int
    path: str


@dataclass(slots=True)
class StatedAdjustment:
    """An allowance or charge, on a line or on the whole: a per cent, an amount, why."""

    is_charge: bool
    percent: Given | None = None
    amount: Given | None = None
    reason: Given | None = None
    tax_category: Given | None = None
    tax_percent: Given | None = None


@dataclass(slots=True)
class StatedLine:
    """A line: its values by our column names, and its allowances and charges.

    is_taken_away says that a change deletes it, whatever else stands on it.
    """

    row: int
    path: str
    is_taken_away: bool = False
    values: dict[str, Given] = field(default_factory=dict)
    adjustments: list[StatedAdjustment] = field(default_factory=list)

    def put(self, name: str, given: Given | None) -> None:
        """Note a value; what is empty says nothing, and the first one counts."""
        if given is not None and given.text and name not in self.values:
            self.values[name] = given


@dataclass(slots=True)
class StatedOrder:
    """An order document; sums are by the names of StatedSums, and counts.

    ids are the buyer's numbers with their schemes; an account number, the one that we
    gave him, stands in values as customer. faults are those of its structure.
    """

    kind: DocumentKind
    row: int
    path: str = ""
    values: dict[str, Given] = field(default_factory=dict)
    ids: list[tuple[str, Given]] = field(default_factory=list)
    notes: list[Given] = field(default_factory=list)
    charges: list[StatedAdjustment] = field(default_factory=list)
    lines: list[StatedLine] = field(default_factory=list)
    sums: dict[str, Given] = field(default_factory=dict)
    faults: list[FileFault] = field(default_factory=list)

    def put(self, name: str, given: Given | None) -> None:
        """Note a value; what is empty says nothing, and the first one counts."""
        if given is not None and given.text and name not in self.values:
            self.values[name] = given

    def sum(self, name: str, given: Given | None) -> None:
        """Note a sum or count of the document about itself."""
        if given is not None and given.text and name not in self.sums:
            self.sums[name] = given

    def id(self, scheme: str, given: Given | None) -> None:
        """Note a number of the buyer, each once."""
        known = [(each, one.text) for each, one in self.ids]
        if given is not None and given.text and (scheme, given.text) not in known:
            self.ids.append((scheme, given))


def joined(parts: Iterable[Given | None], *, between: str) -> Given | None:
    """Return one text of several parts, where the first of them stands."""
    said = [one for one in parts if one is not None and one.text]
    if not said:
        return None
    text = between.join(one.text for one in said)
    return Given(text, said[0].row, said[0].path)
