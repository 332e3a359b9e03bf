"""What became of each piece of news in a file of the stock department?"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from adv_domain.files.stock_feedback import ReadEntry
from adv_domain.rules.faults import FileFault
from adv_domain.rules.stock.entries import StockEntry, says_the_same

_CONFLICT = (
    "an earlier row has the same message and line with other news; give each its own "
    "message_id"
)


@dataclass(slots=True)
class FeedbackFile:
    """A file of news on its way: its entries, what became of each, all faults.

    became and refused go by the place of the entry in entries; over_shipped tells
    what was shipped beyond the orders.
    """

    file_id: int
    name: str
    entries: list[StockEntry] = field(default_factory=list)
    faults: list[FileFault] = field(default_factory=list)
    became: dict[int, str] = field(default_factory=dict)
    refused: dict[int, FileFault] = field(default_factory=dict)
    rows_rejected: int = 0
    over_shipped: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Count entries: read = accepted + duplicate + rejected."""
        became = Counter(self.became.values())
        counts = {
            "accepted": became["accepted"],
            "duplicate": became["duplicate"],
            "rejected": became["rejected"] + self.rows_rejected,
        }
        return {"read": sum(counts.values()), **counts}

    @property
    def all_faults(self) -> list[FileFault]:
        """Return the faults of reading and of booking in the order of the rows."""
        return sorted(
            [*self.faults, *self.refused.values()], key=lambda fault: fault.row
        )

    def fault_of(
        self, entry: StockEntry, code: str, field_name: str, message: str
    ) -> FileFault:
        return FileFault(
            self.name, entry.source_row, field_name, code, message, entry.message_id
        )


def feedback_file(file_id: int, name: str, read: Iterable[ReadEntry]) -> FeedbackFile:
    """Gather what was read: repetitions are duplicates, conflicts are rejected."""
    file = FeedbackFile(file_id, name)
    first: dict[tuple[str, str, int], StockEntry] = {}
    for row_no, entry, faults in read:
        file.faults += faults
        if entry is None:
            file.rows_rejected += 1 if row_no else 0
            continue
        at = len(file.entries)
        file.entries.append(entry)
        earlier = first.setdefault(entry.position, entry)
        if earlier is entry:
            continue
        file.became[at] = "duplicate"
        if not says_the_same(earlier, entry):
            file.became[at] = "rejected"
            file.refused[at] = file.fault_of(
                entry, "conflicting_message", "message_id", _CONFLICT
            )
    return file
