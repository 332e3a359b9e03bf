"""Customers may have a schedule of their own by which deliveries are invoiced."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customer", sa.Column("invoicing", sa.String(100), nullable=True))
