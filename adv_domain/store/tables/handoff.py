"""Tables of what the stock department is told, and what it answers to that."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from adv_domain.store.columns import UNIT, JsonText, Moment
from adv_domain.store.tables.base import code, key, metadata, one_of, refers, where

HANDOFF_KINDS = ("order", "change", "cancel", "pending", "returns")
WMS_STATES = ("new", "acknowledged", "refused")
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
    Column("attempts_before", Integer, nullable=False, server_default=text("0")),
    Column("next_attempt_at", Moment),
    Column("acknowledge_by", Moment),
    Column("last_error", Text),
    one_of("kind", HANDOFF_KINDS),
    one_of("state", HANDOFF_STATES),
    UniqueConstraint("order_id", "version"),
    UniqueConstraint("message_key"),
    Index("ix_handoff_message_queued", "id", **where("state = 'queued'")),
    Index("ix_handoff_message_failed", "id", **where("state = 'failed'")),
    Index(
        "ix_handoff_message_unacknowledged",
        "acknowledge_by",
        **where("state = 'sent' AND acknowledge_by IS NOT NULL"),
    ),
)

# the stock department's system reads and updates it: its names are promises
wms_message = Table(
    "wms_message",
    metadata,
    key(),
    code("message_key", size=120),
    code("order_no"),
    Column("version", Integer, nullable=False),
    code("kind", size=10),
    Column("schema_version", Integer, nullable=False),
    Column("message", Text, nullable=False),
    Column("status", String(14), nullable=False, server_default=text("'new'")),
    Column("note", Text),
    Column("written_at", Moment, nullable=False),
    Column("heard_at", Moment),
    one_of("status", WMS_STATES),
    UniqueConstraint("message_key"),
    Index("ix_wms_message_new", "id", **where("status = 'new'")),
    Index(
        "ix_wms_message_unheard", "id", **where("status != 'new' AND heard_at IS NULL")
    ),
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
