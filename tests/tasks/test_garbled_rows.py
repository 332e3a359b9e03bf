"""Whatever is written into a column, adv audit says BROKEN and does the rest."""

import pytest
from click.testing import CliRunner
from sqlalchemy import Boolean, Date, Integer, text
from sqlalchemy.exc import DBAPIError

from adv_domain.store.audit import audit
from adv_domain.store.billing.seals import broken_seals
from adv_domain.store.columns import Moment, ScaledDecimal
from adv_domain.store.engine import reading, writing
from adv_domain.store.stored import as_stored
from adv_domain.store.tables import (
    allocation,
    chain_head,
    credit_part,
    credit_part_tax,
    instalment,
    invoice,
    invoice_charge,
    invoice_line,
    invoice_tax,
    payment,
    payment_request,
    series,
)
from flows.commands.audit import audit as audit_command
from tasks.resources import resources
from tests.tasks.posted_kinds import a_few_kinds

_SEALED = (invoice, invoice_line, invoice_tax, invoice_charge, instalment)
_BESIDE = (
    series,
    chain_head,
    credit_part,
    credit_part_tax,
    allocation,
    payment,
    payment_request,
)
_EVERY = (*_SEALED, *_BESIDE)
# what payments change by their nature, and keys that nothing printed hangs on
_NOT_SEALED = {"id", "open_amount", "settled_on", "legacy_level", "legacy_level_on"}
_GARBAGE_OF_SQLITE = ("'{'", "x'fffe00'", "'2026-99-99'", "'NaN'", "1.5")


@pytest.fixture
def posted(engine):
    a_few_kinds(engine)
    return engine


def _garbage(engine, column):
    """Return what the database lets stand in the column though nobody writes it."""
    if engine.dialect.name == "sqlite":
        return _GARBAGE_OF_SQLITE
    kind = column.type
    if isinstance(kind, ScaledDecimal):
        return ("'NaN'", "123456")
    if isinstance(kind, Date | Moment):
        return ("'infinity'", "'0044-03-15 BC'")
    if isinstance(kind, Boolean):
        return (f"NOT {column.name}",)
    if isinstance(kind, Integer):
        return ("2147483647",)
    return ("'{'", "'x'")


def _with(engine, table, column, garbage, look):
    """Look at the database with the garbage in one row; None where it is refused."""
    names = ", ".join(key.name for key in table.primary_key)
    first = f"SELECT {names} FROM {table.name} ORDER BY {names} LIMIT 1"
    with engine.connect() as connection, connection.begin() as transaction:
        if engine.dialect.name == "sqlite":
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
            connection.execute(text("PRAGMA ignore_check_constraints = ON"))
        try:
            with connection.begin_nested():
                changed = connection.execute(
                    text(
                        f"UPDATE {table.name} SET {column.name} = {garbage} "
                        f"WHERE ({names}) = ({first})"
                    )
                )
        except DBAPIError:
            found = None
        else:
            assert changed.rowcount == 1, table
            found = look(connection)
        if engine.dialect.name == "sqlite":
            connection.execute(text("PRAGMA ignore_check_constraints = OFF"))
        transaction.rollback()
    return found


def _seals(connection):
    with as_stored(connection):
        return [one for one in broken_seals(connection) if one]


def _broken(connection):
    return {one.name: one.first for one in audit(connection) if one.violations}


def test_row_74_garbage_in_any_column_of_a_posted_document_names_it(posted):
    unseen = [
        (table.name, column.name, garbage)
        for table in _SEALED
        for column in table.c
        if column.name not in _NOT_SEALED
        for garbage in _garbage(posted, column)
        if _with(posted, table, column, garbage, _seals) == []
    ]
    assert unseen == []
    with reading(posted) as connection:
        assert _seals(connection) == []


def test_row_74_garbage_in_any_column_leaves_every_other_check_done(posted):
    with reading(posted) as connection:
        names = [one.name for one in audit(connection)]
    columns = [(table, column) for table in _EVERY for column in table.c]
    for at, (table, column) in enumerate(columns):
        choice = _garbage(posted, column)
        garbage = choice[at % len(choice)]
        found = _with(posted, table, column, garbage, audit)
        assert found is None or [one.name for one in found] == names


def test_row_74_a_broken_byte_is_told_with_the_number_of_its_document(posted):
    with writing(posted) as connection:
        connection.execute(
            text("UPDATE invoice SET seller = '{' WHERE invoice_no = 'F-2026-000002'")
        )
    result = CliRunner().invoke(audit_command, [])
    assert (result.exit_code, result.exception.__class__) == (1, SystemExit)
    [told] = [line for line in result.stdout.splitlines() if "documents_are" in line]
    assert told.startswith("BROKEN  documents_are_as_posted: 1 of 6: F-2026-000002")
    assert "ok      hash_chain: 6 rows" in result.stdout


def test_row_74_what_cannot_be_read_is_told_with_its_column(sqlite_home):
    engine = resources().engine
    a_few_kinds(engine)
    for garbage, told in (("'2026-1-31'", " invoice.issued_on"), ("NULL", "")):
        found = _with(engine, invoice, invoice.c.issued_on, garbage, _seals)
        assert found in (None, [f"F-2026-000001{told}"])
    line = _with(engine, invoice_line, invoice_line.c.qty, "'three'", _broken)
    assert line["documents_are_as_posted"] == ("F-2026-000001 invoice_line.qty",)
    assert line["line_net_is_quantity_times_price"] == ("F-2026-000001 line 1",)
    for table in (credit_part, credit_part_tax):
        column = table.c[{credit_part: "gross"}.get(table, "tax")]
        parts = _with(engine, table, column, "'{'", _broken)
        assert parts["credit_parts_are_as_posted"] == ("A-2026-000001",)
