"""What has become of a file's rows so far, and what does its taker need to know?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adv_domain.rules.faults import FileFault
from adv_domain.rules.orders.master_data import MasterRecord
from tasks.step import RunRef


@dataclass(slots=True)
class Tally:
    """Counts of a file's rows; accepted + duplicate + rejected = read.

    over_shipped tells what accepted news of stock says was shipped beyond the orders,
    customers whose orders are in the file; "" stands for one that is not known.
    """

    read: int = 0
    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    orders: int = 0
    amendments: int = 0
    faults: list[FileFault] = field(default_factory=list)
    over_shipped: list[str] = field(default_factory=list)
    customers: set[str] = field(default_factory=set)

    @property
    def counts(self) -> dict[str, int]:
        """Return what became of the rows, by name."""
        return {
            "read": self.read,
            "accepted": self.accepted,
            "duplicate": self.duplicate,
            "rejected": self.rejected,
        }

    @property
    def errors(self) -> list[FileFault]:
        """The faults for which a row or the file was rejected."""
        return [fault for fault in self.faults if not fault.is_warning]

    @property
    def took_nothing(self) -> bool:
        return self.rejected > 0 and not (self.accepted or self.duplicate)

    def as_dict(self) -> dict[str, Any]:
        """Return the form of `adv import --json`."""
        return {
            **self.counts,
            "faults": [fault.as_dict() for fault in self.faults],
        }


@dataclass(frozen=True, slots=True)
class Taking:
    """A file being taken: by which run, under which id, whether it was interrupted."""

    run: RunRef
    kind: str
    name: str
    file_id: int
    is_resumed: bool
    seller: Mapping[str, Any]


RecordAt = tuple[int, MasterRecord]
"""A record and the number of its row."""
