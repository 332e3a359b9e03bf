"""Which rebates were agreed, and what was invoiced to their customers?"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, Connection, and_, func, select

from adv_domain.rules.credits.rebates import RebateAgreement, RebateRecord
from adv_domain.store.billing.covers import from_json
from adv_domain.store.columns import AMOUNT
from adv_domain.store.rows import among
from adv_domain.store.tables import customer, invoice, rebate

REBATE_REASON = "rebate"
"""The reason of a credit note that gives a rebate: it is no turnover."""
_NET = func.sum(invoice.c.net, type_=AMOUNT)


def read_rebates(connection: Connection, *, on: date) -> list[RebateRecord]:
    """Return the rows of the agreements that had begun by a day and end within a year.

    One that ended longer ago is settled.
    """
    year_before = date(on.year - 1, 1, 1)
    rows = connection.execute(
        select(
            rebate.c.customer_code,
            rebate.c.currency,
            rebate.c.valid_from,
            rebate.c.valid_to,
            rebate.c.threshold,
            rebate.c.rate,
            rebate.c.basis,
        )
        .where(rebate.c.valid_from <= on, rebate.c.valid_to > year_before)
        .order_by(rebate.c.customer_code, rebate.c.valid_from, rebate.c.threshold)
    )
    return [RebateRecord(*row) for row in rows]


def read_names(connection: Connection, codes: Sequence[str]) -> dict[str, str]:
    """Return the customers' names by code."""
    rows = connection.execute(
        select(customer.c.code, customer.c.name).where(
            among(connection, customer.c.code, codes)
        )
    )
    return dict(rows.tuples().all())


def invoices_of_period(
    customer_code: str, *, first_on: date, last_on: date
) -> ColumnElement[bool]:
    """Say that a document is an invoice of the customer, issued in the period."""
    customer_id = (
        select(customer.c.id).where(customer.c.code == customer_code).scalar_subquery()
    )
    return and_(
        invoice.c.customer_id == customer_id,
        invoice.c.kind == "invoice",
        invoice.c.issued_on.between(first_on, last_on),
    )


def rebate_given(connection: Connection, agreement: RebateAgreement) -> Decimal:
    """Return what credit notes have given of an agreement's rebate, before tax."""
    rows = connection.execute(
        select(invoice.c.covers, invoice.c.net)
        .join(customer, customer.c.id == invoice.c.customer_id)
        .where(
            customer.c.code == agreement.customer_code,
            invoice.c.currency == agreement.currency,
            invoice.c.reason_code == REBATE_REASON,
            invoice.c.supplied_on == agreement.last_on,
        )
    )
    since = agreement.valid_from
    given = [-net for covers, net in rows if from_json(covers).supplied_from == since]
    return sum(given, Decimal(0))


def read_turnovers(
    connection: Connection, agreements: Sequence[RebateAgreement], *, on: date
) -> dict[RebateAgreement, Decimal]:
    """Return by agreement what was invoiced before tax until a day, less credit notes.

    Credit notes that give a rebate do not count, nor invoices of an earlier system.
    One statement.
    """
    codes = sorted({one.customer_code for one in agreements})
    rows = connection.execute(
        select(customer.c.code, invoice.c.currency, invoice.c.issued_on, _NET)
        .join(customer, customer.c.id == invoice.c.customer_id)
        .where(
            and_(
                among(connection, customer.c.code, codes),
                invoice.c.origin == "posted",
                invoice.c.issued_on <= on,
                invoice.c.issued_on
                >= min((one.valid_from for one in agreements), default=on),
                func.coalesce(invoice.c.reason_code, "") != REBATE_REASON,
            )
        )
        .group_by(customer.c.code, invoice.c.currency, invoice.c.issued_on)
    ).all()
    return {
        one: sum(
            [
                net
                for code, currency, issued_on, net in rows
                if (code, currency) == (one.customer_code, one.currency)
                and one.valid_from <= issued_on < one.valid_to
            ],
            Decimal(0),
        )
        for one in agreements
    }
