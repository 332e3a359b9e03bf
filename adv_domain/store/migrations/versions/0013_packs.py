"""A product may be sold from a quantity on, and in packs."""

import sqlalchemy as sa
from alembic import op

from adv_domain.store.columns import UNIT

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("product", sa.Column("min_order_qty", UNIT, nullable=True))
    op.add_column("product", sa.Column("pack_size", UNIT, nullable=True))
