"""Row 74: any changed byte of a joint credit note's parts is found by adv audit."""

from decimal import Decimal

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DataError, IntegrityError

from adv_domain.store.audit import audit
from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import credit_part, credit_part_tax, invoice
from tasks.credits.credit_notes import credit_amount
from tests.tasks.test_joint_notes import (  # noqa: F401  # the fixture is used by its name
    LAST,
    ON,
    invoiced,
    together,
)
from tests.tasks.test_seals import _let_anything_stand, _other, _sealed, _Undo

PARTS = "credit_parts_are_as_posted"


def found(connection):
    return {one.name: one.violations for one in audit(connection)}[PARTS]


def seen_when(engine, statement):
    """Run a statement, audit, and take it back; True where it is found or refused."""
    seen = False
    try:
        with writing(engine) as connection:
            _let_anything_stand(connection)
            try:
                with connection.begin_nested():
                    connection.execute(statement)
            except (IntegrityError, DataError):  # the database itself refuses it
                return True
            seen = found(connection) > 0
            raise _Undo
    except _Undo:
        return seen


@pytest.fixture
def joint(invoiced):  # noqa: F811
    together(gross=Decimal("36.30"))
    together(gross=Decimal("1.00"))
    return invoiced


@pytest.mark.parametrize(
    "table", [credit_part, credit_part_tax], ids=lambda table: table.name
)
def test_row_74_any_changed_column_of_a_part_is_found(joint, table):
    assert _sealed(joint) == 0
    with reading(joint) as connection:
        assert found(connection) == 0
        row = connection.execute(select(table).limit(1)).one()
    one = (table.c.note_id == row.note_id) & (table.c.invoice_id == row.invoice_id)
    unseen = [
        column.name
        for column in table.c
        if not seen_when(
            joint,
            update(table)
            .where(one)
            .values({column.name: _other(column, row._mapping[column.name])}),
        )
    ]
    assert unseen == []


def test_row_74_parts_taken_away_or_put_in_are_found(joint):
    assert seen_when(joint, delete(credit_part_tax).where(credit_part_tax.c.rate > 0))
    with writing(joint) as connection:
        connection.execute(delete(credit_part_tax))
        connection.execute(delete(credit_part))
        assert found(connection) == 2
    assert _sealed(joint) == 0  # the notes themselves are whole
    number = credit_amount(
        invoice_no=LAST,
        amount=Decimal("1.21"),
        reason_code="price",
        reason="x",
        by="Ana",
        on=ON,
    )
    with reading(joint) as connection:
        note_id = connection.execute(
            select(invoice.c.id).where(invoice.c.invoice_no == number)
        ).scalar_one()
    extra = {
        "note_id": note_id,
        "invoice_id": 1,
        "gross": Decimal(0),
        "rounding": Decimal(0),
    }
    with writing(joint) as connection:
        connection.execute(insert(credit_part).values(extra))
        assert found(connection) == 3


def test_row_74_who_hashes_changed_parts_anew_breaks_the_notes_seal(joint):
    with writing(joint) as connection:
        connection.execute(
            update(invoice).where(invoice.c.id == 3).values(parts_hash="0" * 64)
        )
    assert _sealed(joint) == 1
    with writing(joint) as connection:
        connection.execute(
            update(invoice).where(invoice.c.id == 3).values(parts_hash=None)
        )
    assert _sealed(joint) == 1


def test_row_74_a_joint_note_of_before_verifies_as_it_did(invoiced, monkeypatch):  # noqa: F811
    """Its seal was made without the hash; its sums are still looked at."""
    from adv_domain.rules.credits import joint_credits

    with monkeypatch.context() as patched:
        patched.setattr(joint_credits, "parts_hash", lambda _: None)
        together(gross=Decimal("36.30"))
    together(gross=Decimal("1.00"))
    with reading(invoiced) as connection:
        assert {one.name for one in audit(connection) if one.violations} <= {
            "handed_orders_have_a_message"  # builders ship without it
        }
        hashes = list(
            connection.execute(
                select(invoice.c.parts_hash)
                .where(invoice.c.kind == "credit_note")
                .order_by(invoice.c.id)
            ).scalars()
        )
    assert hashes[0] is None
    assert len(hashes[1]) == 64
