"""Tables of posted documents: series, chain, invoices, lines, taxes, instalments."""

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

from adv_domain.store.columns import AMOUNT, KEY, UNIT, JsonText, Moment
from adv_domain.store.tables.base import code, key, metadata, one_of, refers, where
from adv_domain.store.tables.parties import MEANS_OF_PAYMENT

INVOICE_KINDS = ("invoice", "credit_note")
ORIGINS = ("posted", "legacy")
TAX_ROUNDINGS = ("document", "line")
TAX_KINDS = ("vat", "surcharge")

_PER_DOCUMENT = text("'document'")

series = Table(
    "series",
    metadata,
    key(),
    refers("company_id", "company"),
    code("kind", size=12),
    Column("fiscal_year", Integer, nullable=False),
    code("prefix", size=20),
    Column("width", Integer, nullable=False),
    Column("last_number", Integer, nullable=False),
    Column("last_on", Date),
    one_of("kind", INVOICE_KINDS),
    UniqueConstraint("company_id", "kind", "fiscal_year"),
)

chain_head = Table(
    "chain_head",
    metadata,
    Column("company_id", KEY, primary_key=True),
    Column("position", KEY, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("seal", String(64), nullable=False, server_default=text("''")),
)

invoice = Table(
    "invoice",
    metadata,
    key(),
    refers("company_id", "company"),
    code("kind", size=12),
    code("origin", size=8),
    refers("series_id", "series", optional=True),
    Column("number", Integer),
    code("invoice_no", size=60),
    refers("customer_id", "customer"),
    refers("order_id", "sales_order", optional=True),
    code("currency", size=3),
    Column("issued_on", Date, nullable=False),
    Column("supplied_on", Date),
    Column("date_reason", Text),
    Column("net", AMOUNT, nullable=False),
    Column("tax", AMOUNT, nullable=False),
    Column("gross", AMOUNT, nullable=False),
    Column("rounding", AMOUNT, nullable=False, server_default=text("0")),
    Column("tax_rounding", String(8), nullable=False, server_default=_PER_DOCUMENT),
    Column("tax_reasons", JsonText),
    code("company_currency", size=3, optional=True),
    Column("company_tax", AMOUNT),
    Column("company_rate", UNIT),
    Column("company_rate_on", Date),
    code("rf_reference", size=25, optional=True),
    code("payment_terms", optional=True),
    Column("terms", JsonText),
    Column("early_until", Date),
    Column("early_amount", AMOUNT),
    Column("seller", JsonText, nullable=False),
    Column("buyer", JsonText, nullable=False),
    code("language", size=2),
    code("reason_code", size=20, optional=True),
    Column("reason", Text),
    refers("corrects_id", "invoice", optional=True),
    Column("covers", JsonText),
    Column("chain_position", KEY),
    Column("record", Text),
    code("previous_hash", size=64, optional=True),
    code("hash", size=64, optional=True),
    code("seal", size=64, optional=True),
    Column("posted_at", Moment, nullable=False),
    Column("run_id", KEY),
    one_of("kind", INVOICE_KINDS),
    one_of("origin", ORIGINS),
    one_of("tax_rounding", TAX_ROUNDINGS),
    CheckConstraint("net + tax = gross", name="gross_is_net_plus_tax"),
    CheckConstraint(
        "origin = 'legacy' OR (number IS NOT NULL AND hash IS NOT NULL)",
        name="posted_is_numbered",
    ),
    UniqueConstraint("series_id", "number"),
    UniqueConstraint("company_id", "invoice_no"),
    UniqueConstraint("company_id", "chain_position"),
    Index("ix_invoice_customer_id", "customer_id"),
    Index("ix_invoice_order_id", "order_id"),
    Index("ix_invoice_issued_on", "issued_on"),
    Index("ix_invoice_corrects_id", "corrects_id"),
    Index("ix_invoice_rf_reference", "rf_reference"),
    Index("ix_invoice_run_id", "run_id"),
)

invoice_line = Table(
    "invoice_line",
    metadata,
    key(),
    refers("invoice_id", "invoice"),
    Column("line_no", Integer, nullable=False),
    refers("order_line_id", "order_line", optional=True),
    code("product_code", size=80),
    code("description", size=200),
    Column("qty", UNIT, nullable=False),
    code("unit", size=12),
    Column("unit_price", UNIT, nullable=False),
    Column("discount_rate", UNIT, nullable=False),
    Column("net", AMOUNT, nullable=False),
    code("tax_category"),
    Column("tax_rate", UNIT, nullable=False),
    Column("surcharge_rate", UNIT, nullable=False, server_default=text("0")),
    UniqueConstraint("invoice_id", "line_no"),
    Index("ix_invoice_line_order_line_id", "order_line_id"),
)

invoice_tax = Table(
    "invoice_tax",
    metadata,
    key(),
    refers("invoice_id", "invoice"),
    code("category"),
    code("vat_code", size=3),
    Column("rate", UNIT, nullable=False),
    Column("base", AMOUNT, nullable=False),
    Column("tax", AMOUNT, nullable=False),
    code("exemption_code", size=30, optional=True),
    code("exemption_reason", size=200, optional=True),
    Column("kind", String(9), nullable=False, server_default=text("'vat'")),
    one_of("kind", TAX_KINDS),
    UniqueConstraint("invoice_id", "category", "rate"),
)

invoice_charge = Table(
    "invoice_charge",
    metadata,
    key(),
    refers("invoice_id", "invoice"),
    Column("charge_no", Integer, nullable=False),
    code("description", size=200),
    Column("amount", AMOUNT, nullable=False),
    Column("base", AMOUNT),
    Column("rate", UNIT),
    code("tax_category"),
    Column("tax_rate", UNIT, nullable=False),
    Column("surcharge_rate", UNIT, nullable=False, server_default=text("0")),
    refers("order_id", "sales_order", optional=True),
    Column("order_charge_no", Integer),
    UniqueConstraint("invoice_id", "charge_no"),
    Index("ix_invoice_charge_order_id", "order_id"),
)

instalment = Table(
    "instalment",
    metadata,
    key(),
    refers("company_id", "company"),
    refers("invoice_id", "invoice"),
    Column("instalment_no", Integer, nullable=False),
    refers("customer_id", "customer"),
    code("currency", size=3),
    Column("issued_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("amount", AMOUNT, nullable=False),
    Column("open_amount", AMOUNT, nullable=False),
    Column("settled_on", Date),
    code("means_of_payment", size=12),
    Column("steps", JsonText),
    Column("legacy_level", Integer),
    Column("legacy_level_on", Date),
    one_of("means_of_payment", MEANS_OF_PAYMENT),
    CheckConstraint(
        "(amount >= 0 AND open_amount >= 0 AND open_amount <= amount)"
        " OR (amount < 0 AND open_amount <= 0 AND open_amount >= amount)",
        name="open_within_amount",
    ),
    UniqueConstraint("invoice_id", "instalment_no"),
    Index(
        "ix_instalment_open",
        "customer_id",
        "due_on",
        **where("open_amount <> 0"),
    ),
    Index("ix_instalment_due_on", "due_on"),
)

document = Table(
    "document",
    metadata,
    key(),
    refers("invoice_id", "invoice"),
    code("kind", size=8),
    code("language", size=2),
    code("path", size=400),
    code("sha256", size=64),
    Column("size", KEY, nullable=False),
    Column("made_at", Moment, nullable=False),
    one_of("kind", ("pdf", "cii", "ubl")),
    UniqueConstraint("invoice_id", "kind"),
)
