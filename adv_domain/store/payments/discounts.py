"""How does an early-payment discount wait for its credit note without being chased?

The discounted rest stays open until a person posts the credit note; meanwhile it
is noted as disputed for that one reason, which keeps reminders off it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, exists, or_, select, update

from adv_domain.rules.credits.credit_reasons import EARLY_DISCOUNT
from adv_domain.rules.money import plain_amount
from adv_domain.rules.payments.match_decision import DiscountTaken
from adv_domain.store.credits.early_credits import discount_notes
from adv_domain.store.rows import among, insert_rows
from adv_domain.store.tables import (
    allocation,
    credit_part,
    dispute,
    instalment,
    invoice,
    task,
)
from adv_domain.store.worklist import PersonTask, open_tasks

REASON = "early_discount"
_TEAM = "invoicing"
_TASK = "credit_note"
_UNEARNED = "unearned_discount"


@dataclass(frozen=True, slots=True)
class TakenBy:
    """A discount and the customer who took it."""

    discount: DiscountTaken
    customer_id: int


def note_early_discounts(
    connection: Connection,
    taken: Sequence[TakenBy],
    *,
    on: date,
    by: str,
    why: Mapping[str, str],
) -> None:
    """Open a task for each credit note that is due, and keep the rest unchased.

    why says by invoice why its note was not issued by itself, if it was to be.
    """
    if not taken:
        return
    currencies = _currencies(connection, [one.discount.instalment_id for one in taken])
    insert_rows(
        connection,
        dispute,
        [
            {
                "instalment_id": one.discount.instalment_id,
                "amount": one.discount.amount,
                "reason": REASON,
                "owner": _TEAM,
                "opened_on": on,
                "opened_by": by,
            }
            for one in taken
        ],
    )
    open_tasks(
        connection,
        [_task(one, currencies[one.discount.instalment_id], on, why) for one in taken],
        opened_on=on,
    )


def _task(one: TakenBy, currency: str, on: date, why: Mapping[str, str]) -> PersonTask:
    discount, number = one.discount, one.discount.invoice_no
    amount = plain_amount(discount.amount, currency)
    said = f" (not credited by itself: {why[number]})" if number in why else ""
    return PersonTask(
        task_key=f"early-discount:{discount.instalment_id}:{on}",
        kind=_TASK,
        team=_TEAM,
        text=f"credit {amount} {currency} early-payment discount of {number}: adv "
        f"credit-note {number} --amount {amount} --reason-code early_discount "
        f"--reason WHY --by NAME{said}",
        customer_id=one.customer_id,
        entity="instalment",
        entity_id=discount.instalment_id,
        amount=discount.amount,
        currency=currency,
    )


def drop_early_discounts(
    connection: Connection, instalment_ids: Collection[int], *, on: date, by: str
) -> None:
    """Take back the discounts of the invoices whose payment came back.

    One that was credited already cannot be: a person is told.
    """
    if not instalment_ids:
        return
    _tell_unearned(connection, instalment_ids, on=on)
    invoices = select(instalment.c.invoice_id).where(
        among(connection, instalment.c.id, instalment_ids)
    )
    siblings = select(instalment.c.id).where(instalment.c.invoice_id.in_(invoices))
    connection.execute(
        update(dispute)
        .where(
            dispute.c.instalment_id.in_(siblings),
            dispute.c.reason == REASON,
            dispute.c.closed_on.is_(None),
        )
        .values(closed_on=on, closed_by=by, result="the payment came back")
    )
    connection.execute(
        update(task)
        .where(
            task.c.kind == _TASK,
            task.c.state == "open",
            task.c.entity == "instalment",
            task.c.entity_id.in_(siblings),
        )
        .values(state="dropped", closed_by=by, result="the payment came back")
    )


def _tell_unearned(
    connection: Connection, instalment_ids: Collection[int], *, on: date
) -> None:
    of_them = among(connection, instalment.c.id, instalment_ids)
    ids = list(
        connection.execute(
            select(instalment.c.invoice_id).where(of_them).distinct()
        ).scalars()
    )
    notes = discount_notes(connection, ids)
    open_tasks(
        connection,
        [
            PersonTask(
                task_key=f"unearned-discount:{note_no}:{on}",
                kind=_UNEARNED,
                team=_TEAM,
                text=f"{note_no} credited an early-payment discount whose payment came "
                "back since: if the customer does not pay in time after all, claim it "
                "from him (his invoice is short by it), or let it stand",
                entity="invoice",
                entity_id=invoice_id,
            )
            for invoice_id, note_no in notes
        ],
        opened_on=on,
    )


def close_settled_discounts(
    connection: Connection, *, on: date, at: datetime, by: str
) -> int:
    """Close the notes and tasks of discounts whose item is settled by now.

    The discount's credit note was posted, or the customer paid the rest. Where another
    credit note took the rest, he is still owed his discount. Returns how many.
    """
    settled = connection.execute(
        select(dispute.c.id, dispute.c.instalment_id)
        .join(instalment, instalment.c.id == dispute.c.instalment_id)
        .where(
            dispute.c.reason == REASON,
            dispute.c.closed_on.is_(None),
            instalment.c.open_amount == 0,
            or_(_is_given(), ~_another_note_took_it()),
        )
    ).all()
    if not settled:
        return 0
    noted, items = zip(*settled, strict=True)
    connection.execute(
        update(dispute)
        .where(among(connection, dispute.c.id, noted))
        .values(closed_on=on, closed_by=by, result="settled")
    )
    connection.execute(
        update(task)
        .where(
            task.c.kind == _TASK,
            task.c.state == "open",
            task.c.entity == "instalment",
            among(connection, task.c.entity_id, items),
        )
        .values(state="done", closed_at=at, closed_by=by, result="settled")
    )
    return len(settled)


def _is_given() -> ColumnElement[bool]:
    """Say that a credit note gave the discount of the item's invoice."""
    note = invoice.alias()
    part = exists().where(
        credit_part.c.note_id == note.c.id,
        credit_part.c.invoice_id == instalment.c.invoice_id,
    )
    return exists().where(
        note.c.reason_code == EARLY_DISCOUNT,
        or_(note.c.corrects_id == instalment.c.invoice_id, part),
    )


def _another_note_took_it() -> ColumnElement[bool]:
    """Say that a note for another reason lowered the item since the discount waits."""
    source, note = instalment.alias(), invoice.alias()
    return exists().where(
        allocation.c.instalment_id == instalment.c.id,
        allocation.c.allocated_on >= dispute.c.opened_on,
        source.c.id == allocation.c.credit_instalment_id,
        note.c.id == source.c.invoice_id,
        note.c.reason_code != EARLY_DISCOUNT,
    )


def _currencies(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    rows = connection.execute(
        select(instalment.c.id, instalment.c.currency).where(
            among(connection, instalment.c.id, ids)
        )
    )
    return dict(rows.tuples().all())
