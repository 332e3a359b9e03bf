"""What becomes of an advance when its order is cancelled, or comes to less?

What no invoice deducts is credited; whether the customer gets his money back or keeps
it as credit is a person's to say. Harmless to repeat: an advance is on the list only
while something of it is left.
"""

from collections.abc import Collection, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row

from adv_domain.rules.billing.creditable import AskedCredit, Creditable
from adv_domain.rules.billing.crediting import draft_credit_note
from adv_domain.rules.billing.posting import Draft
from adv_domain.rules.money import ZERO, rounded_to_minor
from adv_domain.rules.orders.states import OrderState
from adv_domain.store.billing import advances_back as store
from adv_domain.store.billing.crediting import read_creditables
from adv_domain.store.rows import among
from adv_domain.store.tables import invoice
from adv_domain.store.worklist import PersonTask, open_tasks
from tasks.batches import BatchResult, Claimed, decided, work_through
from tasks.billing.advances_released import REFUND
from tasks.billing.credit_posting import CreditedBy, post_credit_notes
from tasks.billing.document_words import document_words
from tasks.billing.posting import Posted
from tasks.resources import resources
from tasks.step import Outcome, RunRef


def advances_given_back(run: RunRef) -> Outcome:
    """Credit what is left of the advances of orders that are over, batch by batch."""
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
    reasons = _reasons(orders.values())
    advances = read_creditables(connection, among(connection, invoice.c.id, ids))
    pairs = decided(
        # of several advances of an order the oldest are used up first
        [one for one in advances if _left(one) > ZERO],
        lambda one: _draft(run, one, reasons[orders[one.invoice_id].order_id]),
        name_of=lambda one: f"advance of {orders[one.invoice_id].order_no}",
        result=result,
    )
    posted = post_credit_notes(
        connection, pairs, credited=CreditedBy(run.actor, run.on, run.run_id)
    )
    open_tasks(
        connection,
        [
            _refund(one, note, orders[one.invoice_id])
            for (one, _), note in zip(pairs, posted, strict=True)
        ],
        opened_on=run.on,
    )
    if posted:
        result.done["advances credited"] += len(posted)
    return result


def _reasons(orders: Collection[Row[Any]]) -> dict[int, str]:
    """Say by order in the customer's language why its advance is given back."""
    languages = [one.language for one in orders]
    texts = {
        is_cancelled: document_words(key, languages)
        for is_cancelled, key in ((True, "order_cancelled"), (False, "advance_left"))
    }
    return {
        one.order_id: texts[one.state == OrderState.CANCELLED][one.language].format(
            order=one.order_no
        )
        for one in orders
    }


def _refund(advance: Creditable, note: Posted, order: Row[Any]) -> PersonTask:
    why = (
        "was cancelled"
        if order.state == OrderState.CANCELLED
        else "came to less than was paid in advance"
    )
    return PersonTask(
        task_key=f"{REFUND}:{note.invoice_no}",
        kind=REFUND,
        team=resources().policy.owner_of_step("payments"),
        text=f"order {order.order_no} {why}: credit note {note.invoice_no} gives back "
        f"what is left of its advance {advance.invoice_no}; pay it back, or leave it "
        "to the customer as credit",
        customer_id=advance.customer_id,
        entity="order",
        entity_id=order.order_id,
        amount=-note.draft.amounts.gross,
        currency=advance.currency,
    )


def _left(advance: Creditable) -> Decimal:
    """Return what nothing deducted or credited of an advance invoice, with tax."""
    return sum([one.gross for one in advance.stated.groups_left], ZERO)


def _draft(run: RunRef, advance: Creditable, reason: str) -> Draft:
    """Decide the credit note: of the whole invoice, or of what nothing deducts."""
    left = _left(advance)
    is_whole = left == advance.gross
    amount = None if is_whole else rounded_to_minor(left, advance.currency)
    return draft_credit_note(
        advance, AskedCredit("cancellation", reason, run.on, amount=amount)
    )
