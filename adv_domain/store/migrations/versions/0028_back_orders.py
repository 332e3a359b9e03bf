"""What is free of a product, which lines wait for goods, and dates that goods moved."""

import sqlalchemy as sa
from alembic import op

from adv_domain.store.columns import KEY, UNIT

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_OPEN = "closed_on IS NULL"


def upgrade() -> None:
    op.create_table(
        "stock_position",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("product_code", sa.String(40), nullable=False),
        sa.Column("on_hand", UNIT, nullable=False),
        sa.Column("reserved", UNIT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stock_position"),
        sa.UniqueConstraint("product_code", name="uq_stock_position_product_code"),
    )
    op.create_table(
        "back_order",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("order_line_id", KEY, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("receipt_id", KEY),
        sa.Column("qty_waiting", UNIT, nullable=False),
        sa.Column("available_on", sa.Date),
        sa.Column("found_on", sa.Date, nullable=False),
        sa.Column("at_acceptance", sa.Boolean, nullable=False),
        sa.Column("closed_on", sa.Date),
        sa.CheckConstraint("qty_waiting > 0", name="ck_back_order_something_waits"),
        sa.PrimaryKeyConstraint("id", name="pk_back_order"),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_line.id"],
            name="fk_back_order_order_line_id_order_line",
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sales_order.id"], name="fk_back_order_order_id_sales_order"
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"],
            ["expected_receipt.id"],
            name="fk_back_order_receipt_id_expected_receipt",
        ),
        sa.UniqueConstraint("order_line_id", name="uq_back_order_order_line_id"),
    )
    op.create_index("ix_back_order_order_id", "back_order", ["order_id"])
    op.create_index(
        "ix_back_order_open",
        "back_order",
        ["order_line_id"],
        sqlite_where=sa.text(_OPEN),
        postgresql_where=sa.text(_OPEN),
    )
    # a date that goods moved has no message of stock behind it
    with op.batch_alter_table("date_change") as batch:
        batch.alter_column("stock_message_id", existing_type=KEY, nullable=True)
