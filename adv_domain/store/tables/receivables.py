"""Tables of money in: statements, payments, allocations, disputes, promises."""

from sqlalchemy import (
    Boolean,
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

from adv_domain.store.columns import AMOUNT, JsonText, Moment
from adv_domain.store.tables.base import code, key, metadata, one_of, refers, where

PAYMENT_KINDS = ("bank", "manual", "legacy")
PAYMENT_STATES = ("new", "matched", "review", "unmatched", "reversed", "other")

bank_statement = Table(
    "bank_statement",
    metadata,
    key(),
    code("account"),
    code("statement_ref", size=80),
    code("currency", size=3),
    Column("from_on", Date),
    Column("to_on", Date),
    Column("opening", AMOUNT),
    Column("closing", AMOUNT),
    Column("entries", Integer, nullable=False),
    refers("source_file_id", "source_file", optional=True),
    Column("imported_at", Moment, nullable=False),
    UniqueConstraint("account", "statement_ref"),
    Index("ix_bank_statement_to_on", "to_on"),
)

payment = Table(
    "payment",
    metadata,
    key(),
    refers("company_id", "company"),
    code("kind", size=8),
    code("state", size=10),
    code("entry_key", size=255),
    refers("statement_id", "bank_statement", optional=True),
    code("account", optional=True),
    Column("booked_on", Date, nullable=False),
    Column("value_on", Date),
    Column("amount", AMOUNT, nullable=False),
    code("currency", size=3),
    code("payer_name", size=200, optional=True),
    code("payer_iban", optional=True),
    code("structured_ref", optional=True),
    code("end_to_end_id", size=80, optional=True),
    Column("remittance", Text),
    refers("customer_id", "customer", optional=True),
    Column("unapplied_amount", AMOUNT, nullable=False),
    Column("refunded_amount", AMOUNT, nullable=False, server_default=text("0")),
    Column("reversed_amount", AMOUNT, nullable=False, server_default=text("0")),
    refers("reverses_id", "payment", optional=True),
    Column("is_reversal", Boolean, nullable=False, server_default=text("false")),
    Column("reason", Text),
    Column("recorded_at", Moment, nullable=False),
    one_of("kind", PAYMENT_KINDS),
    one_of("state", PAYMENT_STATES),
    UniqueConstraint("entry_key"),
    Index("ix_payment_customer_id", "customer_id"),
    Index("ix_payment_unapplied", "customer_id", **where("unapplied_amount > 0")),
    Index("ix_payment_booked_on", "booked_on"),
    Index(
        "ix_payment_undecided",
        "id",
        **where("state IN ('new', 'unmatched', 'review')"),
    ),
)

allocation = Table(
    "allocation",
    metadata,
    key(),
    refers("payment_id", "payment", optional=True),
    refers("credit_instalment_id", "instalment", optional=True),
    refers("instalment_id", "instalment"),
    Column("amount", AMOUNT, nullable=False),
    Column("allocated_on", Date, nullable=False),
    code("evidence", size=200),
    Column("is_manual", Boolean, nullable=False, server_default=text("false")),
    code("made_by", size=120),
    Column("made_at", Moment, nullable=False),
    Column("reversed_on", Date),
    Column("reverse_reason", Text),
    CheckConstraint("amount > 0", name="amount_positive"),
    CheckConstraint(
        "(payment_id IS NULL) <> (credit_instalment_id IS NULL)", name="one_source"
    ),
    Index("ix_allocation_payment_id", "payment_id"),
    Index("ix_allocation_instalment_id", "instalment_id"),
    Index("ix_allocation_credit_instalment_id", "credit_instalment_id"),
)

match_proposal = Table(
    "match_proposal",
    metadata,
    key(),
    refers("payment_id", "payment"),
    Column("rank", Integer, nullable=False),
    Column("invoices", JsonText, nullable=False),
    code("why", size=200),
    UniqueConstraint("payment_id", "rank"),
)

dispute = Table(
    "dispute",
    metadata,
    key(),
    refers("instalment_id", "instalment"),
    Column("amount", AMOUNT, nullable=False),
    code("reason", size=40),
    Column("note", Text),
    code("owner", size=120),
    Column("opened_on", Date, nullable=False),
    code("opened_by", size=120),
    Column("closed_on", Date),
    code("closed_by", size=120, optional=True),
    Column("result", Text),
    CheckConstraint("amount > 0", name="amount_positive"),
    Index("ix_dispute_instalment_id", "instalment_id"),
)

promise = Table(
    "promise",
    metadata,
    key(),
    refers("customer_id", "customer"),
    refers("instalment_id", "instalment"),
    Column("amount", AMOUNT, nullable=False),
    Column("promised_on", Date, nullable=False),
    Column("made_on", Date, nullable=False),
    code("made_by", size=120),
    code("state", size=10),
    Column("decided_on", Date),
    one_of("state", ("open", "kept", "partly", "broken", "withdrawn")),
    CheckConstraint("amount > 0", name="amount_positive"),
    Index("ix_promise_instalment_id", "instalment_id"),
)
