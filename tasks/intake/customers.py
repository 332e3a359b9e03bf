"""What of a customer's row can only be checked against the database?"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from adv_domain.rules.orders.master_data import FieldFault, decimals_fault
from adv_domain.store.intake.customers import customer_currencies
from adv_domain.store.intake.payment_terms import term_codes

CheckedRow = tuple[Mapping[str, Any], Collection[str]]
"""A row as it would be written, and the columns that its file gave."""

_MOST_NAMED = 20
_GIVEN_IN_JSON = "given-"


def nothing_wrong(_: Connection, rows: Sequence[CheckedRow]) -> list[FieldFault | None]:
    """Find no fault: all that can be wrong of the kind was seen in its file."""
    return [None] * len(rows)


def wrong_customers(
    connection: Connection, rows: Sequence[CheckedRow]
) -> list[FieldFault | None]:
    """Tell for each customer what is wrong: unknown terms, a limit too precise.

    The terms that the policy gives to a customer without any are not looked at.
    """
    terms = term_codes(connection)
    standing = customer_currencies(
        connection, [row["code"] for row, given in rows if "currency" not in given]
    )
    return [
        _unknown_terms(row, given, terms)
        or _too_precise(row, standing.get(row["code"]) or row["currency"])
        for row, given in rows
    ]


def _unknown_terms(
    row: Mapping[str, Any], given: Collection[str], terms: Sequence[str]
) -> FieldFault | None:
    code = row["payment_terms"]
    if "payment_terms" not in given or code in terms:
        return None
    named = [each for each in terms if not each.startswith(_GIVEN_IN_JSON)]
    more = ", …" if len(named) > _MOST_NAMED else ""
    message = (
        f"{code} is not known; known are {', '.join(named[:_MOST_NAMED])}{more}; "
        "correct it or import it as payment_terms first"
    )
    return "payment_terms", "unknown_terms", message


def _too_precise(row: Mapping[str, Any], currency: str) -> FieldFault | None:
    limit = row["credit_limit"]
    return None if limit is None else decimals_fault("credit_limit", limit, currency)
