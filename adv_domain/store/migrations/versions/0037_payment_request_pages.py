"""A payment request has a page of its own, and says when it was told."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payment_request", sa.Column("told_on", sa.Date))
    op.add_column("payment_request", sa.Column("path", sa.Text))
    op.add_column("payment_request", sa.Column("sha256", sa.String(64)))
    # until now each was told in the transaction that made it
    op.execute("UPDATE payment_request SET told_on = asked_on")
