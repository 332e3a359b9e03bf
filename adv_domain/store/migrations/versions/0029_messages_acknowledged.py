"""Messages to stock are tried again, acknowledged, and may leave by a table."""

import sqlalchemy as sa
from alembic import op

from adv_domain.store.columns import KEY, Moment

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    before = sa.Column(
        "attempts_before", sa.Integer, nullable=False, server_default=sa.text("0")
    )
    op.add_column("handoff_message", before)
    op.add_column("handoff_message", sa.Column("next_attempt_at", Moment))
    op.add_column("handoff_message", sa.Column("acknowledge_by", Moment))
    _index("handoff_message", "failed", "id", "state = 'failed'")
    _index(
        "handoff_message",
        "unacknowledged",
        "acknowledge_by",
        "state = 'sent' AND acknowledge_by IS NOT NULL",
    )
    _wms_message()
    _index("wms_message", "new", "id", "status = 'new'")
    _index("wms_message", "unheard", "id", "status != 'new' AND heard_at IS NULL")


def _index(table: str, name: str, column: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(
        f"ix_{table}_{name}",
        table,
        [column],
        sqlite_where=where,
        postgresql_where=where,
    )


def _wms_message() -> None:
    op.create_table(
        "wms_message",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("message_key", sa.String(120), nullable=False),
        sa.Column("order_no", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("schema_version", sa.Integer, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column(
            "status", sa.String(14), nullable=False, server_default=sa.text("'new'")
        ),
        sa.Column("note", sa.Text),
        sa.Column("written_at", Moment, nullable=False),
        sa.Column("heard_at", Moment),
        sa.PrimaryKeyConstraint("id", name="pk_wms_message"),
        sa.UniqueConstraint("message_key", name="uq_wms_message_message_key"),
        sa.CheckConstraint(
            "status IN ('new', 'acknowledged', 'refused')",
            name=op.f("ck_wms_message_status_known"),
        ),
    )
