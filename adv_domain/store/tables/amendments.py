"""Tables of changes and cancellations that customers ask for."""

from sqlalchemy import Column, Date, Index, Integer, Table, Text, UniqueConstraint

from adv_domain.store.columns import JsonText, Moment
from adv_domain.store.tables.base import code, key, metadata, one_of, refers, where

AMENDMENT_STATES = (
    "proposed",
    "held",
    "waiting_stock",
    "applied",
    "refused",
    "unchanged",
)

amendment = Table(
    "amendment",
    metadata,
    key(),
    refers("company_id", "company"),
    code("customer_code"),
    code("customer_ref", size=80),
    code("kind", size=10),
    code("state", size=14),
    refers("order_id", "sales_order", optional=True),
    Column("asked", JsonText, nullable=False),
    code("content_hash", size=64),
    refers("source_file_id", "source_file", optional=True),
    Column("source_row", Integer),
    Column("received_at", Moment, nullable=False),
    Column("received_on", Date, nullable=False),
    code("held_for", size=200, optional=True),
    Column("reason", Text),
    Column("faults", JsonText),
    Column("decided_on", Date),
    code("decided_by", size=120, optional=True),
    refers("handoff_message_id", "handoff_message", optional=True),
    Column("version", Integer),
    one_of("kind", ("change", "cancel")),
    one_of("state", AMENDMENT_STATES),
    UniqueConstraint("company_id", "customer_code", "customer_ref", "content_hash"),
    UniqueConstraint("handoff_message_id"),
    Index("ix_amendment_order_id", "order_id"),
    Index(
        "ix_amendment_open",
        "id",
        **where("state IN ('proposed', 'held', 'waiting_stock')"),
    ),
)

amendment_change = Table(
    "amendment_change",
    metadata,
    key(),
    refers("amendment_id", "amendment"),
    Column("line_no", Integer, nullable=False),
    code("field"),
    code("what", size=10),
    Column("old_value", Text),
    Column("new_value", Text),
    one_of("what", ("changed", "added", "removed")),
    UniqueConstraint("amendment_id", "line_no", "field"),
)
