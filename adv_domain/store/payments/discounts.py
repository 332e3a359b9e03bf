"""How does an early-payment discount wait for its credit note without being chased?

The discounted rest stays open until a person posts the credit note; meanwhile it
is noted as disputed for that one reason, which keeps reminders off it.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, exists, select, update

from adv_domain.rules.money import plain_amount
from adv_domain.rules.payments.match_decision import DiscountTaken
from adv_domain.store.rows import among, insert_rows
from adv_domain.store.tables import dispute, instalment, task
from adv_domain.store.worklist import PersonTask, open_tasks

REASON = "early_discount"
_TEAM = "invoicing"
_TASK = "credit_note"


def note_early_discounts(
    connection: Connection,
    taken: Sequence[tuple[DiscountTaken, int]],
    *,
    on: date,
    by: str,
) -> None:
    """Open a task for each credit note that is due, and keep the rest unchased.

    taken holds each discount with its customer.
    """
    if not taken:
        return
    currencies = _currencies(connection, [one.instalment_id for one, _ in taken])
    insert_rows(
        connection,
        dispute,
        [
            {
                "instalment_id": one.instalment_id,
                "amount": one.amount,
                "reason": REASON,
                "owner": _TEAM,
                "opened_on": on,
                "opened_by": by,
            }
            for one, _customer in taken
        ],
    )
    open_tasks(
        connection,
        [
            PersonTask(
                task_key=f"early-discount:{one.instalment_id}:{on}",
                kind=_TASK,
                team=_TEAM,
                text=_credit_text(one, currencies[one.instalment_id]),
                customer_id=customer_id,
                entity="instalment",
                entity_id=one.instalment_id,
                amount=one.amount,
                currency=currencies[one.instalment_id],
            )
            for one, customer_id in taken
        ],
        opened_on=on,
    )


def _credit_text(one: DiscountTaken, currency: str) -> str:
    amount = plain_amount(one.amount, currency)
    return (
        f"credit {amount} {currency} early-payment discount of {one.invoice_no}: adv "
        f"credit-note {one.invoice_no} --amount {amount} --reason-code early_discount"
    )


def drop_early_discounts(
    connection: Connection, instalment_ids: Collection[int], *, on: date, by: str
) -> None:
    """Take back the discounts of the invoices whose payment came back."""
    if not instalment_ids:
        return
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


def close_settled_discounts(
    connection: Connection, *, on: date, at: datetime, by: str
) -> int:
    """Close the notes and tasks of discounts whose item is settled by now.

    The credit note was posted, or the customer paid the rest. Returns how many.
    """
    is_settled = instalment.c.open_amount == 0
    waiting = (
        update(dispute)
        .where(
            dispute.c.reason == REASON,
            dispute.c.closed_on.is_(None),
            exists().where(instalment.c.id == dispute.c.instalment_id, is_settled),
        )
        .values(closed_on=on, closed_by=by, result="settled")
    )
    closed = connection.execute(waiting).rowcount
    if closed:
        connection.execute(
            update(task)
            .where(
                task.c.kind == _TASK,
                task.c.state == "open",
                task.c.entity == "instalment",
                exists().where(instalment.c.id == task.c.entity_id, is_settled),
            )
            .values(state="done", closed_at=at, closed_by=by, result="settled")
        )
    return int(closed)


def _currencies(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    rows = connection.execute(
        select(instalment.c.id, instalment.c.currency).where(
            among(connection, instalment.c.id, ids)
        )
    )
    return dict(rows.tuples().all())
