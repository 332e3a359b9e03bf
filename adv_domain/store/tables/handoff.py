"""Tables of what the stock department is told, and what it answers to that."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from adv_domain.store.columns import UNIT, JsonText, Moment
from adv_domain.store.tables.base import code, key, metadata, one_of, refers, where

HANDOFF_KINDS = ("order", "change", "cancel", "pending", "returns")
RETURN_STATES = ("open", "arrived", "dropped")
HANDOFF_STATES = ("queued", "sent", "acknowledged", "failed")


handoff_message = Table(
    "handoff_message",
    metadata,
    key(),
    refers("order_id", "sales_order"),
    Column("version", Integer, nullable=False),
    code("kind", size=10),
    code("message_key", size=120),
    code("state", size=14),
    Column("payload", JsonText, nullable=False),
    code("file_name", size=255, optional=True),
    Column("decided_on", Date, nullable=False),
    Column("sent_at", Moment),
    Column("acknowledged_at", Moment),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("last_error", Text),
    one_of("kind", HANDOFF_KINDS),
    one_of("state", HANDOFF_STATES),
    UniqueConstraint("order_id", "version"),
    UniqueConstraint("message_key"),
    Index("ix_handoff_message_queued", "id", **where("state = 'queued'")),
)

expected_return = Table(
    "expected_return",
    metadata,
    key(),
    code("return_no"),
    refers("order_id", "sales_order"),
    refers("order_line_id", "order_line"),
    Column("qty", UNIT, nullable=False),
    Column("qty_arrived", UNIT, nullable=False, server_default=text("0")),
    Column("expected_on", Date),
    Column("reason", Text, nullable=False),
    code("announced_by", size=120),
    Column("announced_on", Date, nullable=False),
    code("state", size=8),
    Column("closed_on", Date),
    one_of("state", RETURN_STATES),
    CheckConstraint(
        "qty > 0 AND qty_arrived >= 0 AND qty_arrived <= qty", name="arrived_within"
    ),
    UniqueConstraint("return_no"),
    Index("ix_expected_return_order_id", "order_id"),
    Index("ix_expected_return_order_line_id", "order_line_id"),
)
