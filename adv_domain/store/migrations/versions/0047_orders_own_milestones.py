"""An order's file may say by which milestones it is invoiced."""

from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # plain SQL, which both databases understand: SQLite's way round ALTER copies the
    # table
    op.execute("ALTER TABLE sales_order ADD COLUMN milestones VARCHAR(400)")
