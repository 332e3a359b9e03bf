"""What becomes of an advance when its order is cancelled, or comes to less?

What no invoice deducts is credited, of a milestone as well; whether the customer gets
back what he paid of it or keeps it as credit is a person's to say. Harmless to repeat:
an advance is on the list only while something of it is left.
"""

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row

from adv_domain.rules.billing.posting import Draft
from adv_domain.rules.credits.creditable import AskedCredit, Creditable
from adv_domain.rules.credits.crediting import draft_credit_note
from adv_domain.rules.money import ZERO, plain_amount, rounded_to_minor
from adv_domain.rules.orders.states import OrderState
from adv_domain.store.advances import advances_back as store
from adv_domain.store.credits.crediting import read_creditables
from adv_domain.store.rows import among
from adv_domain.store.tables import invoice
from adv_domain.store.worklist import PersonTask, open_tasks
from tasks.advances.advances_released import REFUND
from tasks.batches import BatchResult, Claimed, decided, work_through
from tasks.billing.posting import Posted
from tasks.credits.credit_posting import CreditedBy, post_credit_notes
from tasks.documents.document_words import document_words
from tasks.resources import resources
from tasks.step import Outcome, RunRef

_WORDS = {
    (False, True): "order_cancelled",
    (False, False): "advance_left",
    (True, True): "milestone_cancelled",
    (True, False): "milestone_left",
}
"""Why a note gives back an advance or a milestone, of a cancelled order or another."""


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
        lambda one: _draft(run, one, reasons[one.invoice_id]),
        name_of=lambda one: f"advance of {orders[one.invoice_id].order_no}",
        result=result,
    )
    posted = post_credit_notes(
        connection, pairs, credited=CreditedBy(run.actor, run.on, run.run_id)
    )
    given = [
        (orders[one.invoice_id], note)
        for (one, _), note in zip(pairs, posted, strict=True)
    ]
    open_tasks(connection, list(_refunds(connection, given)), opened_on=run.on)
    if posted:
        result.done["advances credited"] += len(posted)
    return result


def _reasons(orders: Collection[Row[Any]]) -> dict[int, str]:
    """Say by advance invoice in the customer's language why it is given back."""
    languages = [one.language for one in orders]
    texts = {key: document_words(key, languages) for key in _WORDS.values()}
    return {
        one.invoice_id: texts[_WORDS[one.is_milestone, _is_cancelled(one)]][
            one.language
        ].format(order=one.order_no)
        for one in orders
    }


def _is_cancelled(order: Row[Any]) -> bool:
    return bool(order.state == OrderState.CANCELLED)


def _refunds(
    connection: Connection, given: Sequence[tuple[Row[Any], Posted]]
) -> Iterator[PersonTask]:
    """Ask for money back that came: what is left of a note once it has lowered what
    its invoice owed, and no more than the order's documents owe the customer in all.
    """
    if not given:
        return
    left = store.credit_left(connection, [note.invoice_id for _, note in given])
    owed = store.owed_to_customer(connection, {order.order_id for order, _ in given})
    for order, note in given:
        known = owed.get(order.order_id, ZERO)
        amount = min(left.get(note.invoice_id, ZERO), known)
        if amount > ZERO:
            owed[order.order_id] = known - amount
            yield _refund(order, note, amount)


def _refund(order: Row[Any], note: Posted, amount: Decimal) -> PersonTask:
    currency = note.draft.currency
    said = plain_amount(amount, currency)
    kind = "milestone" if order.is_milestone else "advance"
    less = "at its milestones" if order.is_milestone else "in advance"
    why = (
        "was cancelled"
        if _is_cancelled(order)
        else f"came to less than was paid {less}"
    )
    return PersonTask(
        task_key=f"{REFUND}:{note.invoice_no}",
        kind=REFUND,
        team=resources().policy.owner_of_step("payments"),
        text=f"order {order.order_no} {why}: credit note {note.invoice_no} gives back "
        f"what is left of its {kind} {order.invoice_no}, of which {said} {currency} "
        "came and is owed for nothing else of the order; pay it back, or leave it to "
        "the customer as credit",
        customer_id=note.draft.customer_id,
        entity="order",
        entity_id=order.order_id,
        amount=rounded_to_minor(amount, currency),
        currency=currency,
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
