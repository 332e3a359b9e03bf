"""What becomes of money held for an advance that its order has no use for?

The order was cancelled, came to less, or was invoiced before the advance was: there is
nothing to invoice, so the money is the customer's credit, and a person's to pay back or
to settle the order's invoice with.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row

from adv_domain.rules.money import rounded_to_minor
from adv_domain.store.advances.advance_payments import let_go
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.worklist import PersonTask, open_tasks
from tasks.batches import BatchResult
from tasks.resources import now, resources
from tasks.step import RunRef

REFUND = "refund"


def release(
    run: RunRef,
    connection: Connection,
    unused: Sequence[Row[Any]],
    result: BatchResult,
) -> None:
    """Hold the payments for their orders no longer, and ask who is to pay them back."""
    if not unused:
        return
    let_go(connection, [row.payment_id for row in unused])
    record_events(
        connection,
        [
            Happening(
                "order",
                row.order_id,
                "advance released",
                run.actor,
                reason=f"payment {row.payment_id}: nothing of the order is left for it",
            )
            for row in unused
        ],
        business_date=run.on,
        now=now(),
        run_id=run.run_id,
    )
    open_tasks(
        connection,
        [_refund(row) for row in unused],
        opened_on=run.on,
    )
    result.done["advances released"] += len(unused)


def _refund(row: Row[Any]) -> PersonTask:
    amount = rounded_to_minor(row.amount, row.currency)
    return PersonTask(
        task_key=f"{REFUND}:payment:{row.payment_id}",
        kind=REFUND,
        team=resources().policy.owner_of_step("payments"),
        text=f"payment {row.payment_id} was an advance of order {row.order_no}, of "
        f"which nothing is left to invoice: pay {amount:f} {row.currency} back, leave "
        "it to the customer as credit, or settle an invoice with it (adv payment match "
        f"{row.payment_id} INVOICE --by NAME --reason TEXT)",
        customer_id=row.buyer_id,
        entity="order",
        entity_id=row.order_id,
        amount=amount,
        currency=row.currency,
    )
