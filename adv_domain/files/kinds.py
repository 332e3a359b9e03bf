"""Which columns has each kind of file, and what does a row of it become?"""

from decimal import Decimal

from adv_domain.files.agreement_kinds import REBATES
from adv_domain.files.fields import (
    Alias,
    Field,
    choice,
    country,
    currency,
    day,
    digits,
    email,
    exemption,
    flag,
    json_object,
    legal_registration,
    number,
    rate,
    terms,
    text,
    whole,
)
from adv_domain.files.file_kind import FileKind, needed
from adv_domain.files.supply_kinds import ACKNOWLEDGEMENTS, RECEIPTS, STOCK
from adv_domain.files.word_fields import (
    invoicing_schedule,
    milestones,
    progress,
    weekdays,
)
from adv_domain.rules.orders.customer_record import CustomerRecord
from adv_domain.rules.orders.master_data import (
    CustomerArticleRecord,
    ExchangeRateRecord,
    LegacyInvoiceRecord,
    PaymentTermRecord,
    PriceRecord,
    ProductRecord,
    SurveyRecord,
    TaxRateRecord,
)
from adv_domain.rules.stock.order_book import BOOK_DAYS
from adv_domain.rules.stock.shipping import ShippingPolicy

_ZERO = Decimal(0)
_LEAST_RATE = Decimal("0.000001")


CUSTOMERS = FileKind(
    "customers",
    (
        needed("code", text(40)),
        needed("name", text(200)),
        Field("country", country()),
        Field("currency", currency()),
        Field("language", choice("en", "es", "fr")),
        Field("email", email()),
        Field("phone", text(40)),
        Field("vat_id", text(40)),
        Field(
            "party_kind",
            choice("business", "consumer", "public_body"),
            default="business",
        ),
        Field("address", text(200)),
        Field("postal_code", text(20)),
        Field("city", text(120)),
        Field("region", text(60)),
        Field("calendar_region", text(12)),
        Field("tax_territory", text(12)),
        Field("tax_category", text(40), default="standard"),
        Field("payment_terms", terms()),
        Field(
            "means_of_payment",
            choice("transfer", "direct_debit", "bill", "card"),
            default="transfer",
        ),
        Field("iban", text(40)),
        Field("price_list", text(40)),
        Field("credit_limit", number(decimals=3, low=_ZERO)),
        Field("credit_limit_source", text(60)),
        Field("credit_limit_until", day()),
        Field("customer_group", text(40)),
        Field("account_manager", text(120)),
        Field("buyer_reference", text(80)),
        Field("routing_id", text(80)),
        Field("gln", digits(13)),
        Field("endpoint_id", text(80)),
        Field("legal_id", legal_registration()),
        Field("einvoice", choice("facturx", "ubl", "none")),
        Field("dunning_policy", text(40)),
        Field("delay_threshold_days", whole(high=999)),
        Field("progress_mails", progress()),
        Field("delivery_weekdays", weekdays()),
        Field("order_book", choice(*BOOK_DAYS)),
        Field("priority", whole(low=1, high=9)),
        Field("value_class", text(12)),
        Field("shipping_policy", choice(*ShippingPolicy)),
        Field("packing", text(400)),
        Field("papers", text(200)),
        Field("invoicing", invoicing_schedule()),
        Field("milestones", milestones()),
        Field("advance_percent", rate()),
        Field("blocked", flag(), default="no"),
    ),
    CustomerRecord,
)

PRODUCTS = FileKind(
    "products",
    (
        needed("code", text(40)),
        needed("name", text(200)),
        Field("unit", text(12), default="PCE"),
        # customers.csv calls the other half of the tax rate so: wrong VAT if ignored
        Field(
            "tax_class",
            text(40),
            default="standard",
            aliases=(Alias("tax_category"),),
        ),
        Field("category", text(40)),
        Field("list_price", number(low=_ZERO)),
        Field("currency", currency()),
        Field("lead_time_days", whole(high=999), default="0"),
        Field("min_order_quantity", number(low=_ZERO)),
        Field("pack_size", number(low=_ZERO)),
        Field("discontinued", flag(), default="no"),
        Field("gtin", digits(8, 12, 13, 14)),
        Field("nature", choice("goods", "service"), default="goods"),
    ),
    ProductRecord,
)

CUSTOMER_ARTICLES = FileKind(
    "customer_articles",
    (
        needed("customer", text(40)),
        needed("article", text(80)),
        needed("product", text(40)),
    ),
    CustomerArticleRecord,
)

PRICES = FileKind(
    "prices",
    (
        Field("scope", choice("customer", "group", "list", "all"), default="all"),
        # a list's prices would hold for everyone if its name were ignored
        Field(
            "scope_code",
            text(40),
            aliases=(
                Alias("price_list", implies=(("scope", "list"),)),
                Alias("customer", implies=(("scope", "customer"),)),
                Alias("customer_group", implies=(("scope", "group"),)),
            ),
        ),
        Field("product", text(40)),
        Field("category", text(40)),
        Field("currency", currency()),
        Field("min_quantity", number(low=_ZERO), default="0"),
        Field("price", number(low=_ZERO)),
        Field("discount_percent", rate()),
        Field("valid_from", day(), default="1900-01-01"),
        Field("valid_to", day()),
    ),
    PriceRecord,
)

TAX_RATES = FileKind(
    "tax_rates",
    (
        needed("territory", text(12)),
        Field("category", text(40), default="standard"),
        needed("rate_percent", rate()),
        Field("vat_code", text(3), default="S"),
        Field("exemption_code", exemption()),
        Field("exemption_reason", text(200)),
        Field("surcharge_percent", rate()),
        Field("valid_from", day(), default="1900-01-01"),
        Field("valid_to", day()),
    ),
    TaxRateRecord,
)

EXCHANGE_RATES = FileKind(
    "exchange_rates",
    (
        needed("currency", currency()),
        Field("base", currency()),
        needed("rate", number(low=_LEAST_RATE)),
        needed("valid_from", day()),
        Field("source", text(80)),
    ),
    ExchangeRateRecord,
)

PAYMENT_TERMS = FileKind(
    "payment_terms",
    (
        needed("code", text(40)),
        needed("name", text(120)),
        needed("definition", json_object()),
    ),
    PaymentTermRecord,
)

SURVEY = FileKind(
    "survey",
    (
        Field("answer", text(120)),
        Field("customer", text(40)),
        needed("item", text(60)),
        needed("score", number(decimals=2)),
        Field("scale_min", whole(high=100), default="1"),
        Field("scale_max", whole(high=100), default="5"),
        needed("answered_on", day()),
    ),
    SurveyRecord,
)

LEGACY_INVOICES = FileKind(
    "legacy-invoices",
    (
        needed("invoice", text(60)),
        needed("customer", text(40)),
        needed("issued_on", day()),
        needed("due_on", day()),
        needed("amount", number(decimals=3)),
        Field("currency", currency()),
        Field("settled_on", day()),
        Field("disputed", flag(), default="no"),
        Field("tax", number(decimals=3)),
        Field("level", whole(high=20)),
        Field("level_on", day()),
    ),
    LegacyInvoiceRecord,
)

KINDS = {
    kind.name: kind
    for kind in (
        CUSTOMERS,
        PRODUCTS,
        CUSTOMER_ARTICLES,
        PRICES,
        REBATES,
        STOCK,
        RECEIPTS,
        ACKNOWLEDGEMENTS,
        TAX_RATES,
        EXCHANGE_RATES,
        PAYMENT_TERMS,
        SURVEY,
        LEGACY_INVOICES,
    )
}
"""The kinds that become one record a row; orders are in order_rows."""
