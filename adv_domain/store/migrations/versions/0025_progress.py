"""What customers hear of their orders under way; nothing that is past is told.

Orders accepted and deliveries made before count as told, and so do the confirmed days
that passed in silence: their questions to stock stay open.
"""

import sqlalchemy as sa
from alembic import op

from adv_domain.store.columns import KEY, Moment

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_OPEN = """
    INSERT INTO silence (order_line_id, order_id, confirmed_on, asked_on, asked_at,
                         task_key, told_on)
    SELECT order_line.id, order_line.order_id, order_line.confirmed_on,
           CURRENT_DATE, CURRENT_TIMESTAMP,
           'silent-delay:' || order_line.id || ':' || order_line.confirmed_on,
           CURRENT_DATE
      FROM order_line
      JOIN sales_order ON sales_order.id = order_line.order_id
     WHERE sales_order.state IN ('handed_off', 'in_fulfilment')
       AND order_line.state = 'open'
       AND order_line.qty > order_line.qty_shipped + order_line.qty_cancelled
       AND order_line.confirmed_on < CURRENT_DATE
"""


def upgrade() -> None:
    _columns()
    _untold_dates()
    _silences()
    op.execute(_OPEN)


def _columns() -> None:
    with op.batch_alter_table("customer") as batch:
        batch.add_column(sa.Column("progress_mails", sa.String(80)))
    with op.batch_alter_table("delay_notice") as batch:
        batch.add_column(sa.Column("back_on", sa.Date))
        batch.add_column(sa.Column("back_outbox_key", sa.String(200)))
    no, yes = sa.text("false"), sa.text("true")
    op.add_column(
        "sales_order",
        sa.Column("to_confirm", sa.Boolean, nullable=False, server_default=no),
    )
    op.add_column(
        "delivery", sa.Column("to_tell", sa.Boolean, nullable=False, server_default=yes)
    )
    op.execute("UPDATE delivery SET to_tell = false")
    _partial_index("ix_sales_order_to_confirm", "sales_order", "id", "to_confirm")
    _partial_index("ix_delivery_to_tell", "delivery", "order_id", "to_tell")


def _untold_dates() -> None:
    op.create_table(
        "untold_date",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("order_line_id", KEY, nullable=False),
        sa.Column("since_on", sa.Date, nullable=False),
        sa.Column("since_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_line.id"],
            name=op.f("fk_untold_date_order_line_id_order_line"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_untold_date")),
        sa.UniqueConstraint("order_line_id", name=op.f("uq_untold_date_order_line_id")),
    )


def _silences() -> None:
    op.create_table(
        "silence",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("order_line_id", KEY, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("confirmed_on", sa.Date, nullable=False),
        sa.Column("asked_on", sa.Date, nullable=False),
        sa.Column("asked_at", Moment, nullable=False),
        sa.Column("task_key", sa.String(200), nullable=False),
        sa.Column("told_on", sa.Date),
        sa.Column("outbox_key", sa.String(200)),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_line.id"],
            name=op.f("fk_silence_order_line_id_order_line"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sales_order.id"],
            name=op.f("fk_silence_order_id_sales_order"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silence")),
        sa.UniqueConstraint(
            "order_line_id",
            "confirmed_on",
            name=op.f("uq_silence_order_line_id_confirmed_on"),
        ),
    )
    _partial_index(
        "ix_silence_outbox_key", "silence", "outbox_key", "outbox_key IS NOT NULL"
    )


def _partial_index(name: str, table: str, column: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, [column], sqlite_where=where, postgresql_where=where)
