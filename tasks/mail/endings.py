"""What follows when a mail has been sent, has failed, or nobody knows?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from adv_domain.mail.outcome import Ending, SendResult
from adv_domain.rules.mail_retry import is_given_up, next_attempt_at
from adv_domain.store.mail.claim_check import end_notices
from adv_domain.store.mail.delivery import MailEnding, WaitingMail, write_endings
from adv_domain.store.runs import (
    FailedDocument,
    Happening,
    record_events,
    record_failures,
)
from adv_domain.store.worklist import PersonTask, open_tasks
from tasks.resources import now, resources
from tasks.step import Outcome, RunRef

STEP = "mail"
_LONGEST_NAME, _LONGEST_KEY = 120, 200
_DEAR = ("delay_notice", "back_on_time")
_FAULTS = {"failed": "mail_failed", "unknown": "mail_unknown"}
_NOTICE_STATES = {"sent": "completed", "failed": "failed", "unknown": "unknown"}


@dataclass(frozen=True, slots=True)
class EndedBy:
    """Who ended the mails, a run or a person, and for which business date."""

    actor: str
    on: date
    at: datetime
    run_id: int


def ending_of(mail: WaitingMail, result: SendResult, *, at: datetime) -> MailEnding:
    """Return what is written of an attempt; one tried for too long has failed."""
    known = resources()
    ending = MailEnding(
        mail=mail, state=result.ending.value, detail=result.detail, eml_path=result.path
    )
    if result.ending is not Ending.RETRY:
        return ending
    days = known.policy.mail.give_up_after_days
    if is_given_up(queued_at=mail.queued_at, failed_at=at, days=days):
        detail = f"given up after {days} days: {result.detail}"
        return replace(ending, state="failed", detail=detail)
    again_at = next_attempt_at(
        key=mail.outbox_key,
        attempts=mail.attempts + 1,
        failed_at=at,
        first_wait=timedelta(seconds=known.settings.smtp_retry_seconds),
    )
    return replace(ending, next_attempt_at=again_at)


def write_ended(
    connection: Connection, endings: Sequence[MailEnding], *, run: RunRef
) -> Outcome:
    """Write the endings of a run with all that follows; return their counts."""
    if not endings:
        return Outcome()
    by = EndedBy(actor=run.actor, on=run.on, at=now(), run_id=run.run_id)
    write_endings(connection, endings, now=by.at, run_id=run.run_id)
    on_ended(connection, endings, by=by)
    fresh = _set_aside(connection, endings, by=by)
    done: dict[str, int] = {}
    for ending in endings:
        if ending.state in ("sent", "retry"):
            word = "sent" if ending.state == "sent" else "put off"
            done[word] = done.get(word, 0) + 1
    return Outcome(done=done, failed=tuple(fresh))


def on_ended(
    connection: Connection, endings: Sequence[MailEnding], *, by: EndedBy
) -> None:
    """Let each ending take effect: dunning notices move, the event log tells.

    A reminder counts as given only once it is confirmed as sent: completed from that
    day on; failed and unknown do not count.
    """
    for state, notice_state in _NOTICE_STATES.items():
        ended = [each for each in endings if each.state == state]
        if ended:
            end_notices(
                connection,
                [each.mail.outbox_key for each in ended],
                state=notice_state,
                reason=ended[0].detail or None if len(ended) == 1 else None,
                completed_on=by.on if state == "sent" else None,
            )
    _ask_people(connection, endings, by=by)
    record_events(
        connection,
        [
            Happening(
                entity="outbox",
                entity_id=each.mail.id,
                what=f"mail_{each.state}",
                actor=by.actor,
                from_state="sending",
                to_state=each.state,
                reason=each.detail or None,
            )
            for each in endings
        ],
        business_date=by.on,
        now=by.at,
        run_id=by.run_id,
    )


def _ask_people(
    connection: Connection, endings: Sequence[MailEnding], *, by: EndedBy
) -> None:
    """Have a person tell what a mail about a delay could not."""
    team = resources().policy.owner_of_step("notices")
    open_tasks(
        connection,
        [
            PersonTask(
                task_key=f"undelivered:{each.mail.outbox_key}"[:_LONGEST_KEY],
                kind="undelivered_notice",
                team=team,
                text=f"the mail {each.mail.outbox_key} to {each.mail.to_address} did "
                f"not arrive ({each.detail or each.state}): tell the customer that his "
                "goods come on another day, and mend his address",
            )
            for each in endings
            if each.state == "failed" and each.mail.kind in _DEAR
        ],
        opened_on=by.on,
    )


def document_of(outbox_key: str) -> str:
    """Name a mail in the table of failures, whose names are shorter than its key."""
    return outbox_key[:_LONGEST_NAME]


def _set_aside(
    connection: Connection, endings: Sequence[MailEnding], *, by: EndedBy
) -> list[FailedDocument]:
    return record_failures(
        connection,
        step=STEP,
        run_id=by.run_id,
        owner=resources().policy.owner_of_step(STEP),
        failed=[
            FailedDocument(
                document=document_of(each.mail.outbox_key),
                code=_FAULTS[each.state],
                message=each.detail or each.state,
            )
            for each in endings
            if each.state in _FAULTS
        ],
        now=by.at,
    )
