"""Beside the seal: what adv audit finds by holding tables against each other."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text, update

from adv_domain.store.audit import audit
from adv_domain.store.engine import reading
from adv_domain.store.tables import (
    advance_payment,
    allocation,
    cancelled_invoice,
    credit_part,
    instalment,
    invoice,
    payment_request,
    series,
)
from tasks.credits.credit_notes import credit_invoice
from tests.tasks.posted_kinds import LATER, a_few_kinds

D = Decimal


@pytest.fixture
def sound(engine):
    """Documents of every table, one of them cancelled; nothing is wrong with them."""
    a_few_kinds(engine)
    with reading(engine) as connection:
        whole = connection.execute(
            select(invoice.c.invoice_no).where(invoice.c.deducted == 0).order_by("id")
        ).scalars()
        number = list(whole)[1]
    credit_invoice(
        invoice_no=number, reason_code="price", reason="wrong", by="Ana", on=LATER
    )
    assert _broken(engine) == set()
    return engine


def _broken(engine):
    with reading(engine) as connection:
        found = {one.name for one in audit(connection) if one.violations}
    # its goods are shipped by the builders, without news of stock
    return found - {"handed_orders_have_a_message"}


def _first(table):
    key = next(iter(table.primary_key))
    return key == select(key).order_by(key).limit(1).scalar_subquery()


def _change(table, **values):
    return update(table).where(_first(table)).values(**values)


_SETTLED = select(instalment.c.id).where(
    instalment.c.open_amount == 0, instalment.c.amount != 0
)
_REPOINTED = (
    update(credit_part)
    .where(
        credit_part.c.invoice_id
        == select(func.min(credit_part.c.invoice_id)).scalar_subquery()
    )
    .values(invoice_id=1)
)
CHANGES = [
    ("numbers_are_of_their_series", _change(series, prefix="G")),
    ("numbers_are_of_their_series", _change(series, fiscal_year=2025)),
    ("numbers_are_of_their_series", _change(series, width=5)),
    ("numbers_are_of_their_series", _change(invoice, number=70)),
    (
        "series_end_with_their_last_document",
        _change(series, last_on=date(2026, 12, 31)),
    ),
    ("series_end_with_their_last_document", _change(series, last_on=None)),
    (
        "settled_items_name_their_day",
        update(instalment)
        .where(instalment.c.id.in_(_SETTLED))
        .values(settled_on=LATER + timedelta(days=1)),
    ),
    (
        "settled_items_name_their_day",
        update(instalment).where(instalment.c.id.in_(_SETTLED)).values(settled_on=None),
    ),
    (
        "settled_items_name_their_day",
        update(allocation).values(allocated_on=date(2025, 12, 1)),
    ),
    ("requests_are_as_asked", _change(payment_request, amount=D("10.90"))),
    ("requests_are_as_asked", _change(payment_request, reference="RF00X")),
    ("requests_are_as_asked", _change(payment_request, currency="USD")),
    ("requests_are_as_asked", _change(payment_request, order_id=2)),
    ("advance_invoices_are_of_their_money", _change(advance_payment, invoice_id=2)),
    ("advance_invoices_are_of_their_money", _change(advance_payment, invoice_id=None)),
    ("advance_invoices_are_of_their_money", _change(advance_payment, amount=D("5"))),
    ("credit_parts_are_as_posted", _REPOINTED),
    ("credit_parts_are_of_their_customer", _REPOINTED),
    ("cancelled_invoices_have_their_note", _change(cancelled_invoice, invoice_id=1)),
    ("cancelled_invoices_have_their_note", _change(cancelled_invoice, note_id=1)),
    (
        "cancelled_invoices_have_their_note",
        _change(cancelled_invoice, cancelled_on=LATER + timedelta(days=1)),
    ),
    ("cancelled_deliveries_are_as_chosen", _change(cancelled_invoice, choice="ignore")),
    (
        "cancelled_deliveries_are_as_chosen",
        _change(cancelled_invoice, choice="recreate", decided_on=LATER),
    ),
    (
        "cancelled_deliveries_are_as_chosen",
        _change(cancelled_invoice, decided_on=LATER),
    ),
]
"""What somebody changes, and the check that must see it."""


def test_row_74_what_is_changed_beside_the_sealed_rows_is_found(sound):
    # one database for all: each change is rolled back before the next
    unseen = []
    for check, statement in CHANGES:
        with sound.connect() as connection, connection.begin() as transaction:
            if sound.dialect.name == "sqlite":
                connection.execute(text("PRAGMA defer_foreign_keys = ON"))
            else:
                connection.execute(text("SET LOCAL session_replication_role = replica"))
            assert connection.execute(statement).rowcount
            found = {each.name: each for each in audit(connection)}
            transaction.rollback()
        if not found[check].violations:
            unseen.append(f"{check}: {statement.compile().params}")
    assert unseen == []
    assert _broken(sound) == set()
