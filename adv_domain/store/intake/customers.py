"""Who are the customers of these codes, and who is added by his code alone?"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from adv_domain.store.company import COMPANY_ID
from adv_domain.store.rows import among, insert_rows
from adv_domain.store.tables import company, customer


class MailedCustomer(NamedTuple):
    """A customer as a mail needs to know him."""

    id: int
    name: str
    email: str | None
    language: str


def mailed_customer(connection: Connection, code: str) -> MailedCustomer | None:
    """Return the customer of the code, None where there is none."""
    found = connection.execute(
        select(*(customer.c[name] for name in MailedCustomer._fields)).where(
            customer.c.company_id == COMPANY_ID, customer.c.code == code
        )
    ).one_or_none()
    return None if found is None else MailedCustomer._make(found)


def place_of_customer(
    connection: Connection, code: str
) -> tuple[str, str | None, str] | None:
    """Return the customer's country, region of days off and kind, None without him."""
    rows = connection.execute(
        select(
            customer.c.country, customer.c.calendar_region, customer.c.party_kind
        ).where(customer.c.company_id == COMPANY_ID, customer.c.code == code)
    )
    return rows.tuples().one_or_none()


def selling_company(connection: Connection) -> Mapping[str, Any]:
    """Return the selling company's row."""
    found = connection.execute(select(company).where(company.c.id == COMPANY_ID))
    return dict(found.mappings().one())


def customer_ids(connection: Connection, codes: Collection[str]) -> dict[str, int]:
    """Return the ids of the customers of these codes, by code."""
    rows = connection.execute(
        select(customer.c.code, customer.c.id).where(
            customer.c.company_id == COMPANY_ID,
            among(connection, customer.c.code, sorted(codes)),
        )
    )
    return {row.code: row.id for row in rows}


class StandingCustomer(NamedTuple):
    """What stands of a customer while a file may give the rest."""

    code: str
    currency: str
    payment_terms: str
    country: str
    party_kind: str


def standing_customers(
    connection: Connection, codes: Collection[str]
) -> dict[str, StandingCustomer]:
    """Return what stands of the customers of these codes, by code."""
    rows = connection.execute(
        select(*(customer.c[name] for name in StandingCustomer._fields)).where(
            customer.c.company_id == COMPANY_ID,
            among(connection, customer.c.code, sorted(codes)),
        )
    )
    return {row.code: StandingCustomer._make(row) for row in rows}


def holders_of_terms(
    connection: Connection, codes: Collection[str]
) -> dict[str, list[tuple[str, str]]]:
    """Return of each term the countries and kinds of the customers who have it."""
    rows = connection.execute(
        select(customer.c.payment_terms, customer.c.country, customer.c.party_kind)
        .where(
            customer.c.company_id == COMPANY_ID,
            among(connection, customer.c.payment_terms, sorted(codes)),
        )
        .distinct()
        .order_by(customer.c.country, customer.c.party_kind)
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for code, country, party_kind in rows.tuples():
        found.setdefault(code, []).append((country, party_kind))
    return found


def add_bare_customers(
    connection: Connection,
    currencies: Mapping[str, str],
    *,
    payment_terms: str,
    now: datetime,
) -> None:
    """Add customers of whom only code and currency are known, as another system's
    receivables name them; the company's country and language stand in.
    """
    seller = selling_company(connection)
    rows: Sequence[Mapping[str, Any]] = [
        {
            "company_id": COMPANY_ID,
            "code": code,
            "name": code,
            "party_kind": "business",
            "country": seller["country"],
            "currency": currency,
            "language": seller["language"],
            "payment_terms": payment_terms,
            "means_of_payment": "transfer",
            "tax_category": "standard",
            "changed_at": now,
        }
        for code, currency in sorted(currencies.items())
    ]
    insert_rows(connection, customer, rows)
