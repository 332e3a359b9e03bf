"""Stock is told what a customer is to the company, and of held orders."""

import sqlalchemy as sa
from alembic import op

from adv_domain.store.columns import KEY, UNIT

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('order', 'change', 'cancel', 'pending', 'returns')"
_OF_CUSTOMER = {
    "priority": "INTEGER CONSTRAINT ck_customer_priority_one_to_nine "
    "CHECK (priority BETWEEN 1 AND 9)",
    "value_class": "VARCHAR(12)",
    "shipping_policy": "VARCHAR(14) CONSTRAINT ck_customer_shipping_policy_known "
    "CHECK (shipping_policy IN ('partial', 'complete', 'after_payment'))",
    "packing": "VARCHAR(400)",
    "papers": "VARCHAR(200)",
}


def upgrade() -> None:
    for name, form in _OF_CUSTOMER.items():
        # plain SQL, which both databases understand: SQLite's way round ALTER copies
        # the table
        op.execute(f"ALTER TABLE customer ADD COLUMN {name} {form}")
    op.create_index(
        "ix_customer_article_product_code",
        "customer_article",
        ["customer_code", "product_code"],
    )
    told: sa.Column[bool] = sa.Column(
        "told_pending", sa.Boolean(), nullable=False, server_default=sa.text("false")
    )
    op.add_column("sales_order", told)
    op.create_index(
        "ix_sales_order_told_pending",
        "sales_order",
        ["id"],
        sqlite_where=sa.text("told_pending"),
        postgresql_where=sa.text("told_pending"),
    )
    with op.batch_alter_table("handoff_message") as batch:
        batch.drop_constraint(op.f("ck_handoff_message_kind_known"), type_="check")
        batch.create_check_constraint(op.f("ck_handoff_message_kind_known"), _KINDS)
    _expected_return()


def _expected_return() -> None:
    zero = sa.text("0")
    op.create_table(
        "expected_return",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("return_no", sa.String(40), nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("order_line_id", KEY, nullable=False),
        sa.Column("qty", UNIT, nullable=False),
        sa.Column("qty_arrived", UNIT, nullable=False, server_default=zero),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("announced_by", sa.String(120), nullable=False),
        sa.Column("announced_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_expected_return"),
        sa.UniqueConstraint("return_no", name="uq_expected_return_return_no"),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sales_order.id"],
            name="fk_expected_return_order_id_sales_order",
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_line.id"],
            name="fk_expected_return_order_line_id_order_line",
        ),
        sa.CheckConstraint(
            "state IN ('open', 'arrived', 'dropped')",
            name=op.f("ck_expected_return_state_known"),
        ),
        sa.CheckConstraint(
            "qty > 0 AND qty_arrived >= 0 AND qty_arrived <= qty",
            name=op.f("ck_expected_return_arrived_within"),
        ),
    )
    for column in ("order_id", "order_line_id"):
        name = f"ix_expected_return_{column}"
        op.create_index(name, "expected_return", [column])
