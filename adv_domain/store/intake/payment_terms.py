"""What does a payment term's code stand for?"""

from typing import Any

from sqlalchemy import Connection, select

from adv_domain.store.tables import payment_term


def term_codes(connection: Connection) -> list[str]:
    """Return the codes of all terms, in order."""
    codes = connection.execute(
        select(payment_term.c.code).order_by(payment_term.c.code)
    )
    return list(codes.scalars())


def term_definition(connection: Connection, code: str) -> Any | None:
    """Return the term's JSON form, None where no term has the code."""
    return connection.execute(
        select(payment_term.c.definition).where(payment_term.c.code == code)
    ).scalar()
