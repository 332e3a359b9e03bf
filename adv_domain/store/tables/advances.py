"""The tables of advances: money asked for before stock is told, and what came."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from adv_domain.store.columns import AMOUNT, UNIT, JsonText
from adv_domain.store.tables.base import code, key, metadata, one_of, refers, where

REQUEST_STATES = ("open", "paid", "withdrawn")

payment_request = Table(
    "payment_request",
    metadata,
    key(),
    refers("order_id", "sales_order"),
    Column("request_no", Integer, nullable=False),
    code("reference", size=25),
    code("state", size=10),
    Column("rate", UNIT, nullable=False),
    Column("amount", AMOUNT, nullable=False),
    code("currency", size=3),
    Column("bases", JsonText, nullable=False),
    Column("order_gross", AMOUNT),
    Column("order_total", AMOUNT, nullable=False),
    Column("received", AMOUNT, nullable=False, server_default=text("0")),
    Column("asked_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("told_on", Date),
    Column("path", Text),
    code("sha256", size=64, optional=True),
    code("outbox_key", size=120, optional=True),
    Column("paid_on", Date),
    Column("withdrawn_on", Date),
    Column("reason", Text),
    one_of("state", REQUEST_STATES),
    CheckConstraint("amount > 0", name="amount_positive"),
    CheckConstraint("received >= 0", name="received_not_negative"),
    UniqueConstraint("order_id", "request_no"),
    UniqueConstraint("reference"),
    Index("ix_payment_request_open", "order_id", **where("state = 'open'")),
)

milestone = Table(
    "milestone",
    metadata,
    key(),
    refers("order_id", "sales_order"),
    Column("milestone_no", Integer, nullable=False),
    code("name", size=60),
    Column("rate", UNIT),
    Column("amount", AMOUNT),
    Column("due_on", Date),
    Column("reached_on", Date),
    code("reached_by", size=120, optional=True),
    refers("invoice_id", "invoice", optional=True),
    CheckConstraint("(rate IS NULL) != (amount IS NULL)", name="rate_or_amount"),
    UniqueConstraint("order_id", "milestone_no"),
    UniqueConstraint("order_id", "name"),
    Index("ix_milestone_invoice_id", "invoice_id"),
    Index("ix_milestone_to_invoice", "id", **where("invoice_id IS NULL")),
)

advance_payment = Table(
    "advance_payment",
    metadata,
    key(),
    refers("request_id", "payment_request"),
    refers("payment_id", "payment"),
    Column("amount", AMOUNT, nullable=False),
    Column("paid_on", Date, nullable=False),
    refers("invoice_id", "invoice", optional=True),
    CheckConstraint("amount > 0", name="amount_positive"),
    UniqueConstraint("request_id", "payment_id"),
    Index("ix_advance_payment_payment_id", "payment_id"),
    Index("ix_advance_payment_invoice_id", "invoice_id"),
    Index("ix_advance_payment_to_invoice", "id", **where("invoice_id IS NULL")),
)
