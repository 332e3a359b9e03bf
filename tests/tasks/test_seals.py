"""Row 74: any changed byte of a posted document is found by adv audit."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from click.testing import CliRunner
from sqlalchemy import Boolean, Date, Integer, delete, func, select, update
from sqlalchemy.exc import DataError, IntegrityError

from adv_domain.store.audit import audit
from adv_domain.store.billing import seals
from adv_domain.store.columns import JsonText, Moment, ScaledDecimal
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import insert_rows
from adv_domain.store.tables import (
    chain_head,
    instalment,
    invoice,
    invoice_charge,
    invoice_line,
    invoice_tax,
)
from flows.commands.audit import audit as audit_command
from flows.direct import run_directly
from tasks.credits.credit_notes import credit_invoice
from tests.builders import a_customer, a_delivery, a_product, an_order

ON = date(2026, 1, 31)
# what payments change, and the keys that nothing printed hangs on
_MAY_CHANGE = {
    "invoice": set(),
    "invoice_line": set(),
    "invoice_tax": {"id"},
    "instalment": {
        "id",
        "open_amount",
        "settled_on",
        "legacy_level",
        "legacy_level_on",
    },
}


@pytest.fixture
def posted(engine):
    """Three invoices of two lines and two instalments, and a credit note."""
    product_id = a_product(engine, name="Oak chair")
    for at in range(3):
        order_id = an_order(
            engine,
            customer_id=a_customer(engine, f"C{at}", payment_terms="two_halves"),
            product_id=product_id,
            no=f"O{at}",
            lines=2,
            payment_terms="two_halves",
        )
        a_delivery(engine, order_id)
    run_directly("invoicing", on=ON)
    credit_invoice(
        invoice_no="F-2026-000001",
        quantities={1: Decimal(1)},
        reason_code="return",
        reason="came back",
        by="Ana",
        on=ON,
    )
    return engine


def _violations(engine, *names):
    with reading(engine) as connection:
        found = {one.name: one for one in audit(connection)}
    return sum(found[name].violations for name in names)


def _sealed(engine):
    return _violations(
        engine,
        "documents_are_as_posted",
        "hash_chain",
        "chain_head_is_last_document",
    )


def _other(column, value):
    """Return another value of the column's kind, as near as can be."""
    if isinstance(column.type, ScaledDecimal):
        return (value or Decimal(0)) + Decimal(1).scaleb(-column.type.scale_kept)
    if isinstance(column.type, Moment):
        return (value or datetime(2026, 1, 1, tzinfo=UTC)) + timedelta(seconds=1)
    if isinstance(column.type, Date):
        return (value or ON) + timedelta(days=1)
    if isinstance(column.type, JsonText):
        return {"name": "other"} if value != {"name": "other"} else {}
    if isinstance(column.type, Boolean):
        return not value
    if isinstance(column.type, Integer):
        return (value or 0) + 1
    changed = (value or "x")[:-1] + ("y" if (value or "x")[-1] != "y" else "z")
    return changed[: column.type.length or len(changed)]


@pytest.mark.parametrize(
    "table",
    [invoice, invoice_line, invoice_tax, instalment],
    ids=lambda table: table.name,
)
def test_row_74_any_changed_column_of_a_posted_document_is_found(posted, table):
    assert _sealed(posted) == 0
    engine, unseen = posted, []
    for column in table.c:
        if column.name in _MAY_CHANGE[table.name]:
            continue
        if not _found_when_changed(engine, table, column):
            unseen.append(column.name)
    assert unseen == []
    assert _sealed(posted) == 0


class _Undo(Exception):
    pass


def _found_when_changed(engine, table, column):
    """Change one value, audit, and take the change back; True where it is seen."""
    seen = False
    try:
        with writing(engine) as connection:
            row = connection.execute(select(table).order_by(table.c.id).limit(1)).one()
            _let_anything_stand(connection)
            try:
                with connection.begin_nested():
                    connection.execute(
                        update(table)
                        .where(table.c.id == row.id)
                        .values(
                            {column.name: _other(column, row._mapping[column.name])}
                        )
                    )
            except (IntegrityError, DataError):  # the database itself refuses it
                return True
            found = {one.name: one.violations for one in audit(connection)}
            seen = found["documents_are_as_posted"] > 0
            raise _Undo
    except _Undo:
        return seen


def _let_anything_stand(connection):
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")


def test_row_74_a_line_taken_away_or_put_in_is_found(posted):
    with writing(posted) as connection:
        last = connection.execute(select(func.max(invoice_line.c.id))).scalar_one()
        row = dict(
            connection.execute(select(invoice_line).where(invoice_line.c.id == last))
            .one()
            ._mapping
        )
        connection.execute(delete(invoice_line).where(invoice_line.c.id == last))
    assert _violations(posted, "documents_are_as_posted") == 1
    with writing(posted) as connection:
        insert_rows(connection, invoice_line, [row])
    assert _sealed(posted) == 0
    extra = {
        "invoice_id": 1,
        "charge_no": 1,
        "description": "freight",
        "amount": Decimal(0),
        "tax_category": "standard",
        "tax_rate": Decimal("0.21"),
    }
    with writing(posted) as connection:
        insert_rows(connection, invoice_charge, [extra])
    assert _violations(posted, "documents_are_as_posted") == 1


def test_row_74_a_document_sealed_anew_breaks_the_next_and_the_last_the_head(posted):
    """Who knows the rule still cannot change one document alone."""
    with writing(posted) as connection:
        connection.execute(
            update(invoice).where(invoice.c.id == 2).values(seal="0" * 64)
        )
    assert _violations(posted, "documents_are_as_posted") == 2
    with writing(posted) as connection:
        connection.execute(update(chain_head).values(seal="1" * 64))
    assert _violations(posted, "chain_head_is_last_document") == 1
    told = CliRunner().invoke(audit_command, [])
    assert (told.exit_code, "F-2026-000002" in told.output) == (1, True)


def test_row_74_documents_of_before_the_seals_are_passed_over_until_the_first(posted):
    with writing(posted) as connection:
        connection.execute(update(invoice).values(seal=None))
        connection.execute(update(chain_head).values(seal=""))
    assert _sealed(posted) == 0
    order_id = an_order(posted, customer_id=1, product_id=1, no="NEXT")
    a_delivery(posted, order_id)
    run_directly("invoicing", on=ON)
    assert _sealed(posted) == 0
    with writing(posted) as connection:
        last = connection.execute(select(func.max(invoice.c.id))).scalar_one()
        connection.execute(
            update(invoice).where(invoice.c.id == last).values(seal=None)
        )
    assert _violations(posted, "chain_head_is_last_document") == 1


def test_a_column_that_came_later_leaves_older_seals_whole():
    said = {
        one.name: one for one in seals._COLUMNS[seals.invoice]
    }  # what is written of a document
    assert said["is_advance"].said(False) == ""
    assert said["is_advance"].said(True) == "is_advance=true;"
    assert said["deducted"].said(Decimal("0.000")) == ""
