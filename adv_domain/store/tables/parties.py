"""Tables of master data: company, customers, products, prices, stock, rates, terms."""

from sqlalchemy import (
    Boolean,
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

from adv_domain.store.columns import AMOUNT, UNIT, JsonText, Moment
from adv_domain.store.tables.base import code, key, metadata, one_of, refers

PARTY_KINDS = ("business", "consumer", "public_body")
E_INVOICES = ("none", "facturx", "ubl")
VAT_DUE = ("supply", "payment", "debits")
REBATE_BASES = ("whole", "band")
NATURES = ("goods", "service")
SHIPPING_POLICIES = ("partial", "complete", "after_payment")
MEANS_OF_PAYMENT = ("transfer", "direct_debit", "bill", "card")


def _address() -> list[Column[str]]:
    return [
        code("address", size=200, optional=True),
        code("postal_code", size=20, optional=True),
        code("city", size=120, optional=True),
        code("region", size=60, optional=True),
    ]


company = Table(
    "company",
    metadata,
    key(),
    code("code"),
    code("name", size=200),
    code("vat_id", optional=True),
    *_address(),
    code("country", size=2),
    code("tax_territory", size=12),
    code("currency", size=3),
    code("language", size=2),
    code("email", size=254, optional=True),
    code("phone", optional=True),
    code("iban", optional=True),
    code("bic", size=11, optional=True),
    code("legal_id", size=60, optional=True),
    code("registration", size=300, optional=True),
    code("endpoint_id", size=80, optional=True),
    Column("vat_due", String(8), nullable=False, server_default=text("'supply'")),
    Column("legal_lines", JsonText),
    one_of("vat_due", VAT_DUE),
    UniqueConstraint("code"),
)

customer = Table(
    "customer",
    metadata,
    key(),
    refers("company_id", "company"),
    code("code"),
    code("name", size=200),
    code("party_kind", size=12),
    code("vat_id", optional=True),
    *_address(),
    code("country", size=2),
    code("calendar_region", size=12, optional=True),
    code("tax_territory", size=12, optional=True),
    code("currency", size=3),
    code("language", size=2),
    code("email", size=254, optional=True),
    code("phone", optional=True),
    code("iban", optional=True),
    code("payment_terms"),
    code("means_of_payment", size=12),
    code("price_list", optional=True),
    code("tax_category"),
    Column("credit_limit", AMOUNT),
    code("credit_limit_source", size=60, optional=True),
    Column("credit_limit_until", Date),
    code("customer_group", optional=True),
    code("account_manager", size=120, optional=True),
    code("buyer_reference", size=80, optional=True),
    code("routing_id", size=80, optional=True),
    code("gln", optional=True),
    code("endpoint_id", size=80, optional=True),
    code("legal_id", size=60, optional=True),
    code("einvoice", size=8, optional=True),
    code("dunning_policy", optional=True),
    Column("dunning_paused_until", Date),
    Column("dunning_pause_reason", Text),
    Column("insolvent_on", Date),
    Column("delay_threshold_days", Integer),
    code("progress_mails", size=80, optional=True),
    code("delivery_weekdays", size=40, optional=True),
    code("order_book", size=4, optional=True),
    code("invoicing", size=100, optional=True),
    Column("advance_rate", UNIT),
    code("milestones", size=400, optional=True),
    Column("priority", Integer),
    code("value_class", size=12, optional=True),
    code("shipping_policy", size=14, optional=True),
    code("packing", size=400, optional=True),
    code("papers", size=200, optional=True),
    Column("is_blocked", Boolean, nullable=False, server_default=text("false")),
    Column("content_hash", String(64)),
    Column("changed_at", Moment, nullable=False),
    one_of("party_kind", PARTY_KINDS),
    one_of("means_of_payment", MEANS_OF_PAYMENT),
    one_of("einvoice", E_INVOICES),
    one_of("shipping_policy", SHIPPING_POLICIES),
    CheckConstraint("priority BETWEEN 1 AND 9", name="priority_one_to_nine"),
    UniqueConstraint("company_id", "code"),
    Index("ix_customer_iban", "iban"),
    Index("ix_customer_gln", "gln"),
)

product = Table(
    "product",
    metadata,
    key(),
    code("code"),
    code("name", size=200),
    code("unit", size=12),
    code("tax_class"),
    code("category", optional=True),
    Column("nature", String(8), nullable=False, server_default=text("'goods'")),
    Column("list_price", UNIT),
    code("currency", size=3, optional=True),
    Column("lead_time_days", Integer, nullable=False, server_default=text("0")),
    Column("min_order_qty", UNIT),
    Column("pack_size", UNIT),
    Column("is_discontinued", Boolean, nullable=False, server_default=text("false")),
    code("gtin", optional=True),
    Column("content_hash", String(64)),
    Column("changed_at", Moment, nullable=False),
    one_of("nature", NATURES),
    UniqueConstraint("code"),
    Index("ix_product_gtin", "gtin"),
)

customer_article = Table(
    "customer_article",
    metadata,
    key(),
    code("customer_code"),
    code("article", size=80),
    code("product_code"),
    UniqueConstraint("customer_code", "article"),
    Index("ix_customer_article_product_code", "customer_code", "product_code"),
)

price = Table(
    "price",
    metadata,
    key(),
    code("scope", size=10),
    code("scope_code"),
    code("product_code"),
    Column("category", String(40), nullable=False, server_default=text("''")),
    code("currency", size=3),
    Column("min_qty", UNIT, nullable=False),
    Column("unit_price", UNIT),
    Column("discount_rate", UNIT),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("content_hash", String(64)),
    one_of("scope", ("customer", "group", "list", "all")),
    UniqueConstraint(
        "scope_code",
        "product_code",
        "scope",
        "category",
        "currency",
        "min_qty",
        "valid_from",
    ),
    Index("ix_price_product_code", "product_code"),
)

rebate = Table(
    "rebate",
    metadata,
    key(),
    code("customer_code"),
    code("currency", size=3),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, nullable=False),
    Column("threshold", AMOUNT, nullable=False),
    Column("rate", UNIT, nullable=False),
    code("basis", size=8),
    one_of("basis", REBATE_BASES),
    UniqueConstraint("customer_code", "currency", "valid_from", "threshold"),
)

tax_rate = Table(
    "tax_rate",
    metadata,
    key(),
    code("territory", size=12),
    code("category"),
    Column("rate", UNIT, nullable=False),
    code("vat_code", size=3),
    code("exemption_code", size=30, optional=True),
    code("exemption_reason", size=200, optional=True),
    Column("surcharge_rate", UNIT),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    UniqueConstraint("territory", "category", "valid_from"),
)

payment_term = Table(
    "payment_term",
    metadata,
    key(),
    code("code"),
    code("name", size=120),
    Column("definition", JsonText, nullable=False),
    UniqueConstraint("code"),
)

exchange_rate = Table(
    "exchange_rate",
    metadata,
    key(),
    code("currency", size=3),
    code("base", size=3),
    Column("rate", UNIT, nullable=False),
    Column("valid_from", Date, nullable=False),
    code("source", size=80, optional=True),
    UniqueConstraint("currency", "base", "valid_from"),
)

closed_period = Table(
    "closed_period",
    metadata,
    key(),
    refers("company_id", "company"),
    Column("first_on", Date, nullable=False),
    Column("last_on", Date, nullable=False),
    code("closed_by", size=120),
    Column("closed_at", Moment, nullable=False),
    UniqueConstraint("company_id", "first_on"),
)
