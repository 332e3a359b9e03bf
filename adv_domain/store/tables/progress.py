"""Tables of what a customer hears of his order under way: dates, silences, news."""

from sqlalchemy import Column, Date, Index, Integer, Table, UniqueConstraint

from adv_domain.store.columns import Moment
from adv_domain.store.tables.base import code, key, metadata, refers, where

delay_notice = Table(
    "delay_notice",
    metadata,
    key(),
    refers("order_line_id", "order_line"),
    refers("order_id", "sales_order"),
    refers("customer_id", "customer"),
    Column("told_on", Date, nullable=False),
    Column("old_on", Date, nullable=False),
    Column("new_on", Date, nullable=False),
    Column("days_late", Integer, nullable=False),
    code("outbox_key", size=200, optional=True),
    Column("back_on", Date),
    code("back_outbox_key", size=200, optional=True),
    UniqueConstraint("order_line_id", "new_on"),
    Index("ix_delay_notice_order_id", "order_id"),
    Index(
        "ix_delay_notice_outbox_key",
        "outbox_key",
        **where("outbox_key IS NOT NULL"),
    ),
    Index(
        "ix_delay_notice_back_outbox_key",
        "back_outbox_key",
        **where("back_outbox_key IS NOT NULL"),
    ),
)

untold_date = Table(
    "untold_date",
    metadata,
    key(),
    refers("order_line_id", "order_line"),
    Column("since_on", Date, nullable=False),
    Column("since_at", Moment, nullable=False),
    UniqueConstraint("order_line_id"),
)

silence = Table(
    "silence",
    metadata,
    key(),
    refers("order_line_id", "order_line"),
    refers("order_id", "sales_order"),
    Column("confirmed_on", Date, nullable=False),
    Column("asked_on", Date, nullable=False),
    Column("asked_at", Moment, nullable=False),
    code("task_key", size=200),
    Column("told_on", Date),
    code("outbox_key", size=200, optional=True),
    UniqueConstraint("order_line_id", "confirmed_on"),
    Index("ix_silence_order_id", "order_id"),
    Index("ix_silence_outbox_key", "outbox_key", **where("outbox_key IS NOT NULL")),
)
