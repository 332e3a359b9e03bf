"""An order that was corrected is known by the customer and reference it came with."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sales_order") as batch:
        batch.add_column(sa.Column("given_customer", sa.String(40)))
        batch.add_column(sa.Column("given_ref", sa.String(80)))
        batch.create_index(
            "ix_sales_order_given",
            ["given_customer", "given_ref"],
            sqlite_where=sa.text("given_ref IS NOT NULL"),
            postgresql_where=sa.text("given_ref IS NOT NULL"),
        )
