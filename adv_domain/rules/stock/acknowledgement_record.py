"""What does a file of stock's say of the messages that it got?"""

from dataclasses import dataclass

from adv_domain.rules.faults import FieldFault


@dataclass(frozen=True, slots=True)
class AcknowledgementRecord:
    """That a message arrived; or that stock cannot do with it, and why."""

    message_id: str
    is_accepted: bool
    note: str | None

    def faults(self) -> list[FieldFault]:
        if not self.is_accepted and not self.note:
            return [("note", "missing", "is empty; say why the message is refused")]
        return []
