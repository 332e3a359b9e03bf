"""What moved a date is its cause; where stock named none, stock itself moved it."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_KNOWN = "cause IN ('stock', 'carrier', 'customer', 'credit')"


def upgrade() -> None:
    op.execute("UPDATE date_change SET reason = 'stock' WHERE reason = 'unknown'")
    with op.batch_alter_table("date_change") as batch:
        batch.drop_constraint(op.f("ck_date_change_reason_known"), type_="check")
        batch.alter_column(
            "reason",
            new_column_name="cause",
            existing_type=sa.String(12),
            existing_nullable=False,
        )
        batch.create_check_constraint(op.f("ck_date_change_cause_known"), _KNOWN)
