"""What became of a message that was handed to a mail server or folder?"""

from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self


class Ending(StrEnum):
    """How one attempt ended (design P5)."""

    SENT = "sent"
    RETRY = "retry"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SendResult:
    """The ending of one attempt, in words that an operator understands.

    path is the file of a message that went to the folder instead of a server.
    unreachable says that no connection could be had: others would fare no better.
    """

    ending: Ending
    detail: str = ""
    path: str | None = None
    unreachable: bool = False


class MailConfigurationError(Exception):
    """Certificate, login or server settings are wrong: no mail can leave at all."""


class Sender(Protocol):
    """Something that takes messages one by one while it is open.

    repeatable says that sending the same message again does no harm, so that what a
    killed run left half sent may simply be sent again.
    """

    repeatable: bool

    def __enter__(self) -> Self:
        """Open the sender."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""

    def send(self, message: EmailMessage) -> SendResult:
        """Try to hand over one message; raises MailConfigurationError."""
