"""Tables of held orders: which team must answer, and to whom silence went on."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    Table,
    UniqueConstraint,
)

from adv_domain.store.columns import Moment
from adv_domain.store.tables.base import code, key, metadata, refers, where

order_hold = Table(
    "order_hold",
    metadata,
    key(),
    refers("order_id", "sales_order"),
    code("team", size=60),
    Column("is_one_desk", Boolean, nullable=False),
    Column("orders_of_day", Integer),
    Column("one_desk_below", Integer, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("closed_on", Date),
    Column("closed_at", Moment),
    Index(
        "uq_order_hold_open",
        "order_id",
        "team",
        unique=True,
        **where("closed_at IS NULL"),
    ),
    Index("ix_order_hold_due", "due_at", **where("closed_at IS NULL")),
)

hold_escalation = Table(
    "hold_escalation",
    metadata,
    key(),
    refers("hold_id", "order_hold"),
    Column("step", Integer, nullable=False),
    code("told", size=60),
    code("task_key", size=200),
    Column("escalated_on", Date, nullable=False),
    Column("escalated_at", Moment, nullable=False),
    UniqueConstraint("hold_id", "step"),
    Index("ix_hold_escalation_escalated_on", "escalated_on"),
)
