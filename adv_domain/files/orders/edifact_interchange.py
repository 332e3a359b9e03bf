"""Which messages does an EDIFACT interchange hold, and did all of it arrive?

Each message says how many segments it has and each interchange how many messages: a
message that was cut gives no order, an interchange that was cut gives none at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from adv_domain.files.orders.edifact import Segment, segments_of
from adv_domain.files.text import FileRefused
from adv_domain.rules.faults import FileFault

_TEST = 11


@dataclass(slots=True)
class Message:
    """A message: its segments from UNH to UNT, and what is wrong with its frame."""

    segments: list[Segment]
    faults: list[FileFault] = field(default_factory=list)

    @property
    def place(self) -> int:
        return self.segments[0].place

    @property
    def kind(self) -> str:
        """The type of the message, such as ORDERS."""
        return self.segments[0].part(2).upper()


def messages_of(name: str, data: bytes) -> list[Message]:
    """Return the messages of all interchanges of the file.

    Raises FileRefused for what is no EDIFACT or did not arrive whole.
    """
    frame = _Frame(name)
    for segment in segments_of(name, data):
        frame.take(segment)
    return frame.ended()


class _Frame:
    """Tells messages and interchanges apart while their segments come in."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.messages: list[Message] = []
        self._header: Segment | None = None
        self._before = 0
        self._open: Message | None = None
        self._groups = 0

    def take(self, segment: Segment) -> None:
        if segment.tag == "UNB":
            self._begin(segment)
        elif self._header is None:
            raise self._refused(
                segment, "UNB", "not_edifact", "does not begin with UNB; send it whole"
            )
        elif segment.tag == "UNZ":
            self._end(segment)
        elif segment.tag == "UNG":
            self._groups += 1
        elif segment.tag == "UNE":
            self._leave_open()
        else:
            self._inside(segment)

    def ended(self) -> list[Message]:
        if self._header is not None:
            raise self._refused(
                self._header,
                "UNZ",
                "cut_off",
                "has no UNZ: its end is missing; send it again, whole",
            )
        if not self.messages:
            fault = FileFault(
                self.name,
                0,
                "",
                "empty_file",
                "the file holds no message; send it again",
            )
            raise FileRefused(fault)
        return self.messages

    def _begin(self, segment: Segment) -> None:
        if self._header is not None:
            raise self._refused(
                segment,
                "UNZ",
                "cut_off",
                "begins a new interchange before the one before has its UNZ; "
                "send it again, whole",
            )
        if segment.part(_TEST) == "1":
            raise self._refused(
                segment,
                "UNB/11",
                "test_document",
                "says that it is a test; send it without the mark if it is meant",
            )
        self._header, self._before, self._groups = segment, len(self.messages), 0

    def _inside(self, segment: Segment) -> None:
        if segment.tag == "UNH":
            self._leave_open()
            self._open = Message([segment])
            self.messages.append(self._open)
        elif self._open is None:
            raise self._refused(
                segment,
                segment.tag,
                "not_edifact",
                f"has {segment.tag} outside a message; send it again, whole",
            )
        else:
            self._open.segments.append(segment)
            if segment.tag == "UNT":
                self._open.faults += self._frame_faults(self._open)
                self._open = None

    def _leave_open(self) -> None:
        """Note that a message ends without its UNT: it was cut."""
        if self._open is not None:
            place = self._open.place
            message = "UNT is missing: the message was cut; send it again, whole"
            self._open.faults.append(
                FileFault(self.name, place, "UNT", "cut_off", message)
            )
            self._open = None

    def _frame_faults(self, message: Message) -> Iterator[FileFault]:
        head, end = message.segments[0], message.segments[-1]
        counted = str(len(message.segments))
        if end.part(1).lstrip("0") != counted:
            yield self._fault(
                end,
                "UNT/1",
                "wrong_count",
                f"UNT says {end.part(1) or 'no number of'} segments, {counted} are "
                "there; a part was lost: send the message again",
            )
        if end.part(2) != head.part(1):
            yield self._fault(
                end,
                "UNT/2",
                "wrong_reference",
                f"UNT ends message {end.part(2) or '(none)'}, UNH began "
                f"{head.part(1) or '(none)'}; send the message again",
            )

    def _end(self, segment: Segment) -> None:
        self._leave_open()
        header = self._header
        assert header is not None
        counted = str(self._groups or len(self.messages) - self._before)
        if (segment.part(1).lstrip("0") or "0") != counted:
            raise self._refused(
                segment,
                "UNZ/1",
                "wrong_count",
                f"says in UNZ that it holds {segment.part(1) or 'no number of'} "
                f"messages, {counted} are there; send it again, whole",
            )
        if segment.part(2) != header.part(5):
            raise self._refused(
                segment,
                "UNZ/2",
                "wrong_reference",
                f"ends interchange {segment.part(2) or '(none)'}, UNB began "
                f"{header.part(5) or '(none)'}; send it again, whole",
            )
        self._header = None

    def _fault(
        self, segment: Segment, where: str, code: str, message: str
    ) -> FileFault:
        return FileFault(self.name, segment.place, where, code, message)

    def _refused(
        self, segment: Segment, where: str, code: str, message: str
    ) -> FileRefused:
        return FileRefused(self._fault(segment, where, code, f"the file {message}"))
