"""A customer may take deliveries on some weekdays only."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    weekdays = sa.Column("delivery_weekdays", sa.String(40), nullable=True)
    op.add_column("customer", weekdays)
