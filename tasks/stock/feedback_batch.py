"""What became of the entries of one batch of stock's news?"""

from dataclasses import dataclass, field

from adv_domain.rules.faults import FileFault
from adv_domain.rules.stock.entries import StockEntry
from adv_domain.rules.stock.fulfilment import FeedbackRefused
from adv_domain.store.runs import FailedDocument
from adv_domain.store.stock.feedback import OrderAtStock, Row
from tasks.batches import BatchResult
from tasks.resources import now
from tasks.step import RunRef
from tasks.stock.feedback_file import FeedbackFile


@dataclass(slots=True)
class FeedbackBatch:
    """A batch on its way; known are the keys of what was booked before.

    What became of its entries is noted in the file only when all is written.
    """

    run: RunRef
    file: FeedbackFile
    result: BatchResult = field(default_factory=BatchResult)
    known: set[str] = field(default_factory=set)
    became: dict[int, str] = field(default_factory=dict)
    refused: dict[int, FileFault] = field(default_factory=dict)
    over_shipped: list[str] = field(default_factory=list)

    def repeat(self, at: int) -> None:
        """Count an entry that was booked before."""
        self.became[at] = "duplicate"
        self.result.skipped["already booked"] += 1

    def accept(self, at: int, key: str, *, order_id: int, message_id: int) -> Row:
        """Count an entry as booked; return its row."""
        entry = self.file.entries[at]
        self.known.add(key)
        self.became[at] = "accepted"
        return {
            "id": message_id,
            "message_key": key,
            "kind": str(entry.kind),
            "order_id": order_id,
            "source_file_id": self.file.file_id,
            "source_row": entry.source_row,
            "dated_on": entry.on or self.run.on,
            "received_at": now(),
        }

    def refuse(self, at: int, error: FeedbackRefused) -> None:
        """Set an entry aside with its fault."""
        entry = self.file.entries[at]
        self.became[at] = "rejected"
        self.refused[at] = self.file.fault_of(
            entry, error.code, error.field, error.message
        )
        self.result.failed.append(
            FailedDocument(
                document=entry_name(entry), code=error.code, message=error.message
            )
        )

    def note(self) -> None:
        """Note in the file what became of the entries."""
        self.file.became.update(self.became)
        self.file.refused.update(self.refused)
        self.file.over_shipped += self.over_shipped


def entry_key(entry: StockEntry, order: OrderAtStock) -> str:
    """Return the key by which an entry that comes twice is booked once."""
    return message_key(entry, order.order_no)


def message_key(entry: StockEntry, order_no: str) -> str:
    return f"{entry.message_id}:{order_no}:{entry.line_no}"


def entry_name(entry: StockEntry) -> str:
    """Name an entry in the failure list: a corrected one resolves it."""
    line = f" line {entry.line_no}" if entry.line_no else ""
    return f"{entry.message_id} order {entry.order_name}{line}"[:120]
