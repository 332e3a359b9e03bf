"""What does a payment term's code stand for?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from adv_domain.store.company import COMPANY_ID
from adv_domain.store.rows import among
from adv_domain.store.tables import customer, payment_term


def term_codes(connection: Connection) -> list[str]:
    """Return the codes of all terms, in order."""
    codes = connection.execute(
        select(payment_term.c.code).order_by(payment_term.c.code)
    )
    return list(codes.scalars())


def term_definitions(
    connection: Connection, codes: Collection[str]
) -> dict[str, dict[str, Any]]:
    """Return the JSON forms of these terms, by code."""
    rows = connection.execute(
        select(payment_term.c.code, payment_term.c.definition).where(
            among(connection, payment_term.c.code, sorted(codes))
        )
    )
    return {row.code: row.definition for row in rows}


@dataclass(frozen=True, slots=True)
class TermHolders:
    """How many customers of a country and kind have a term; the first one by code."""

    code: str
    country: str
    party_kind: str
    count: int
    first_code: str


def all_terms(connection: Connection) -> Sequence[Row[Any]]:
    """Return every term, in order of its code."""
    return connection.execute(
        select(
            payment_term.c.code, payment_term.c.name, payment_term.c.definition
        ).order_by(payment_term.c.code)
    ).all()


def term_holders(connection: Connection) -> list[TermHolders]:
    """Return who has which term, counted by country and kind, in a fixed order."""
    whose = (customer.c.payment_terms, customer.c.country, customer.c.party_kind)
    rows = connection.execute(
        select(*whose, func.count(), func.min(customer.c.code))
        .where(customer.c.company_id == COMPANY_ID)
        .group_by(*whose)
        .order_by(*whose)
    )
    return [TermHolders(*row) for row in rows]


def term_definition(connection: Connection, code: str) -> Any | None:
    """Return the term's JSON form, None where no term has the code."""
    return connection.execute(
        select(payment_term.c.definition).where(payment_term.c.code == code)
    ).scalar()
