"""Tables of second thoughts: cancelled invoices, undone runs, usual volumes."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from adv_domain.store.columns import AMOUNT, KEY, Moment
from adv_domain.store.tables.base import code, key, metadata, one_of, refers, where

REBILL_CHOICES = ("asked", "recreate", "ignore")

cancelled_invoice = Table(
    "cancelled_invoice",
    metadata,
    Column("invoice_id", KEY, ForeignKey("invoice.id"), primary_key=True),
    refers("note_id", "invoice"),
    Column("was_sent", Boolean, nullable=False),
    code("choice", size=10),
    Column("cancelled_on", Date, nullable=False),
    Column("decided_on", Date),
    code("decided_by", size=120, optional=True),
    Column("reason", Text),
    one_of("choice", REBILL_CHOICES),
    Index("ix_cancelled_invoice_note_id", "note_id"),
    Index("ix_cancelled_invoice_asked", "invoice_id", **where("choice = 'asked'")),
)

cancelled_billing = Table(
    "cancelled_billing",
    metadata,
    Column("delivery_line_id", KEY, ForeignKey("delivery_line.id"), primary_key=True),
    Column("invoice_line_id", KEY, ForeignKey("invoice_line.id"), primary_key=True),
)

run_undo = Table(
    "run_undo",
    metadata,
    Column("run_id", KEY, ForeignKey("run.id"), primary_key=True),
    code("reason_code", size=20),
    Column("reason", Text, nullable=False),
    code("choice", size=10),
    code("asked_by", size=120),
    Column("asked_on", Date, nullable=False),
    Column("asked_at", Moment, nullable=False),
    one_of("choice", REBILL_CHOICES),
)

run_brake = Table(
    "run_brake",
    metadata,
    key(),
    code("step"),
    Column("business_date", Date, nullable=False),
    Column("documents", Integer, nullable=False),
    Column("amount", AMOUNT, nullable=False),
    Column("usual_documents", Integer),
    Column("usual_amount", AMOUNT),
    Column("stopped_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
    code("confirmed_by", size=120, optional=True),
    Column("reason", Text),
    UniqueConstraint("step", "business_date", "documents", "amount"),
)

run_volume = Table(
    "run_volume",
    metadata,
    Column("run_id", KEY, ForeignKey("run.id"), primary_key=True),
    code("step"),
    Column("business_date", Date, nullable=False),
    Column("documents", Integer, nullable=False),
    Column("amount", AMOUNT, nullable=False),
    Index("ix_run_volume_step_date", "step", "business_date"),
)
