"""Customers get the book of their open orders, each once a week or when they ask."""

import sqlalchemy as sa
from alembic import op

from adv_domain.store.columns import KEY, JsonText, Moment

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customer", sa.Column("order_book", sa.String(4), nullable=True))
    op.create_table(
        "order_book",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("book_key", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("lines", JsonText(), nullable=False),
        sa.Column("outbox_key", sa.String(200), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('weekly', 'asked')", name=op.f("ck_order_book_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_order_book_customer_id_customer"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_book")),
        sa.UniqueConstraint("book_key", name=op.f("uq_order_book_book_key")),
    )
    op.create_index(
        "ix_order_book_customer_id", "order_book", ["customer_id", "due_on"]
    )
