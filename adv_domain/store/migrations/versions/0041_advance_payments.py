"""An advance may come in several payments, and be less or more than was asked."""

import sqlalchemy as sa
from alembic import op

from adv_domain.store.columns import AMOUNT, KEY, UNIT

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _advance_payment()
    # until now an order's one payment was what was asked
    op.execute(
        "INSERT INTO advance_payment (request_id, payment_id, amount, paid_on, "
        "invoice_id) SELECT id, payment_id, amount, paid_on, invoice_id "
        "FROM payment_request WHERE payment_id IS NOT NULL ORDER BY id"
    )
    for name in ("to_invoice", "invoice_id", "payment_id"):
        op.drop_index(f"ix_payment_request_{name}", "payment_request")
    op.add_column("payment_request", sa.Column("order_total", AMOUNT))
    op.execute(
        "UPDATE payment_request SET order_total = "
        "CASE WHEN order_gross > amount THEN order_gross ELSE amount END"
    )
    op.add_column("sales_order", sa.Column("advance_rate", UNIT))
    with op.batch_alter_table("payment_request") as requests:
        requests.add_column(
            sa.Column("received", AMOUNT, nullable=False, server_default=sa.text("0"))
        )
        requests.alter_column("order_total", existing_type=AMOUNT, nullable=False)
        requests.create_check_constraint(
            op.f("ck_payment_request_received_not_negative"), "received >= 0"
        )
        for name, table in (("payment_id", "payment"), ("invoice_id", "invoice")):
            requests.drop_constraint(
                op.f(f"fk_payment_request_{name}_{table}"), type_="foreignkey"
            )
            requests.drop_column(name)
    op.execute(
        "UPDATE payment_request SET received = amount WHERE id IN "
        "(SELECT request_id FROM advance_payment)"
    )


def _advance_payment() -> None:
    op.create_table(
        "advance_payment",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("request_id", KEY, nullable=False),
        sa.Column("payment_id", KEY, nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.Column("paid_on", sa.Date, nullable=False),
        sa.Column("invoice_id", KEY),
        sa.PrimaryKeyConstraint("id", name="pk_advance_payment"),
        sa.UniqueConstraint(
            "request_id",
            "payment_id",
            name="uq_advance_payment_request_id_payment_id",
        ),
        sa.CheckConstraint(
            "amount > 0", name=op.f("ck_advance_payment_amount_positive")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=f"fk_advance_payment_{column}_{table}"
            )
            for column, table in (
                ("request_id", "payment_request"),
                ("payment_id", "payment"),
                ("invoice_id", "invoice"),
            )
        ),
    )
    for column in ("payment_id", "invoice_id"):
        name = f"ix_advance_payment_{column}"
        op.create_index(name, "advance_payment", [column])
    where = sa.text("invoice_id IS NULL")
    op.create_index(
        "ix_advance_payment_to_invoice",
        "advance_payment",
        ["id"],
        sqlite_where=where,
        postgresql_where=where,
    )
