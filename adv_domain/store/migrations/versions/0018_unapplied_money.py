"""Money that no item has used is found at once, however many payments there were."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_UNAPPLIED = "unapplied_amount > 0"


def upgrade() -> None:
    op.create_index(
        "ix_payment_unapplied",
        "payment",
        ["customer_id"],
        sqlite_where=sa.text(_UNAPPLIED),
        postgresql_where=sa.text(_UNAPPLIED),
    )
