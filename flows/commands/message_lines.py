"""How does a message to stock look on the screen?"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from adv_domain.rules.counted import counted
from flows.commands.output import local_minute

if TYPE_CHECKING:
    from adv_domain.store.stock.message_view import MessageRow


def message_document(one: "MessageRow") -> dict[str, Any]:
    """Return a message in the JSON form of `adv stock messages`."""
    return one._asdict()


def message_line(one: "MessageRow") -> str:
    """Say in one line what was told, and whether it arrived."""
    return f"{one.decided_on}  {one.kind} {one.key}: {_standing(one)}"


def untold(messages: "Sequence[MessageRow]") -> str:
    """Say which message has not reached stock; the others wait behind it."""
    for one in messages:
        if one.state == "failed":
            return f"stock did not take message {one.key}: see adv stock messages"
        if one.state == "queued":
            return f"message {one.key} to stock: {_standing(one)}"
    return ""


def _standing(one: "MessageRow") -> str:
    if one.state == "acknowledged" and one.acknowledged_at:
        return f"acknowledged {local_minute(one.acknowledged_at)}"
    if one.state == "sent" and one.sent_at:
        until = one.acknowledge_by
        due = f", to be acknowledged by {local_minute(until)}" if until else ""
        return f"sent {local_minute(one.sent_at)}{due}"
    if one.state == "failed":
        after = counted(one.attempts, "attempts")
        return f"waits for a person after {after}: {one.last_error}"
    if one.next_attempt_at:
        again = local_minute(one.next_attempt_at)
        return f"not taken, tried again {again}: {one.last_error}"
    return "leaves with the next handoff run"
