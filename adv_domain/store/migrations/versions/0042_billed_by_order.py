"""An order may be invoiced as it was ordered, before anything of it is delivered."""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # plain SQL, which both databases understand: SQLite's way round ALTER copies the
    # table
    op.execute(
        "ALTER TABLE sales_order ADD COLUMN billed_by_order BOOLEAN "
        "DEFAULT false NOT NULL"
    )
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    qty = "BIGINT" if on_sqlite else "NUMERIC(18, 6)"
    op.execute(
        f"ALTER TABLE order_line ADD COLUMN qty_taken_back {qty} DEFAULT 0 NOT NULL "
        "CONSTRAINT ck_order_line_qty_taken_back_not_negative "
        "CHECK (qty_taken_back >= 0)"
    )
    op.execute(
        "CREATE INDEX ix_sales_order_billed_by_order ON sales_order (id) "
        "WHERE billed_by_order"
    )
    op.execute(
        "CREATE INDEX ix_order_line_over_billed ON order_line (order_id) "
        "WHERE qty_invoiced > qty - qty_cancelled - qty_ignored"
    )
