"""Which mails must not leave after all, because what they say is no longer so?"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from sqlalchemy import Connection

from adv_domain.store.mail.claim_check import Claimed, changed_claims, end_notices
from adv_domain.store.mail.delivery import MailEnding, WaitingMail, write_endings
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.stock.mailed_dates import outdated_mails, take_back
from tasks.office_hours import moment_within
from tasks.resources import now
from tasks.step import Outcome, RunRef

_OF_ORDERS = ("delay_notice", "back_on_time", "order_confirmation")
# a context may name what it lists beside its notices: [[instalment_id, "12.50"], …]
LISTED = "listed"


def without_changed(
    connection: Connection, mails: Sequence[WaitingMail], *, run: RunRef
) -> tuple[list[WaitingMail], Outcome]:
    """Read the balance again and withdraw the reminders that it no longer bears out.

    Their notices are withdrawn with them, so that dunning decides anew.
    """
    changed = changed_claims(
        connection,
        [mail.outbox_key for mail in mails],
        on=run.on,
        listed=list(_listed(mails)),
    )
    withdrawn = [mail for mail in mails if mail.outbox_key in changed]
    if not withdrawn:
        return list(mails), Outcome()
    withdraw(connection, withdrawn, changed, run)
    end_notices(
        connection,
        [mail.outbox_key for mail in withdrawn],
        state="withdrawn",
        reason="the balance changed before the mail left",
    )
    kept = [mail for mail in mails if mail.outbox_key not in changed]
    return kept, Outcome(skipped={"balance changed, withdrawn": len(withdrawn)})


def without_outdated(
    connection: Connection, mails: Sequence[WaitingMail], *, run: RunRef
) -> tuple[list[WaitingMail], Outcome]:
    """Look again at what mails say of orders, and withdraw what is so no longer.

    Their notices are taken back, so that the next run of notices decides anew.
    """
    told = [mail for mail in mails if mail.kind in _OF_ORDERS]
    if not told:
        return list(mails), Outcome()
    outdated = outdated_mails(connection, [mail.outbox_key for mail in told])
    withdrawn = [mail for mail in told if mail.outbox_key in outdated]
    if not withdrawn:
        return list(mails), Outcome()
    withdraw(connection, withdrawn, outdated, run)
    queued_at = min(
        moment_within(mail.business_date, moment=mail.queued_at) for mail in withdrawn
    )
    take_back(connection, list(outdated), on=run.on, at=queued_at)
    kept = [mail for mail in mails if mail.outbox_key not in outdated]
    return kept, Outcome(skipped={"no longer so, withdrawn": len(withdrawn)})


def _listed(mails: Sequence[WaitingMail]) -> Iterable[Claimed]:
    for mail in mails:
        for instalment_id, amount in mail.context.get(LISTED, ()):
            yield Claimed(mail.outbox_key, int(instalment_id), Decimal(amount))


def withdraw(
    connection: Connection,
    mails: Sequence[WaitingMail],
    reasons: dict[str, str],
    run: RunRef,
) -> None:
    """End the mails as withdrawn, each with its reason, and note it."""
    write_endings(
        connection,
        [
            MailEnding(mail=mail, state="withdrawn", detail=reasons[mail.outbox_key])
            for mail in mails
        ],
        now=now(),
        run_id=run.run_id,
    )
    record_events(
        connection,
        [
            Happening(
                entity="outbox",
                entity_id=mail.id,
                what="mail_withdrawn",
                actor=run.actor,
                from_state=mail.state,
                to_state="withdrawn",
                reason=reasons[mail.outbox_key],
            )
            for mail in mails
        ],
        business_date=run.on,
        now=now(),
        run_id=run.run_id,
    )
