"""Which payments wait for a person, and what is proposed for them?"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from adv_domain.store.rows import among, insert_rows
from adv_domain.store.tables import customer, match_proposal, payment

Proposed = Mapping[int, Sequence[tuple[tuple[str, ...], str]]]
"""By payment: invoices and why, the best first."""

_WHY_SIZE = 200


def replace_proposals(
    connection: Connection, payment_ids: Collection[int], proposed: Proposed
) -> None:
    """Write the proposals of the payments anew."""
    connection.execute(
        delete(match_proposal).where(
            among(connection, match_proposal.c.payment_id, payment_ids)
        )
    )
    insert_rows(
        connection,
        match_proposal,
        [
            {
                "payment_id": payment_id,
                "rank": rank,
                "invoices": list(invoices),
                "why": why[:_WHY_SIZE],
            }
            for payment_id, each in proposed.items()
            for rank, (invoices, why) in enumerate(each, start=1)
        ],
    )


def read_proposals(
    connection: Connection, payment_ids: Collection[int]
) -> dict[int, list[Row[Any]]]:
    """Read the proposals by payment, the best first."""
    found: dict[int, list[Row[Any]]] = {}
    rows = connection.execute(
        select(match_proposal)
        .where(among(connection, match_proposal.c.payment_id, payment_ids))
        .order_by(match_proposal.c.payment_id, match_proposal.c.rank)
    )
    for row in rows:
        found.setdefault(row.payment_id, []).append(row)
    return found


def payments_waiting(
    connection: Connection, *, states: Collection[str] = ("review", "unmatched")
) -> Sequence[Row[Any]]:
    """Read the payments that wait for a person, oldest booking first."""
    return connection.execute(
        select(payment, customer.c.code.label("customer_code"))
        .outerjoin(customer, customer.c.id == payment.c.customer_id)
        .where(payment.c.state.in_(tuple(states)))
        .order_by(payment.c.booked_on, payment.c.id)
    ).all()
