"""What becomes of a message to stock once its receiver answered, or did not?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from adv_domain.rules.counted import counted
from adv_domain.rules.mail_retry import next_attempt_at

_TRY_AGAIN = frozenset({408, 409, 423, 425, 429})
_ONLY_TAKEN = 202


class Receipt(StrEnum):
    """How a receiver answered: taken, and acknowledged later or at once; not now;
    refused for good.
    """

    TAKEN = "taken"
    ACKNOWLEDGED = "acknowledged"
    NOT_NOW = "not_now"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """A receiver's answer in words; wait is how long it wants to be left alone."""

    receipt: Receipt
    detail: str = ""
    wait: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a message is tried, and when silence about it is told.

    acknowledge_within of None: nobody acknowledges.
    """

    attempts: int
    first_wait: timedelta
    acknowledge_within: timedelta | None


class MessageEnding(NamedTuple):
    """What is written of an attempt."""

    state: str
    error: str | None = None
    next_attempt_at: datetime | None = None
    acknowledge_by: datetime | None = None


def answer_to(status: int, *, detail: str, wait: timedelta) -> Answer:
    """Read the status of an HTTP response; settings at fault are none of its business.

    202: taken, the acknowledgement follows; any other 2xx acknowledges. Time-out,
    conflict with a request under way, too many requests and 5xx pass; the rest of 4xx
    is about this message and does not.
    """
    if 200 <= status < 300:
        taken = status == _ONLY_TAKEN
        return Answer(Receipt.TAKEN if taken else Receipt.ACKNOWLEDGED)
    passes = status >= 500 or status in _TRY_AGAIN
    return Answer(Receipt.NOT_NOW if passes else Receipt.REFUSED, detail, wait)


def ending_of(
    answer: Answer, *, key: str, tried: int, at: datetime, patience: Patience
) -> MessageEnding:
    """Say what the message is after its nth try: one tried often enough has failed."""
    match answer.receipt:
        case Receipt.ACKNOWLEDGED:
            return MessageEnding("acknowledged")
        case Receipt.TAKEN:
            within = patience.acknowledge_within
            until = None if within is None else at + within
            return MessageEnding("sent", acknowledge_by=until)
        case Receipt.REFUSED:
            return MessageEnding("failed", error=answer.detail)
    if tried >= patience.attempts:
        error = f"given up after {counted(tried, 'attempts')}: {answer.detail}"
        return MessageEnding("failed", error=error)
    again_at = next_attempt_at(
        key=key, attempts=tried, failed_at=at, first_wait=patience.first_wait
    )
    return MessageEnding(
        "queued",
        error=answer.detail,
        next_attempt_at=max(again_at, at + answer.wait),
    )
