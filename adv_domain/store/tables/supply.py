"""Tables of supply: goods in stock and on their way to it, and who waits for them."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    String,
    Table,
    UniqueConstraint,
    text,
)

from adv_domain.store.columns import UNIT, Moment
from adv_domain.store.tables.base import code, key, metadata, refers, where

stock = Table(
    "stock",
    metadata,
    key(),
    code("product_code"),
    code("location"),
    Column("on_hand", UNIT, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("content_hash", String(64)),
    UniqueConstraint("product_code", "location"),
)

expected_receipt = Table(
    "expected_receipt",
    metadata,
    key(),
    code("product_code"),
    code("location"),
    code("receipt_ref", size=80),
    Column("qty", UNIT, nullable=False),
    Column("expected_on", Date, nullable=False),
    Column("received_qty", UNIT),
    Column("received_on", Date),
    Column("is_cancelled", Boolean, nullable=False, server_default=text("false")),
    refers("source_file_id", "source_file"),
    Column("changed_at", Moment, nullable=False),
    UniqueConstraint("product_code", "location", "receipt_ref"),
)

stock_position = Table(
    "stock_position",
    metadata,
    key(),
    code("product_code"),
    Column("on_hand", UNIT, nullable=False),
    Column("reserved", UNIT, nullable=False),
    UniqueConstraint("product_code"),
)

back_order = Table(
    "back_order",
    metadata,
    key(),
    refers("order_line_id", "order_line"),
    refers("order_id", "sales_order"),
    refers("receipt_id", "expected_receipt", optional=True),
    Column("qty_waiting", UNIT, nullable=False),
    Column("available_on", Date),
    Column("found_on", Date, nullable=False),
    Column("at_acceptance", Boolean, nullable=False),
    Column("closed_on", Date),
    CheckConstraint("qty_waiting > 0", name="something_waits"),
    UniqueConstraint("order_line_id"),
    Index("ix_back_order_order_id", "order_id"),
    Index("ix_back_order_open", "order_line_id", **where("closed_on IS NULL")),
)
