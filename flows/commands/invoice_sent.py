"""What does `adv invoice` tell of a document's files, mails, reminders and history?"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flows.commands.output import local_minute

_NOTICE = ("level", "tone", "channel", "state", "decided_on", "completed_on", "amount")
_NOT_CHASED = ("reason", "detail", "since", "until")
_UNTIL_SENT = frozenset(
    {"invoice_not_sent", "invoice_mail_failed", "invoice_mail_unknown"}
)
_DOCUMENT = ("kind", "path", "sha256", "made_at")
_MAIL = "outbox_key kind to_address state queued_at sent_at last_error".split()


def sent_view(details: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Return files, mails and reminders, and why an item is not reminded of."""
    return {
        "reminders": [_picked(row, _NOTICE) for row in details["notices"]],
        "not_chased": [_picked(row, _NOT_CHASED) for row in _standing(details)],
        "documents": [_picked(row, _DOCUMENT) for row in details["documents"]],
        "mails": [_picked(row, _MAIL) for row in details["mails"]],
    }


def _standing(details: Mapping[str, Sequence[Any]]) -> list[Any]:
    """Return why items are not reminded of, but for a mail that has left since: the
    reasons are those of the last dunning run, and a night mails after it."""
    has_left = any(
        row.kind == "invoice" and row.state == "sent" for row in details["mails"]
    )
    gone = _UNTIL_SENT if has_left else frozenset()
    return [row for row in details["not_chased"] if row.reason not in gone]


def sent_lines(view: dict[str, Any]) -> Iterator[str]:
    """Say what was sent when, what was not, and why."""
    for one in view["reminders"]:
        done = f", completed {one['completed_on']}" if one["completed_on"] else ""
        yield f"reminder level {one['level']} {one['state']} {one['decided_on']}{done}"
    for one in view["not_chased"]:
        until = f" until {one['until']}" if one["until"] else ""
        yield f"not chased: {one['reason']} since {one['since']}{until}"
    for one in view["mails"]:
        yield f"mail to {one['to_address']}: {_mail_fate(one)}"
    for one in view["documents"]:
        yield f"{one['kind']} {one['path']}, made {local_minute(one['made_at'])}"


def _mail_fate(one: dict[str, Any]) -> str:
    if one["sent_at"] is not None:
        return f"sent {local_minute(one['sent_at'])}"
    why = f" ({one['last_error']})" if one["last_error"] else ""
    return f"{one['state']}, queued {local_minute(one['queued_at'])}{why}"


def history_lines(view: dict[str, Any]) -> Iterator[str]:
    """Say which step set the document aside, and what happened to it, by whom, why."""
    for one in view["failures"]:
        yield f"SET ASIDE by {one['step']}: {one['message']} ({one['owner']})"
    for event in view["timeline"]:
        why = f": {event['reason']}" if event["reason"] else ""
        yield f"{event['business_date']}  {event['what']}  {event['actor']}{why}"


def _picked(row: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
