"""Posted documents carry a seal over all that stands in their rows.

Those posted before have none: their hashes hold, their lines are not sealed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("invoice", sa.Column("seal", sa.String(64)))
    op.add_column(
        "chain_head",
        sa.Column("seal", sa.String(64), nullable=False, server_default=sa.text("''")),
    )
