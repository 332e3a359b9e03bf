"""Who sells, and with which tax rates and terms does a new database begin?"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select, update

from adv_domain.store.rows import insert_rows
from adv_domain.store.tables import company, payment_term, tax_rate

COMPANY_ID = 1


def write_company(connection: Connection, values: Mapping[str, Any]) -> None:
    """Write the selling company as the policy describes it."""
    known = connection.execute(
        select(company.c.id).where(company.c.id == COMPANY_ID)
    ).scalar()
    if known is None:
        insert_rows(connection, company, [{"id": COMPANY_ID, **values}])
    else:
        connection.execute(
            update(company).where(company.c.id == COMPANY_ID).values(**values)
        )


def write_first_tax_rates(
    connection: Connection, rates: Sequence[Mapping[str, Any]]
) -> None:
    """Give a database without tax rates its first ones."""
    if connection.execute(select(tax_rate.c.id).limit(1)).scalar() is None:
        insert_rows(connection, tax_rate, rates)


def write_first_terms(
    connection: Connection, terms: Sequence[Mapping[str, Any]]
) -> None:
    """Give a database without payment terms its first ones."""
    if connection.execute(select(payment_term.c.id).limit(1)).scalar() is None:
        insert_rows(connection, payment_term, terms)
