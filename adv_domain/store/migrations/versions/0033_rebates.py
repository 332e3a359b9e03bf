"""Year-end rebates that were agreed with customers, by threshold of turnover."""

import sqlalchemy as sa
from alembic import op

from adv_domain.store.columns import AMOUNT, KEY, UNIT

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rebate",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("customer_code", sa.String(40), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date, nullable=False),
        sa.Column("threshold", AMOUNT, nullable=False),
        sa.Column("rate", UNIT, nullable=False),
        sa.Column("basis", sa.String(8), nullable=False),
        sa.CheckConstraint("basis IN ('whole', 'band')", name="ck_rebate_basis_known"),
        sa.PrimaryKeyConstraint("id", name="pk_rebate"),
        sa.UniqueConstraint(
            "customer_code",
            "currency",
            "valid_from",
            "threshold",
            name="uq_rebate_customer_code_currency_valid_from_threshold",
        ),
    )
