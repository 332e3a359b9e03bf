"""An order may say itself how its goods are to leave, and how soon."""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # plain SQL, which both databases understand: SQLite's way round ALTER copies the
    # table
    op.execute(
        "ALTER TABLE sales_order ADD COLUMN asked_shipping_policy VARCHAR(14) "
        "CONSTRAINT ck_sales_order_asked_shipping_policy_known CHECK "
        "(asked_shipping_policy IN ('partial', 'complete', 'after_payment'))"
    )
    op.execute(
        "ALTER TABLE sales_order ADD COLUMN asked_priority INTEGER "
        "CONSTRAINT ck_sales_order_asked_priority_1_to_9 "
        "CHECK (asked_priority BETWEEN 1 AND 9)"
    )
