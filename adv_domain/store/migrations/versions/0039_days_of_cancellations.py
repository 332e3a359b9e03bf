"""What was cancelled of a line has the day on which it was last cancelled."""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # plain SQL, which both databases understand: SQLite's way round ALTER copies the
    # table; the day of what was cancelled before is not known
    op.execute(
        "ALTER TABLE order_line ADD COLUMN cancelled_on DATE "
        "CONSTRAINT ck_order_line_cancelled_on_with_quantity "
        "CHECK (cancelled_on IS NULL OR qty_cancelled > 0)"
    )
