"""A credit note may be over several invoices, or over a period: its parts."""

import sqlalchemy as sa
from alembic import op

from adv_domain.store.columns import AMOUNT, KEY, UNIT

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "credit_part",
        sa.Column("note_id", KEY, nullable=False),
        sa.Column("invoice_id", KEY, nullable=False),
        sa.Column("gross", AMOUNT, nullable=False),
        sa.Column("rounding", AMOUNT, nullable=False),
        sa.PrimaryKeyConstraint("note_id", "invoice_id", name="pk_credit_part"),
        *(
            sa.ForeignKeyConstraint(
                [f"{name}_id"],
                ["invoice.id"],
                name=f"fk_credit_part_{name}_id_invoice",
            )
            for name in ("note", "invoice")
        ),
    )
    op.create_table(
        "credit_part_tax",
        sa.Column("note_id", KEY, nullable=False),
        sa.Column("invoice_id", KEY, nullable=False),
        sa.Column("kind", sa.String(9), nullable=False),
        sa.Column("category", sa.String(40), nullable=False),
        sa.Column("rate", UNIT, nullable=False),
        sa.Column("base", AMOUNT, nullable=False),
        sa.Column("tax", AMOUNT, nullable=False),
        sa.PrimaryKeyConstraint(
            "note_id",
            "invoice_id",
            "kind",
            "category",
            "rate",
            name="pk_credit_part_tax",
        ),
        sa.CheckConstraint(
            "kind IN ('vat', 'surcharge')",
            name=op.f("ck_credit_part_tax_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["note_id", "invoice_id"],
            ["credit_part.note_id", "credit_part.invoice_id"],
            name="fk_credit_part_tax_part",
        ),
    )
    for table in ("credit_part", "credit_part_tax"):
        op.create_index(f"ix_{table}_invoice_id", table, ["invoice_id"])
