"""What became of the entries of one batch of stock's news?"""

from dataclasses import dataclass, field

from adv_domain.rules.faults import FileFault
from adv_domain.rules.stock.believable import FeedbackRefused, Hearing
from adv_domain.rules.stock.entries import StockEntry, content_hash
from adv_domain.store.runs import FailedDocument
from adv_domain.store.stock.feedback import OrderAtStock, Row
from tasks.batches import BatchResult
from tasks.resources import newest_day, now
from tasks.step import RunRef
from tasks.stock.feedback_file import FeedbackFile


@dataclass(slots=True)
class FeedbackBatch:
    """A batch on its way; known is what was booked before: its keys, and what it said.

    What became of its entries is noted in the file only when all is written.
    """

    run: RunRef
    file: FeedbackFile
    result: BatchResult = field(default_factory=BatchResult)
    known: dict[str, str | None] = field(default_factory=dict)
    became: dict[int, str] = field(default_factory=dict)
    refused: dict[int, FileFault] = field(default_factory=dict)
    over_shipped: list[str] = field(default_factory=list)

    def was_booked(self, at: int, key: str) -> bool:
        """Tell whether the entry was booked before, and count it.

        One under the name of another is refused: it would be lost.
        """
        if key not in self.known:
            return False
        said = self.known[key]
        if said in (None, content_hash(self.file.entries[at])):
            self.became[at] = "duplicate"
            self.result.skipped["already booked"] += 1
        else:
            self.refuse(at, _other_news(self.file.entries[at]))
        return True

    def accept(self, at: int, key: str, *, order_id: int, message_id: int) -> Row:
        """Count an entry as booked; return its row."""
        entry = self.file.entries[at]
        said = self.known[key] = content_hash(entry)
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
            "content_hash": said,
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


def hearing(run: RunRef) -> Hearing:
    """Say when a batch of the run is taken."""
    return Hearing(on=run.on, newest_on=newest_day(run.on), at=now())


def _other_news(entry: StockEntry) -> FeedbackRefused:
    line = f" line {entry.line_no}" if entry.line_no else ""
    return FeedbackRefused(
        code="conflicting_message",
        field="message_id",
        message=f"message {entry.message_id} was booked before with other news of "
        f"order {entry.order_name}{line}; give each news a message_id of its own",
    )


def entry_key(entry: StockEntry, order: OrderAtStock) -> str:
    """Return the key by which an entry that comes twice is booked once."""
    return message_key(entry, order.order_no)


def message_key(entry: StockEntry, order_no: str) -> str:
    return f"{entry.message_id}:{order_no}:{entry.line_no}"


def entry_name(entry: StockEntry) -> str:
    """Name an entry in the failure list: a corrected one resolves it."""
    line = f" line {entry.line_no}" if entry.line_no else ""
    return f"{entry.message_id} order {entry.order_name}{line}"[:120]
