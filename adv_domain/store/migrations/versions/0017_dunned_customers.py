"""A customer reminded too often breaks a rule of its own, not the block by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    fault = sa.table("order_fault", sa.column("code"), sa.column("message"))
    op.execute(
        sa.update(fault)
        .where(fault.c.message == "customer_blocked.dunned")
        .values(code="dunned", message="dunned")
    )
