"""Tables of supply: goods in stock, and goods that are on their way to it."""

from sqlalchemy import Boolean, Column, Date, String, Table, UniqueConstraint, text

from adv_domain.store.columns import UNIT, Moment
from adv_domain.store.tables.base import code, key, metadata, refers

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
