"""What documents say of an order, and the numbers by which they name us things."""

import sqlalchemy as sa
from alembic import op

from adv_domain.store.columns import AMOUNT, KEY, UNIT, JsonText

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_OF_ORDER = (
    ("ship_to_id", sa.String(80)),
    ("ship_to_postal_code", sa.String(20)),
    ("ship_to_city", sa.String(120)),
    ("ship_to_region", sa.String(60)),
    ("buyer_name", sa.String(200)),
    ("buyer_ids", JsonText),
    ("contact_name", sa.String(120)),
    ("contact_phone", sa.String(60)),
    ("contact_email", sa.String(254)),
    ("deliver_from", sa.Date),
    ("deliver_until", sa.Date),
    ("incoterm", sa.String(12)),
    ("incoterm_place", sa.String(80)),
    ("charges", JsonText),
    ("document_total", AMOUNT),
    ("record_hash", sa.String(64)),
)
_OF_LINE = (
    ("gtin", sa.String(40)),
    ("line_ref", sa.String(40)),
    ("note", sa.Text()),
    ("tax_category", sa.String(12)),
    ("tax_rate", UNIT),
)


def upgrade() -> None:
    with op.batch_alter_table("sales_order") as batch:
        for name, kind in _OF_ORDER:
            batch.add_column(sa.Column(name, kind))
    with op.batch_alter_table("order_line") as batch:
        for name, kind in _OF_LINE:
            batch.add_column(sa.Column(name, kind))
    with op.batch_alter_table("customer") as batch:
        batch.add_column(sa.Column("gln", sa.String(40)))
        batch.add_column(sa.Column("endpoint_id", sa.String(80)))
        batch.create_index("ix_customer_gln", ["gln"])
    with op.batch_alter_table("product") as batch:
        batch.add_column(sa.Column("gtin", sa.String(40)))
        batch.create_index("ix_product_gtin", ["gtin"])
    op.create_table(
        "customer_article",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("customer_code", sa.String(40), nullable=False),
        sa.Column("article", sa.String(80), nullable=False),
        sa.Column("product_code", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_customer_article"),
        sa.UniqueConstraint(
            "customer_code", "article", name="uq_customer_article_customer_code_article"
        ),
    )
