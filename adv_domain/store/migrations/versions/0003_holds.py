"""A held order knows which team must answer until when, and to whom it went on."""

from datetime import UTC, datetime, time, timedelta

import sqlalchemy as sa
from alembic import op

from adv_domain.store.columns import KEY, Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "order_hold",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("team", sa.String(60), nullable=False),
        sa.Column("is_one_desk", sa.Boolean, nullable=False),
        sa.Column("orders_of_day", sa.Integer),
        sa.Column("one_desk_below", sa.Integer, nullable=False),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("opened_at", Moment, nullable=False),
        sa.Column("due_at", Moment, nullable=False),
        sa.Column("closed_on", sa.Date),
        sa.Column("closed_at", Moment),
        sa.PrimaryKeyConstraint("id", name="pk_order_hold"),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sales_order.id"], name="fk_order_hold_order_id_sales_order"
        ),
    )
    for name, columns, unique in (
        ("uq_order_hold_open", ["order_id", "team"], True),
        ("ix_order_hold_due", ["due_at"], False),
    ):
        op.create_index(
            name,
            "order_hold",
            columns,
            unique=unique,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
    op.create_table(
        "hold_escalation",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("hold_id", KEY, nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("told", sa.String(60), nullable=False),
        sa.Column("task_key", sa.String(200), nullable=False),
        sa.Column("escalated_on", sa.Date, nullable=False),
        sa.Column("escalated_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hold_escalation"),
        sa.ForeignKeyConstraint(
            ["hold_id"],
            ["order_hold.id"],
            name="fk_hold_escalation_hold_id_order_hold",
        ),
        sa.UniqueConstraint("hold_id", "step", name="uq_hold_escalation_hold_id_step"),
    )
    op.create_index(
        "ix_hold_escalation_escalated_on", "hold_escalation", ["escalated_on"]
    )
    _open_those_of_held_orders()


def _open_those_of_held_orders() -> None:
    """Give each team of a held order its hold, due a day after it began to wait."""
    order = sa.table(
        "sales_order",
        sa.column("id"),
        sa.column("state"),
        sa.column("held_for"),
        sa.column("held_on", sa.Date),
    )
    hold = sa.table(
        "order_hold",
        sa.column("order_id"),
        sa.column("team"),
        sa.column("is_one_desk", sa.Boolean),
        sa.column("one_desk_below"),
        sa.column("opened_on", sa.Date),
        sa.column("opened_at", Moment),
        sa.column("due_at", Moment),
    )
    connection = op.get_bind()
    held = connection.execute(
        sa.select(order.c.id, order.c.held_for, order.c.held_on).where(
            order.c.state == "held", order.c.held_for.is_not(None)
        )
    ).all()
    rows = [
        {
            "order_id": one.id,
            "team": team,
            "is_one_desk": False,
            "one_desk_below": 0,
            "opened_on": one.held_on,
            "opened_at": datetime.combine(one.held_on, time(12), tzinfo=UTC),
            "due_at": datetime.combine(one.held_on, time(12), tzinfo=UTC)
            + timedelta(days=1),
        }
        for one in held
        for team in dict.fromkeys(one.held_for.split(", "))
        if team
    ]
    if rows:
        connection.execute(sa.insert(hold), rows)
