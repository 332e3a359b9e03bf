"""Lines of which something was shipped, invoiced or cancelled are found at once."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_MOVED = "qty_shipped != 0 OR qty_invoiced != 0 OR qty_cancelled != 0"


def upgrade() -> None:
    op.create_index(
        "ix_order_line_moved",
        "order_line",
        ["order_id"],
        sqlite_where=sa.text(_MOVED),
        postgresql_where=sa.text(_MOVED),
    )
