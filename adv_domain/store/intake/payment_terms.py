"""What does a payment term's code stand for?"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, select

from adv_domain.store.rows import among
from adv_domain.store.tables import payment_term


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


def term_definition(connection: Connection, code: str) -> Any | None:
    """Return the term's JSON form, None where no term has the code."""
    return connection.execute(
        select(payment_term.c.definition).where(payment_term.c.code == code)
    ).scalar()
