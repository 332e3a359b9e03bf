"""How are the decisions on a batch of money written: allocations, states, questions?"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row

from adv_domain.rules.payments.match_decision import Decision
from adv_domain.rules.payments.open_items import OpenItem
from adv_domain.rules.payments.returned import ReturnDecision
from adv_domain.store.payments.discounts import TakenBy, drop_early_discounts
from adv_domain.store.payments.reviews import replace_proposals
from adv_domain.store.payments.settling import (
    Giving,
    PaymentChange,
    allocate,
    live_allocations,
    undo_allocations,
    update_payments,
)
from adv_domain.store.runs import Happening, record_events
from tasks.batches import BatchResult
from tasks.payments.match_batch import Matched, Returned
from tasks.resources import now
from tasks.step import RunRef

_ZERO = Decimal(0)


def write_matched(
    connection: Connection, run: RunRef, batch: Matched, result: BatchResult
) -> list[TakenBy]:
    """Write what the money settles, what is proposed, and each payment's new state.

    A question that is answered as before is not written again. Returns the discounts
    taken, whose credit notes are the transaction's last act.
    """
    changed = [pair for pair in batch.decisions if _is_news(*pair)]
    if not changed:
        return []
    at = now()
    allocate(connection, _givings(changed, batch.items), by=run.actor, at=at)
    update_payments(connection, [_decided_row(row, done) for row, done in changed])
    replace_proposals(
        connection,
        [row.id for row, _done in changed],
        {
            row.id: [(each.invoices, each.why) for each in done.proposals]
            for row, done in changed
            if done.proposals
        },
    )
    record_events(
        connection,
        [_happening(row, done.state, run, done.evidence) for row, done in changed],
        business_date=run.on,
        now=at,
        run_id=run.run_id,
    )
    for _row, done in changed:
        result.done[str(done.state)] += 1
    return [
        TakenBy(taken, _customer(done))
        for _row, done in changed
        for taken in done.discounts
    ]


def write_returned(
    connection: Connection, run: RunRef, batch: Returned, result: BatchResult
) -> None:
    """Reopen what a payment that came back had settled, with the bank's reason."""
    changed = [pair for pair in batch.decisions if _return_is_news(*pair)]
    if not changed:
        return
    undone = {
        done.payment_id: row for row, done in changed if done.payment_id is not None
    }
    reasons = {key: row.reason or "returned by the bank" for key, row in undone.items()}
    live = live_allocations(connection, undone)
    undo_allocations(
        connection,
        live,
        reversed_on={key: row.booked_on for key, row in undone.items()},
        reasons=reasons,
    )
    drop_early_discounts(
        connection, {one.instalment_id for one in live}, on=run.on, by=run.actor
    )
    originals = [batch.originals[key] for key in undone]
    update_payments(
        connection,
        [_undone_row(row, reasons[row.id]) for row in originals]
        + [_return_row(row, done, batch.originals) for row, done in changed],
    )
    replace_proposals(connection, list(undone), {})
    events = [_happening(row, "reversed", run, reasons[row.id]) for row in originals]
    events += [
        _happening(row, _return_state(done), run, done.evidence)
        for row, done in changed
    ]
    record_events(
        connection, events, business_date=run.on, now=now(), run_id=run.run_id
    )
    result.done["returned"] += len(undone)
    result.done["review"] += len(changed) - len(undone)


def _is_news(row: Row[Any], done: Decision) -> bool:
    return (row.state, row.customer_id, row.reason) != (
        str(done.state),
        done.customer_id,
        done.evidence,
    )


def _return_is_news(row: Row[Any], done: ReturnDecision) -> bool:
    return bool(row.state != _return_state(done))


def _return_state(done: ReturnDecision) -> str:
    return "review" if done.payment_id is None else "matched"


def _givings(
    changed: Iterable[tuple[Row[Any], Decision]], items: Mapping[int, OpenItem]
) -> list[Giving]:
    return [
        Giving(
            instalment_id=share.instalment_id,
            amount=share.amount,
            allocated_on=_paid_on(row.booked_on, items[share.instalment_id]),
            evidence=done.evidence,
            payment_id=row.id,
        )
        for row, done in changed
        for share in done.shares
    ]


def _paid_on(booked_on: date, item: OpenItem) -> date:
    """Return when the item counts as paid: money may come before the invoice."""
    return max(booked_on, item.issued_on or booked_on)


def _decided_row(row: Row[Any], done: Decision) -> PaymentChange:
    return PaymentChange(
        payment_id=row.id,
        state=str(done.state),
        customer_id=done.customer_id,
        unapplied_amount=done.unapplied,
        reversed_amount=row.reversed_amount,
        reverses_id=None,
        reason=done.evidence,
    )


def _undone_row(row: Row[Any], reason: str) -> PaymentChange:
    return PaymentChange(
        payment_id=row.id,
        state="reversed",
        customer_id=row.customer_id,
        unapplied_amount=_ZERO,
        reversed_amount=row.amount - row.refunded_amount,
        reverses_id=None,
        reason=reason,
    )


def _return_row(
    row: Row[Any], done: ReturnDecision, originals: Mapping[int, Row[Any]]
) -> PaymentChange:
    original = None if done.payment_id is None else originals[done.payment_id]
    return PaymentChange(
        payment_id=row.id,
        state=_return_state(done),
        customer_id=None if original is None else original.customer_id,
        unapplied_amount=row.amount if original is None else _ZERO,
        reversed_amount=_ZERO if original is None else row.amount,
        reverses_id=done.payment_id,
        reason=row.reason or done.evidence,
    )


def _customer(done: Decision) -> int:
    if done.customer_id is None:
        raise ValueError(f"payment {done.payment_id} settles items of nobody")
    return done.customer_id


def _happening(row: Row[Any], state: str, run: RunRef, why: str) -> Happening:
    return Happening(
        entity="payment",
        entity_id=row.id,
        what=str(state),
        actor=run.actor,
        from_state=row.state,
        to_state=str(state),
        reason=why,
    )
