"""What follows from a decision to tell a customer of his order: mail, event or task?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from adv_domain.store.outbox import OutboxMail, queue_mails
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.worklist import PersonTask, open_tasks
from tasks.resources import now, resources

_STEP = "notices"


@dataclass(frozen=True, slots=True)
class ToTell:
    """A mail about an order; without an address a person completes the customer."""

    mail: OutboxMail
    customer_code: str
    order_no: str


def write_told(
    connection: Connection,
    told: Sequence[ToTell],
    *,
    on: date,
    actor: str,
    run_id: int | None = None,
) -> int:
    """Queue the mails and say so in the orders' histories; return how many are new.

    actor is the run, or the person whose act is told. A customer without an address
    makes one task, whatever the number of his orders.
    """
    with_address = [one.mail for one in told if one.mail.to_address]
    queued = queue_mails(
        connection, with_address, business_date=on, now=now(), run_id=run_id
    )
    missing = {
        one.customer_code: one for one in reversed(told) if not one.mail.to_address
    }
    open_tasks(connection, [_task(one) for one in missing.values()], opened_on=on)
    record_events(
        connection,
        [_happening(actor, one.mail) for one in told if one.mail.entity_id],
        business_date=on,
        now=now(),
        run_id=run_id,
    )
    return queued


def _happening(actor: str, mail: OutboxMail) -> Happening:
    return Happening(
        entity="order",
        entity_id=mail.entity_id or 0,
        what=mail.kind,
        actor=actor,
        reason="mail queued" if mail.to_address else "no mail address",
    )


def _task(one: ToTell) -> PersonTask:
    return PersonTask(
        task_key=f"progress-address:{one.customer_code}",
        kind="missing_address",
        team=resources().policy.owner_of_step(_STEP),
        text=f"customer {one.customer_code} has no mail address and hears nothing of "
        f"his orders (first: {one.order_no}): complete his master record, or write "
        "none into its column progress_mails",
        customer_id=one.mail.customer_id,
        entity="customer",
        entity_id=one.mail.customer_id,
    )
