"""What does a credit note over several invoices give back of each of them?"""

from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    String,
    Table,
)

from adv_domain.store.columns import AMOUNT, KEY, UNIT
from adv_domain.store.tables.base import code, metadata, one_of
from adv_domain.store.tables.invoices import TAX_KINDS

credit_part = Table(
    "credit_part",
    metadata,
    Column("note_id", KEY, ForeignKey("invoice.id"), nullable=False),
    Column("invoice_id", KEY, ForeignKey("invoice.id"), nullable=False),
    Column("gross", AMOUNT, nullable=False),
    Column("rounding", AMOUNT, nullable=False),
    PrimaryKeyConstraint("note_id", "invoice_id"),
    Index("ix_credit_part_invoice_id", "invoice_id"),
)

credit_part_tax = Table(
    "credit_part_tax",
    metadata,
    Column("note_id", KEY, nullable=False),
    Column("invoice_id", KEY, nullable=False),
    Column("kind", String(9), nullable=False),
    code("category"),
    Column("rate", UNIT, nullable=False),
    Column("base", AMOUNT, nullable=False),
    Column("tax", AMOUNT, nullable=False),
    one_of("kind", TAX_KINDS),
    PrimaryKeyConstraint("note_id", "invoice_id", "kind", "category", "rate"),
    ForeignKeyConstraint(
        ["note_id", "invoice_id"],
        ["credit_part.note_id", "credit_part.invoice_id"],
        name="fk_credit_part_tax_part",
    ),
    Index("ix_credit_part_tax_invoice_id", "invoice_id"),
)
