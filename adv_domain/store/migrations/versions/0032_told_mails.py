"""What a mail told of dates is found by its key, and silences by their order."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for key in ("outbox_key", "back_outbox_key"):
        where = sa.text(f"{key} IS NOT NULL")
        op.create_index(
            f"ix_delay_notice_{key}",
            "delay_notice",
            [key],
            sqlite_where=where,
            postgresql_where=where,
        )
    op.create_index("ix_silence_order_id", "silence", ["order_id"])
