"""An order may go before or behind the others of its customer."""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # plain SQL, which both databases understand: SQLite's way round ALTER copies the
    # table
    op.execute(
        "ALTER TABLE sales_order ADD COLUMN priority INTEGER "
        "CONSTRAINT ck_sales_order_priority_one_to_nine "
        "CHECK (priority BETWEEN 1 AND 9)"
    )
