"""Invariants 24 and 26: a second run changes nothing, what is posted never changes.

Series of credit notes of every kind: tests/tasks/test_credit_sequences.py.
"""

from sqlalchemy import func, select

from adv_domain.store.columns import AMOUNT
from adv_domain.store.engine import reading
from adv_domain.store.tables import (
    credit_part,
    credit_part_tax,
    document,
    failure,
    invoice,
    invoice_charge,
    invoice_line,
    invoice_tax,
)
from tests.tasks import two_nights as nights
from tests.tasks.nights_end import facts, files

FROZEN = (
    invoice,
    invoice_line,
    invoice_tax,
    invoice_charge,
    credit_part,
    credit_part_tax,
    document,
)


def _posted(engine):
    """Every row of every posted document, under its table and key."""
    with reading(engine) as connection:
        return {
            (table.name, *(row[key.name] for key in table.primary_key)): dict(row)
            for table in FROZEN
            for row in connection.execute(select(table)).mappings()
        }


def _set_aside(engine):
    """Return what stands aside."""
    with reading(engine) as connection:
        return connection.execute(
            select(failure.c.step, failure.c.document)
            .where(failure.c.resolved_at.is_(None))
            .order_by(failure.c.id)
        ).all()


def test_invariant_24_every_phase_run_twice_leaves_what_it_left_once(engine, home):
    """No new document, no changed amount or state, no changed byte, no second mail."""
    nights.founded(engine, home)
    for name, work, afterwards in nights.NIGHTS:
        work()
        once = (name, facts(engine), files(home), _set_aside(engine))
        work()
        assert (name, facts(engine), files(home), _set_aside(engine)) == once
        if afterwards:
            afterwards(engine)
    assert nights.broken(engine) == []


def test_invariant_26_what_is_posted_never_changes_whatever_comes_after(engine, home):
    """Credit notes, a run taken back, money, mails: other documents correct it."""
    nights.founded(engine, home)
    standing = {}
    for _, work, afterwards in nights.NIGHTS:
        work()
        if afterwards:
            afterwards(engine)
        now = _posted(engine)
        assert {key: now.get(key) for key in standing} == standing
        standing = now
    assert _beyond_their_invoice(engine) == []
    assert len([key for key in standing if key[0] == "invoice"]) == 28


def _beyond_their_invoice(engine):
    """Invoices that gave back more than they were of, over all their notes."""
    note = invoice.alias("note")
    whole = (
        select(func.coalesce(func.sum(note.c.gross, type_=AMOUNT), 0))
        .where(note.c.corrects_id == invoice.c.id)
        .scalar_subquery()
    )
    parts = (
        select(func.coalesce(func.sum(credit_part.c.gross, type_=AMOUNT), 0))
        .where(credit_part.c.invoice_id == invoice.c.id)
        .scalar_subquery()
    )
    with reading(engine) as connection:
        rows = connection.execute(
            select(invoice.c.invoice_no, invoice.c.gross, whole, parts).where(
                invoice.c.kind == "invoice"
            )
        ).all()
    return [no for no, gross, noted, parted in rows if noted + parted + gross < 0]
