"""What may a person do with reminders: finish a letter or call, waive a level?"""

from datetime import date

from sqlalchemy import Connection

from adv_domain.rules.dunning.items import ChasedItem
from adv_domain.rules.dunning.steps import NextStep, next_step
from adv_domain.rules.money import ZERO
from adv_domain.store.dunning.debtors import DebtorRecord, read_debtors
from adv_domain.store.dunning.notices import (
    NoticeRow,
    complete_waived,
    customer_of_invoice,
    end_notices_of_tasks,
    write_notices,
)
from adv_domain.store.engine import writing
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.worklist import close_task
from tasks.authority import check_role
from tasks.dunning.ground import Ground, ground_of
from tasks.resources import now, resources


class DunningRefused(ValueError):
    """What a person asked for cannot be done with the reminders as they stand."""


def finish_dunning_task(task_key: str, *, by: str, result: str, on: date) -> int:
    """Close a letter, call or referral as done; its levels are completed on the day.

    Returns how many items it completed a level of. Raises DunningRefused where no
    such task is open.
    """
    with writing(resources().engine) as connection:
        if not close_task(connection, task_key, by=by, result=result, now=now()):
            raise DunningRefused(f"no task {task_key} is open")
        return end_notices_of_tasks(connection, [task_key], state="completed", on=on)


def waive_level(invoice_no: str, *, by: str, reason: str, on: date) -> int:
    """Let the next level of an invoice's open items pass without a notice.

    It counts as completed on the day: the level after keeps its distance. Returns
    the waived level. Raises DunningRefused where nothing is left to waive or a
    notice is on its way, BeyondAuthority where the person's role does not allow it.
    """
    known = resources()
    with writing(known.engine) as connection:
        ground = ground_of(connection, known.policy, on=on)
        record, items = _items(connection, invoice_no, on=on)
        steps = [(item, _step(item, record, ground)) for item in items]
        open_amount = sum((item.open_amount for item in items), ZERO)
        check_role(known.policy, person=by, action="waiver", amount=open_amount)
        rows = [_row(item, step, record, ground) for item, step in steps]
        write_notices(connection, rows, decided_on=on, run_id=None)
        complete_waived(connection, rows, reason=f"{by}: {reason}", on=on)
        record_events(
            connection,
            [
                Happening(
                    entity="customer",
                    entity_id=record.debtor.customer_id,
                    what=f"level {row.level} of {invoice_no} waived",
                    actor=by,
                    reason=reason,
                )
                for row in rows[:1]
            ],
            business_date=on,
            now=now(),
        )
    return max(row.level for row in rows)


def _items(
    connection: Connection, invoice_no: str, *, on: date
) -> tuple[DebtorRecord, list[ChasedItem]]:
    customer_id = customer_of_invoice(connection, invoice_no)
    if customer_id is None:
        raise DunningRefused(f"there is no invoice {invoice_no}")
    [record] = read_debtors(connection, [customer_id], on=on)
    items = [
        item
        for item in record.debtor.items
        if item.invoice == invoice_no and item.open_amount > ZERO
    ]
    if not items:
        raise DunningRefused(f"nothing of {invoice_no} is open")
    return record, items


def _step(item: ChasedItem, record: DebtorRecord, ground: Ground) -> NextStep:
    if item.pending_level is not None:
        raise DunningRefused(
            f"level {item.pending_level} of {item.invoice} is on its way; "
            "wait for its ending or resolve it: adv outbox list"
        )
    step = next_step(item, policy=ground.policy_of(record), on=ground.facts.on)
    if step is None:
        raise DunningRefused(f"every level of {item.invoice} is done")
    return step


def _row(
    item: ChasedItem, step: NextStep, record: DebtorRecord, ground: Ground
) -> NoticeRow:
    policy = ground.policy_of(record)
    attempts = record.paper(item.instalment_id).attempts
    return NoticeRow(
        customer_id=record.debtor.customer_id,
        instalment_id=item.instalment_id,
        level=step.level.level,
        attempt=attempts.get(step.level.level, 0) + 1,
        policy=policy.name,
        channel=step.level.channel.value,
        tone=step.level.tone,
        effect=step.level.effect.value,
        amount=item.open_amount,
        interest=ZERO,
        fee=ZERO,
        currency=item.currency,
        outbox_key=None,
        task_key=None,
        reason=None,
    )
