"""What customers ask to be changed in their orders, and stock's answers to it."""

import sqlalchemy as sa
from alembic import op

from adv_domain.store.columns import KEY, JsonText, Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NEWS = "'confirmation', 'shipment', 'new_date', 'cancellation'"
_ANSWERS = "'change_accepted', 'change_refused'"
_OPEN = sa.text("state IN ('proposed', 'held', 'waiting_stock')")


def upgrade() -> None:
    _amendment()
    _amendment_change()
    with op.batch_alter_table("stock_message") as batch:
        batch.drop_constraint(op.f("ck_stock_message_kind_known"), type_="check")
        batch.alter_column("kind", type_=sa.String(20), existing_nullable=False)
        batch.create_check_constraint(
            op.f("ck_stock_message_kind_known"), f"kind IN ({_NEWS}, {_ANSWERS})"
        )


def _amendment() -> None:
    op.create_table(
        "amendment",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("company_id", KEY, nullable=False),
        sa.Column("customer_code", sa.String(40), nullable=False),
        sa.Column("customer_ref", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("state", sa.String(14), nullable=False),
        sa.Column("order_id", KEY, nullable=True),
        sa.Column("asked", JsonText, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("source_file_id", KEY, nullable=True),
        sa.Column("source_row", sa.Integer, nullable=True),
        sa.Column("received_at", Moment, nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("held_for", sa.String(200), nullable=True),
        sa.Column("reason", sa.Text, nullable=True),
        sa.Column("faults", JsonText, nullable=True),
        sa.Column("decided_on", sa.Date, nullable=True),
        sa.Column("decided_by", sa.String(120), nullable=True),
        sa.Column("handoff_message_id", KEY, nullable=True),
        sa.Column("version", sa.Integer, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_amendment"),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name="fk_amendment_company_id_company"
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sales_order.id"], name="fk_amendment_order_id_sales_order"
        ),
        sa.ForeignKeyConstraint(
            ["source_file_id"],
            ["source_file.id"],
            name="fk_amendment_source_file_id_source_file",
        ),
        sa.ForeignKeyConstraint(
            ["handoff_message_id"],
            ["handoff_message.id"],
            name="fk_amendment_handoff_message_id_handoff_message",
        ),
        sa.CheckConstraint(
            "kind IN ('change', 'cancel')", name=op.f("ck_amendment_kind_known")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'held', 'waiting_stock', 'applied', 'refused', "
            "'unchanged')",
            name=op.f("ck_amendment_state_known"),
        ),
        sa.UniqueConstraint(
            "company_id",
            "customer_code",
            "customer_ref",
            "content_hash",
            name="uq_amendment_company_id_customer_code_customer_ref_content_hash",
        ),
        sa.UniqueConstraint(
            "handoff_message_id", name="uq_amendment_handoff_message_id"
        ),
    )
    op.create_index("ix_amendment_order_id", "amendment", ["order_id"])
    op.create_index(
        "ix_amendment_open",
        "amendment",
        ["id"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def _amendment_change() -> None:
    op.create_table(
        "amendment_change",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("amendment_id", KEY, nullable=False),
        sa.Column("line_no", sa.Integer, nullable=False),
        sa.Column("field", sa.String(40), nullable=False),
        sa.Column("what", sa.String(10), nullable=False),
        sa.Column("old_value", sa.Text, nullable=True),
        sa.Column("new_value", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_amendment_change"),
        sa.ForeignKeyConstraint(
            ["amendment_id"],
            ["amendment.id"],
            name="fk_amendment_change_amendment_id_amendment",
        ),
        sa.CheckConstraint(
            "what IN ('changed', 'added', 'removed')",
            name=op.f("ck_amendment_change_what_known"),
        ),
        sa.UniqueConstraint(
            "amendment_id",
            "line_no",
            "field",
            name="uq_amendment_change_amendment_id_line_no_field",
        ),
    )
