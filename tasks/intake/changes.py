"""How are the changes and cancellations of a file kept until they are decided?

The validation step decides on them: before the orders of the day, so that none of
these is accepted as it is no longer wanted.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from adv_domain.rules.amendments.asked import asked_change, form_of
from adv_domain.rules.amendments.states import AmendmentState
from adv_domain.rules.orders.incoming import IncomingOrder
from adv_domain.store.company import COMPANY_ID
from adv_domain.store.intake.amendments import insert_amendments
from adv_domain.store.runs import Happening, record_events
from tasks.intake.fates import Known
from tasks.intake.order_rows import charges_column
from tasks.intake.tally import Taking
from tasks.resources import now


def keep_changes(
    connection: Connection,
    taking: Taking,
    orders: Sequence[IncomingOrder],
    known: Known,
) -> None:
    """Write the documents as proposed changes; key: customer, reference, content."""
    ids = insert_amendments(
        connection,
        company_id=COMPANY_ID,
        rows=[_row(taking, order, known) for order in orders],
    )
    record_events(
        connection,
        [
            Happening(
                entity="amendment",
                entity_id=key,
                what="proposed",
                actor=taking.run.actor,
                to_state=AmendmentState.PROPOSED,
                reason=f"{taking.name}, row {order.source_row}",
            )
            for key, order in zip(ids, orders, strict=True)
        ],
        business_date=taking.run.on,
        now=now(),
        run_id=taking.run.run_id,
    )


def _row(taking: Taking, order: IncomingOrder, known: Known) -> dict[str, Any]:
    asked = asked_change(
        order,
        payment_terms=known.standing.term_of(order),
        charges=charges_column(order.header),
    )
    return {
        "customer_code": order.header.customer,
        "customer_ref": order.header.customer_ref,
        "kind": "cancel" if asked.is_cancel else "change",
        "asked": form_of(asked),
        "content_hash": order.content_hash,
        "source_file_id": taking.file_id,
        "source_row": order.source_row,
        "received_at": known.standing.at,
        "received_on": taking.run.on,
    }
