"""What stock told us: its messages, goods that left and came back, moved dates."""

from sqlalchemy import (
    Boolean,
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

from adv_domain.store.columns import KEY, UNIT, Moment
from adv_domain.store.tables.base import code, key, metadata, one_of, refers, where

STOCK_NEWS = (
    "confirmation",
    "shipment",
    "new_date",
    "refusal",
    "cancellation",
    "return",
    "change_accepted",
    "change_refused",
)
DELAY_CAUSES = ("stock", "carrier", "customer", "credit")

stock_message = Table(
    "stock_message",
    metadata,
    key(),
    code("message_key", size=160),
    code("kind", size=20),
    refers("order_id", "sales_order"),
    refers("source_file_id", "source_file", optional=True),
    Column("source_row", Integer),
    Column("dated_on", Date, nullable=False),
    Column("received_at", Moment, nullable=False),
    code("content_hash", size=64, optional=True),
    one_of("kind", STOCK_NEWS),
    UniqueConstraint("message_key"),
    Index("ix_stock_message_order_id", "order_id"),
)

delivery = Table(
    "delivery",
    metadata,
    key(),
    code("delivery_no", size=80),
    refers("order_id", "sales_order"),
    refers("stock_message_id", "stock_message"),
    Column("shipped_on", Date, nullable=False),
    code("carrier", size=80, optional=True),
    code("tracking", size=80, optional=True),
    Column("to_tell", Boolean, nullable=False, server_default=text("true")),
    UniqueConstraint("order_id", "delivery_no"),
    Index("ix_delivery_shipped_on", "shipped_on"),
    Index("ix_delivery_to_tell", "order_id", **where("to_tell")),
)

delivery_line = Table(
    "delivery_line",
    metadata,
    key(),
    refers("delivery_id", "delivery"),
    refers("order_id", "sales_order"),
    refers("order_line_id", "order_line"),
    Column("qty", UNIT, nullable=False),
    Column("qty_over", UNIT, nullable=False, server_default=text("0")),
    Column("qty_ignored", UNIT, nullable=False, server_default=text("0")),
    Column("invoice_line_id", KEY),
    Column("ignored_on", Date),
    Column("ignored_reason", Text),
    # qty counts towards the order; a line of goods beyond it has only qty_over
    CheckConstraint(
        "qty >= 0 AND qty_over >= 0 AND qty + qty_over > 0", name="something_shipped"
    ),
    CheckConstraint(
        "qty_ignored >= 0 AND qty_ignored <= qty", name="ignored_within_shipped"
    ),
    UniqueConstraint("delivery_id", "order_line_id"),
    Index("ix_delivery_line_order_id", "order_id"),
    Index(
        "ix_delivery_line_unbilled",
        "order_id",
        **where("invoice_line_id IS NULL AND ignored_on IS NULL"),
    ),
)

goods_return = Table(
    "goods_return",
    metadata,
    key(),
    refers("stock_message_id", "stock_message"),
    refers("order_id", "sales_order"),
    refers("order_line_id", "order_line"),
    refers("delivery_id", "delivery"),
    Column("returned_on", Date, nullable=False),
    Column("qty", UNIT, nullable=False),
    Column("qty_billed", UNIT, nullable=False),
    Column("qty_over", UNIT, nullable=False),
    Column("note", Text),
    # qty counted towards the order, qty_billed of it had been invoiced
    CheckConstraint(
        "qty >= 0 AND qty_over >= 0 AND qty + qty_over > 0", name="something_came_back"
    ),
    CheckConstraint("qty_billed >= 0 AND qty_billed <= qty", name="billed_within_qty"),
    UniqueConstraint("stock_message_id", "delivery_id", "order_line_id"),
    Index("ix_goods_return_order_id", "order_id"),
    Index("ix_goods_return_returned_on", "returned_on"),
)

date_change = Table(
    "date_change",
    metadata,
    key(),
    refers("order_line_id", "order_line"),
    refers("stock_message_id", "stock_message", optional=True),
    Column("old_on", Date),
    Column("new_on", Date, nullable=False),
    Column("known_on", Date, nullable=False),
    code("cause", size=12),
    Column("note", Text),
    one_of("cause", DELAY_CAUSES),
    UniqueConstraint("order_line_id", "stock_message_id"),
)
