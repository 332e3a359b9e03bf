"""Goods that are on their way to stock."""

import sqlalchemy as sa
from alembic import op

from adv_domain.store.columns import KEY, UNIT, Moment

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "expected_receipt",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("product_code", sa.String(40), nullable=False),
        sa.Column("location", sa.String(40), nullable=False),
        sa.Column("receipt_ref", sa.String(80), nullable=False),
        sa.Column("qty", UNIT, nullable=False),
        sa.Column("expected_on", sa.Date, nullable=False),
        sa.Column("received_qty", UNIT),
        sa.Column("received_on", sa.Date),
        sa.Column(
            "is_cancelled", sa.Boolean, nullable=False, server_default=sa.text("false")
        ),
        sa.Column("source_file_id", KEY, nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_expected_receipt"),
        sa.ForeignKeyConstraint(
            ["source_file_id"],
            ["source_file.id"],
            name="fk_expected_receipt_source_file_id_source_file",
        ),
        sa.UniqueConstraint(
            "product_code",
            "location",
            "receipt_ref",
            name="uq_expected_receipt_product_code_location_receipt_ref",
        ),
    )
