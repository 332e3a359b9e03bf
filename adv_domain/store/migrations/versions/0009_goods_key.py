"""Orders for the same goods are found by a key of what they ask for."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sales_order", sa.Column("goods_key", sa.BigInteger(), nullable=True))
    op.create_index("ix_sales_order_goods_key", "sales_order", ["goods_key"])
