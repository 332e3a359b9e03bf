"""What becomes of an advance when its order is cancelled?

What no invoice deducts is credited; whether the customer gets his money back or keeps
it as credit is a person's to say. Harmless to repeat: an advance is on the list only
while something of it is left.
"""

from collections.abc import Sequence
from functools import partial

from sqlalchemy import Connection

from adv_domain.rules.billing.creditable import AskedCredit, Creditable
from adv_domain.rules.billing.crediting import draft_credit_note
from adv_domain.rules.billing.posting import Draft
from adv_domain.rules.money import ZERO, rounded_to_minor
from adv_domain.store.billing import advances_back as store
from adv_domain.store.billing.crediting import read_creditables
from adv_domain.store.rows import among
from adv_domain.store.tables import invoice
from adv_domain.store.worklist import PersonTask, open_tasks
from tasks.batches import BatchResult, Claimed, decided, work_through
from tasks.billing.credit_posting import CreditedBy, post_credit_notes
from tasks.billing.document_words import document_words
from tasks.resources import resources
from tasks.step import Outcome, RunRef

KIND = "refund"


def advances_given_back(run: RunRef) -> Outcome:
    """Credit what is left of the advances of cancelled orders, batch by batch."""
    return work_through(run, claim=_claim, handle=partial(_handle, run))


def _claim(
    connection: Connection, *, after: int | None, limit: int
) -> Sequence[Claimed]:
    rows = store.advances_to_give_back(connection, after=after, limit=limit)
    return [
        Claimed(key=row.invoice_id, name=f"advance of {row.order_no}") for row in rows
    ]


def _handle(
    run: RunRef, connection: Connection, claimed: Sequence[Claimed]
) -> BatchResult:
    result = BatchResult()
    ids = [one.key for one in claimed]
    orders = store.read_given_up(connection, ids)
    reasons = document_words(
        "order_cancelled", [one.language for one in orders.values()]
    )
    pairs = decided(
        read_creditables(connection, among(connection, invoice.c.id, ids)),
        lambda one: _draft(
            run,
            one,
            reasons[orders[one.invoice_id].language].format(
                order=orders[one.invoice_id].order_no
            ),
        ),
        name_of=lambda one: f"advance of {orders[one.invoice_id].order_no}",
        result=result,
    )
    posted = post_credit_notes(
        connection, pairs, credited=CreditedBy(run.actor, run.on, run.run_id)
    )
    open_tasks(
        connection,
        [
            PersonTask(
                task_key=f"{KIND}:{note.invoice_no}",
                kind=KIND,
                team=resources().policy.owner_of_step("payments"),
                text=f"order {orders[one.invoice_id].order_no} was cancelled: credit "
                f"note {note.invoice_no} gives back what is left of its advance "
                f"{one.invoice_no}; pay it back, or leave it to the customer as credit",
                customer_id=one.customer_id,
                entity="order",
                entity_id=orders[one.invoice_id].order_id,
                amount=-note.draft.amounts.gross,
                currency=one.currency,
            )
            for (one, _), note in zip(pairs, posted, strict=True)
        ],
        opened_on=run.on,
    )
    result.done["advances credited"] += len(posted)
    return result


def _draft(run: RunRef, advance: Creditable, reason: str) -> Draft:
    """Decide the credit note: of the whole invoice, or of what nothing deducts."""
    left = sum([one.gross for one in advance.stated.groups_left], ZERO)
    is_whole = left == advance.gross
    amount = None if is_whole else rounded_to_minor(left, advance.currency)
    return draft_credit_note(
        advance, AskedCredit("cancellation", reason, run.on, amount=amount)
    )
