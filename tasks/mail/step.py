"""Which queued mails leave now, and how does each of them end?

Mails are sent in the order in which they were queued, by one run at a time (lease).
Before anything is handed over the row says `sending` in a committed transaction; the
ending is committed after it. So a killed run leaves at most what it was just sending
as `sending`, and the next run calls that unknown: nothing is sent twice by itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from time import monotonic, sleep

from jinja2 import Environment
from sqlalchemy import Connection

from adv_domain.mail.outcome import MailConfigurationError, Sender, SendResult
from adv_domain.mail.render import mail_templates
from adv_domain.store.engine import reading, writing
from adv_domain.store.leases import keep_lease
from adv_domain.store.mail.delivery import (
    MailEnding,
    WaitingMail,
    count_due,
    count_retrying,
    due_mails,
    is_mail_stopped,
    mark_sending,
    put_back,
    strand_interrupted,
)
from tasks.mail.endings import ending_of, write_ended
from tasks.mail.message import attempt, mail_sender
from tasks.mail.operations import INTERNAL_KINDS
from tasks.mail.withdrawal import without_changed, without_outdated
from tasks.office_hours import local_minute, sending_window
from tasks.progress import report
from tasks.resources import Resources, now, resources
from tasks.step import Call, Outcome, RunRef, StepFlow, step
from tasks.stock.order_book_renewal import with_books_of_now

# of a mail server; the balance of a reminder is read again this closely to its send
_SERVER_BATCH = 100
_UNREACHABLE_LIMIT = 2


class MailStopped(Exception):
    """A person stopped all mail while the run was under way."""


class ServerAway(Exception):
    """The mail server cannot be reached: the rest of the queue stays as it is."""


@dataclass(slots=True)
class _Pass:
    """One pass over the queue: what it works with and what it has done so far."""

    run: RunRef
    known: Resources
    sender: Sender
    templates: Environment
    outcome: Outcome = field(default_factory=Outcome)
    ended: list[MailEnding] = field(default_factory=list)
    unreachable: int = 0
    last_sent: float = float("-inf")


@step(name="send mails", retries=3, run_name="send mails {run.on}")
def send_mails(run: RunRef) -> Outcome:
    """Send what is due; unit of retry: a mail, idempotency key: the outbox key.

    Raises MailConfigurationError where certificate, login or settings are wrong: all
    mails stay queued, no attempt used up.
    """
    known = resources()
    outcome = _strand(run)
    with reading(known.engine) as connection:
        if is_mail_stopped(connection):
            due = count_due(connection, now=now())
            return outcome + Outcome(skipped={"mail is stopped": due})
    templates = mail_templates(known.settings.home)
    with mail_sender(known, templates) as sender:
        outcome = outcome + _through_queue(_Pass(run, known, sender, templates))
    with reading(known.engine) as connection:
        return outcome + Outcome(waiting=count_retrying(connection))


MAIL = StepFlow(name="mail", plan=lambda run: [Call(send_mails, {"run": run})])


def _strand(run: RunRef) -> Outcome:
    """Call unknown what a dead run left in sending."""
    with writing(resources().engine) as connection:
        keep_lease(connection, run.lease, now=now())
        endings = [
            MailEnding(
                mail=mail,
                state="unknown",
                detail="the run ended while it was being sent",
            )
            for mail in strand_interrupted(connection)
        ]
        return write_ended(connection, endings, run=run)


def _through_queue(work: _Pass) -> Outcome:
    reason = ""
    try:
        for batch in _batches(work):
            for group in _groups(work, batch):
                _send(work, _begin(work, group))
            report(stage=work.run.step, event="batch", done=len(batch))
    except MailStopped:
        reason = "mail is stopped"
    except ServerAway:
        reason = "the mail server cannot be reached"
    else:
        reason = _closed_until()
    _finish(work)
    if reason:
        with reading(work.known.engine) as connection:
            left = count_due(connection, now=now())
        work.outcome = work.outcome + Outcome(skipped={reason: left})
    return work.outcome


def _closed_until() -> str:
    """Say when mail to customers leaves; nothing while it may."""
    window, moment = sending_window(), now()
    if window.is_open(moment):
        return ""
    opens = local_minute(window.opening_after(moment))
    return f"leaves in the sending hours, from {opens}"


def _batches(work: _Pass) -> Iterator[list[WaitingMail]]:
    """Take the due mails in order; what is so no longer is withdrawn or made anew."""
    after, begun_at = 0, now()
    size = _batch_size(work)
    kinds = () if sending_window().is_open(begun_at) else INTERNAL_KINDS
    while True:
        with writing(work.known.engine) as connection:
            keep_lease(connection, work.run.lease, now=now())
            found = due_mails(
                connection, now=begun_at, after=after, limit=size, only_kinds=kinds
            )
            kept, changed = without_changed(connection, found, run=work.run)
            kept, outdated = without_outdated(connection, kept, run=work.run)
            kept, anew = with_books_of_now(connection, kept, run=work.run)
        work.outcome = work.outcome + changed + outdated + anew
        if not found:
            return
        after = found[-1].id
        yield kept


def _batch_size(work: _Pass) -> int:
    size = work.known.settings.batch_size
    return size if work.sender.repeatable else min(size, _SERVER_BATCH)


def _groups(
    work: _Pass, batch: Sequence[WaitingMail]
) -> Iterator[Sequence[WaitingMail]]:
    """Confirm mails to a server one by one, files that can be written again at once."""
    size = (len(batch) or 1) if work.sender.repeatable else 1
    for start in range(0, len(batch), size):
        yield batch[start : start + size]


def _begin(work: _Pass, group: Sequence[WaitingMail]) -> Sequence[WaitingMail]:
    """Confirm what ended and note what is sent next, in one transaction.

    Returns what is to be sent: what was withdrawn meanwhile is not.
    """
    begun: Sequence[WaitingMail] = ()
    with writing(work.known.engine) as connection:
        _confirm(connection, work)
        stopped = is_mail_stopped(connection)
        if not stopped:
            begun = mark_sending(
                connection, group, now=now(), into_folder=work.sender.repeatable
            )
    work.ended.clear()
    if stopped:
        raise MailStopped
    if work.unreachable >= _UNREACHABLE_LIMIT:
        _give_back(work, begun)
        raise ServerAway
    return begun


def _send(work: _Pass, group: Sequence[WaitingMail]) -> None:
    for mail in group:
        _keep_pace(work)
        try:
            result = attempt(
                work.sender, mail, known=work.known, templates=work.templates
            )
        except MailConfigurationError:
            _give_back(work, group)
            raise
        work.unreachable = _unreachable_in_a_row(work, result)
        work.ended.append(ending_of(mail, result, at=now()))


def _unreachable_in_a_row(work: _Pass, result: SendResult) -> int:
    return work.unreachable + 1 if result.unreachable else 0


def _give_back(work: _Pass, group: Sequence[WaitingMail]) -> None:
    """Put mails back that were marked and never handed over."""
    settled = {each.mail.id for each in work.ended}
    with writing(work.known.engine) as connection:
        _confirm(connection, work)
        put_back(connection, [mail for mail in group if mail.id not in settled])
    work.ended.clear()


def _finish(work: _Pass) -> None:
    if work.ended:
        with writing(work.known.engine) as connection:
            _confirm(connection, work)
        work.ended.clear()


def _confirm(connection: Connection, work: _Pass) -> None:
    keep_lease(connection, work.run.lease, now=now())
    work.outcome = work.outcome + write_ended(connection, work.ended, run=work.run)


def _keep_pace(work: _Pass) -> None:
    """Wait where the policy allows only so many mails a minute."""
    per_minute = work.known.policy.mail.per_minute
    if per_minute is None or work.sender.repeatable:
        return
    wait = work.last_sent + 60 / per_minute - monotonic()
    if wait > 0:
        sleep(wait)
    work.last_sent = monotonic()
