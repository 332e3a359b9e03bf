"""Which deliveries a cancelled invoice had billed stays known when they are billed anew."""

import sqlalchemy as sa
from alembic import op

from adv_domain.store.columns import KEY

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cancelled_billing",
        sa.Column("delivery_line_id", KEY, nullable=False),
        sa.Column("invoice_line_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_line_id"],
            ["delivery_line.id"],
            name=op.f("fk_cancelled_billing_delivery_line_id_delivery_line"),
        ),
        sa.ForeignKeyConstraint(
            ["invoice_line_id"],
            ["invoice_line.id"],
            name=op.f("fk_cancelled_billing_invoice_line_id_invoice_line"),
        ),
        sa.PrimaryKeyConstraint(
            "delivery_line_id", "invoice_line_id", name=op.f("pk_cancelled_billing")
        ),
    )
