"""An order may be invoiced by milestones."""

import sqlalchemy as sa
from alembic import op

from adv_domain.store.columns import AMOUNT, KEY, UNIT

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customer", sa.Column("milestones", sa.String(400)))
    op.create_table(
        "milestone",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("milestone_no", sa.Integer, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("rate", UNIT),
        sa.Column("amount", AMOUNT),
        sa.Column("due_on", sa.Date),
        sa.Column("reached_on", sa.Date),
        sa.Column("reached_by", sa.String(120)),
        sa.Column("invoice_id", KEY),
        sa.PrimaryKeyConstraint("id", name="pk_milestone"),
        sa.UniqueConstraint(
            "order_id", "milestone_no", name="uq_milestone_order_id_milestone_no"
        ),
        sa.UniqueConstraint("order_id", "name", name="uq_milestone_order_id_name"),
        sa.CheckConstraint(
            "(rate IS NULL) != (amount IS NULL)",
            name=op.f("ck_milestone_rate_or_amount"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sales_order.id"], name="fk_milestone_order_id_sales_order"
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name="fk_milestone_invoice_id_invoice"
        ),
    )
    op.create_index("ix_milestone_invoice_id", "milestone", ["invoice_id"])
    unbilled = sa.text("invoice_id IS NULL")
    op.create_index(
        "ix_milestone_to_invoice",
        "milestone",
        ["id"],
        sqlite_where=unbilled,
        postgresql_where=unbilled,
    )
