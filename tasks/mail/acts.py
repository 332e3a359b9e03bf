"""What may a person do with mail: stop it, try one again, settle an unknown, test?"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from adv_domain.mail.message import checked_address
from adv_domain.store.engine import writing
from adv_domain.store.mail.acts import (
    OutboxEntry,
    SwitchChange,
    has_freed_notices,
    outbox_entry,
    queue_again,
    set_switch,
    settle,
)
from adv_domain.store.mail.claim_check import end_notices
from adv_domain.store.mail.delivery import STOP_MAIL
from adv_domain.store.outbox import OutboxMail, queue_mails
from adv_domain.store.runs import Happening, record_events, resolve_failures
from tasks.mail.endings import STEP, document_of
from tasks.resources import business_day, now, resources

_CAN_RETRY = ("retry", "failed")
_CAN_SETTLE = {"sent": ("unknown", "failed"), "failed": ("unknown",)}


class UnknownMail(ValueError):
    """No mail has this key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"no mail has the key {key!r}; see: adv outbox list")
        self.key = key


class WrongMailState(ValueError):
    """The mail is not in a state in which this can be done."""

    def __init__(self, *, key: str, state: str, remedy: str) -> None:
        super().__init__(f"mail {key} is {state}: {remedy}")
        self.key = key
        self.state = state


def stop_mail(*, by: str, reason: str) -> None:
    """Halt all sending; a run under way stops before its next mail."""
    _switch(SwitchChange(name=STOP_MAIL, is_on=True, by=by, reason=reason))


def let_mail_go(*, by: str, reason: str) -> None:
    """Lift the halt; what was queued meanwhile leaves with the next run."""
    _switch(SwitchChange(name=STOP_MAIL, is_on=False, by=by, reason=reason))


def retry_mail(key: str, *, by: str, reason: str, on: date) -> None:
    """Make a failed or put-off mail due now.

    Raises UnknownMail, and WrongMailState for a mail that may have arrived (settle it
    first) or whose reminders dunning decides anew.
    """
    with writing(resources().engine) as connection:
        entry = _entry(connection, key)
        if entry.state not in _CAN_RETRY:
            remedy = (
                "say first whether it arrived: adv outbox resolve"
                if entry.state == "unknown"
                else "only mails in retry or failed are tried again"
            )
            raise WrongMailState(key=key, state=entry.state, remedy=remedy)
        _refuse_freed(connection, entry)
        at = now()
        queue_again(connection, entry.id, now=at)
        _note(connection, entry, to_state="queued", by=by, reason=reason, on=on)


def resolve_mail(key: str, *, was_sent: bool, by: str, reason: str, on: date) -> None:
    """Settle whether an unknown mail arrived; its reminders follow.

    Sent: its dunning notices are completed as of the day. Not sent: they failed and
    dunning decides anew. A failed mail may be settled as sent by other means. Raises
    UnknownMail, WrongMailState.
    """
    with writing(resources().engine) as connection:
        entry = _entry(connection, key)
        state = "sent" if was_sent else "failed"
        if entry.state not in _CAN_SETTLE[state]:
            remedy = "only unknown mails are resolved, failed ones only as sent"
            raise WrongMailState(key=key, state=entry.state, remedy=remedy)
        if entry.state == "failed":
            _refuse_freed(connection, entry)
        settle(connection, entry.id, state=state, detail=f"{by}: {reason}", now=now())
        end_notices(
            connection,
            [key],
            state="completed" if was_sent else "failed",
            reason=f"{by}: {reason}",
            completed_on=on if was_sent else None,
        )
        _note(connection, entry, to_state=state, by=by, reason=reason, on=on)


def queue_test_mails(addresses: Sequence[str], *, by: str, on: date) -> list[str]:
    """Queue one test mail to each address and return their keys.

    Raises InvalidAddress before anything is queued.
    """
    known = resources()
    for address in addresses:
        checked_address(address)
    at = now()
    mails = [_test_mail(address, by=by, at=at) for address in addresses]
    with writing(known.engine) as connection:
        queue_mails(connection, mails, business_date=on, now=at)
    return [mail.outbox_key for mail in mails]


def _refuse_freed(connection: Connection, entry: OutboxEntry) -> None:
    """Refuse a reminder whose level is free again: the customer might get two."""
    if has_freed_notices(connection, entry.outbox_key):
        remedy = "dunning decides this reminder anew"
        raise WrongMailState(key=entry.outbox_key, state=entry.state, remedy=remedy)


def _test_mail(address: str, *, by: str, at: datetime) -> OutboxMail:
    company = resources().policy.company
    return OutboxMail(
        outbox_key=f"test:{at.isoformat()}:{address}",
        kind="test",
        to_address=address,
        template="test",
        language=company.language,
        context={"company_name": company.name, "requested_by": by},
    )


def _switch(change: SwitchChange) -> None:
    at = now()
    with writing(resources().engine) as connection:
        set_switch(connection, change, now=at)
        record_events(
            connection,
            [
                Happening(
                    entity="switch",
                    entity_id=0,
                    what=f"{change.name}_{'on' if change.is_on else 'off'}",
                    actor=change.by,
                    reason=change.reason,
                )
            ],
            business_date=business_day(at),
            now=at,
        )


def _entry(connection: Connection, key: str) -> OutboxEntry:
    entry = outbox_entry(connection, key)
    if entry is None:
        raise UnknownMail(key)
    return entry


def _note(
    connection: Connection,
    entry: OutboxEntry,
    *,
    to_state: str,
    by: str,
    reason: str,
    on: date,
) -> None:
    """Write the event and close the failure that stood for the mail."""
    at = now()
    record_events(
        connection,
        [
            Happening(
                entity="outbox",
                entity_id=entry.id,
                what=f"mail_{to_state}_by_person",
                actor=by,
                from_state=entry.state,
                to_state=to_state,
                reason=reason,
            )
        ],
        business_date=on,
        now=at,
    )
    resolve_failures(
        connection, step=STEP, documents={document_of(entry.outbox_key)}, now=at
    )
