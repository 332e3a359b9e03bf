"""Which changes of orders were sent before, and how are new ones kept?"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from adv_domain.store.bulk_update import update_rows
from adv_domain.store.intake.order_intake import OrderKey
from adv_domain.store.rows import among_pairs, insert_rows, take_ids
from adv_domain.store.tables import amendment


class KnownAmendment(NamedTuple):
    """A change of the customer and reference of a document coming in."""

    id: int
    customer_code: str
    customer_ref: str
    content_hash: str
    source_file_id: int | None


def known_amendments(
    connection: Connection, *, company_id: int, keys: Collection[OrderKey]
) -> dict[OrderKey, list[KnownAmendment]]:
    """Return the changes of these customers and references, by both, as they came."""
    name = (amendment.c.customer_code, amendment.c.customer_ref)
    rows = connection.execute(
        select(*(amendment.c[field] for field in KnownAmendment._fields))
        .where(
            amendment.c.company_id == company_id, among_pairs(connection, name, keys)
        )
        .order_by(amendment.c.id)
    )
    found: dict[OrderKey, list[KnownAmendment]] = {}
    for row in rows:
        known = KnownAmendment._make(row)
        found.setdefault((known.customer_code, known.customer_ref), []).append(known)
    return found


def rename_amendments(
    connection: Connection, *, company_id: int, names: Mapping[OrderKey, str]
) -> None:
    """Give the changes of these customers and references the customer's new code."""
    known = known_amendments(connection, company_id=company_id, keys=set(names))
    rows = [(one.id, names[key]) for key, found in known.items() for one in found]
    update_rows(connection, amendment, ("customer_code",), rows)


def insert_amendments(
    connection: Connection, *, company_id: int, rows: Sequence[Mapping[str, Any]]
) -> list[int]:
    """Write proposed changes; return the id given to each."""
    if not rows:
        return []
    ids = list(take_ids(connection, amendment, len(rows)))
    insert_rows(
        connection,
        amendment,
        [
            {"id": key, "company_id": company_id, "state": "proposed", **row}
            for key, row in zip(ids, rows, strict=True)
        ],
    )
    return ids
