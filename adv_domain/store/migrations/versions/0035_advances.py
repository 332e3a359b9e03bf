"""Customers may have to pay in advance: payment requests, advance invoices."""

import sqlalchemy as sa
from alembic import op

from adv_domain.store.columns import AMOUNT, KEY, UNIT, JsonText

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customer", sa.Column("advance_rate", UNIT))
    op.add_column(
        "invoice",
        sa.Column(
            "is_advance", sa.Boolean, nullable=False, server_default=sa.text("false")
        ),
    )
    op.add_column(
        "invoice",
        sa.Column("deducted", AMOUNT, nullable=False, server_default=sa.text("0")),
    )
    _index("invoice", "advance", "customer_id", "is_advance OR deducted <> 0")
    with op.batch_alter_table("invoice_charge") as charges:
        charges.add_column(sa.Column("advance_id", KEY))
        charges.create_foreign_key(
            op.f("fk_invoice_charge_advance_id_invoice"),
            "invoice",
            ["advance_id"],
            ["id"],
        )
    op.create_index("ix_invoice_charge_advance_id", "invoice_charge", ["advance_id"])
    _payment_request()
    _index("payment_request", "open", "order_id", "state = 'open'")
    _index(
        "payment_request", "to_invoice", "id", "state = 'paid' AND invoice_id IS NULL"
    )
    for column in ("invoice_id", "payment_id"):
        name = f"ix_payment_request_{column}"
        op.create_index(name, "payment_request", [column])


def _index(table: str, name: str, column: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(
        f"ix_{table}_{name}",
        table,
        [column],
        sqlite_where=where,
        postgresql_where=where,
    )


def _payment_request() -> None:
    op.create_table(
        "payment_request",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("request_no", sa.Integer, nullable=False),
        sa.Column("reference", sa.String(25), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("rate", UNIT, nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("bases", JsonText, nullable=False),
        sa.Column("order_gross", AMOUNT),
        sa.Column("asked_on", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("outbox_key", sa.String(120)),
        sa.Column("payment_id", KEY),
        sa.Column("paid_on", sa.Date),
        sa.Column("invoice_id", KEY),
        sa.Column("withdrawn_on", sa.Date),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_payment_request"),
        sa.UniqueConstraint(
            "order_id", "request_no", name="uq_payment_request_order_id_request_no"
        ),
        sa.UniqueConstraint("reference", name="uq_payment_request_reference"),
        sa.CheckConstraint(
            "state IN ('open', 'paid', 'withdrawn')",
            name=op.f("ck_payment_request_state_known"),
        ),
        sa.CheckConstraint(
            "amount > 0", name=op.f("ck_payment_request_amount_positive")
        ),
        *(
            sa.ForeignKeyConstraint(
                [f"{name}_id"],
                [f"{table}.id"],
                name=f"fk_payment_request_{name}_id_{table}",
            )
            for name, table in (
                ("order", "sales_order"),
                ("payment", "payment"),
                ("invoice", "invoice"),
            )
        ),
    )
