"""Orders that are invoiced alone are found in the order in which they came."""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE INDEX ix_sales_order_to_invoice_by_age ON sales_order (id) "
        "WHERE to_invoice"
    )
