"""What of a customer's row can only be checked against the database?"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from adv_domain.rules.faults import FieldFault
from adv_domain.rules.orders.master_data import decimals_fault, is_given_term
from adv_domain.store.intake.customers import StandingCustomer, standing_customers
from adv_domain.store.intake.payment_terms import term_codes
from tasks.intake.checked_rows import CheckedRow
from tasks.intake.legal_terms import beyond_the_law

_MOST_NAMED = 20


def nothing_wrong(
    _: Connection, rows: Sequence[CheckedRow], _on: date
) -> list[FieldFault | None]:
    """Find no fault: all that can be wrong of the kind was seen in its file."""
    return [None] * len(rows)


def wrong_customers(
    connection: Connection, rows: Sequence[CheckedRow], on: date
) -> list[FieldFault | None]:
    """Tell for each customer what is wrong: unknown or too long terms, a limit too
    precise.

    The terms that the policy gives to a customer without any are not looked at.
    """
    terms = term_codes(connection)
    standing = standing_customers(connection, [row["code"] for row, _ in rows])
    too_long = beyond_the_law(connection, rows, standing, on)
    return [
        _unknown_terms(row, given, terms)
        or _too_precise(row, given, standing.get(row["code"]))
        or beyond
        for (row, given), beyond in zip(rows, too_long, strict=True)
    ]


def _unknown_terms(
    row: Mapping[str, Any], given: Collection[str], terms: Sequence[str]
) -> FieldFault | None:
    code = row["payment_terms"]
    if "payment_terms" not in given or code in terms:
        return None
    named = [each for each in terms if not is_given_term(each)]
    more = ", …" if len(named) > _MOST_NAMED else ""
    message = (
        f"{code} is not known; known are {', '.join(named[:_MOST_NAMED])}{more}; "
        "correct it or import it as payment_terms first"
    )
    return "payment_terms", "unknown_terms", message


def _too_precise(
    row: Mapping[str, Any], given: Collection[str], standing: StandingCustomer | None
) -> FieldFault | None:
    limit, currency = row["credit_limit"], row["currency"]
    if standing is not None and "currency" not in given:
        currency = standing.currency
    return None if limit is None else decimals_fault("credit_limit", limit, currency)
