"""What may an order say, and how is each value read? The same for rows and documents.

The fields stand in the order of the attributes of IncomingHeader and IncomingLine.
"""

from decimal import Decimal

from adv_domain.files.fields import (
    Field,
    asked_currency,
    charges,
    choice,
    country,
    day,
    number,
    party_ids,
    rate,
    terms,
    text,
    whole,
)
from adv_domain.files.word_fields import milestones
from adv_domain.rules.orders.incoming import DocumentKind
from adv_domain.rules.stock.shipping import ShippingPolicy

HEADER_FIELDS = (
    Field("customer", text(40), required=True),
    Field("customer_ref", text(80), required=True),
    Field("ordered_on", day()),
    Field("requested_on", day()),
    Field("currency", asked_currency()),
    Field("payment_terms", terms()),
    Field("channel", text(20), default="file"),
    Field("entered_by", text(120)),
    Field("ship_to_name", text(200)),
    Field("ship_to_address", text(400)),
    Field("ship_to_country", country()),
    Field("buyer_reference", text(80)),
    Field("instructions", text(10_000)),
    Field("prepaid", number(decimals=3, low=Decimal(0))),
    Field("document", choice(*DocumentKind), default=DocumentKind.ORDER),
    Field("document_ref", text(80)),
    Field("buyer_name", text(200)),
    Field("buyer_ids", party_ids()),
    Field("contact_name", text(120)),
    Field("contact_phone", text(60)),
    Field("contact_email", text(254)),
    Field("ship_to_id", text(80)),
    Field("ship_to_postal_code", text(20)),
    Field("ship_to_city", text(120)),
    Field("ship_to_region", text(60)),
    Field("deliver_from", day()),
    Field("deliver_until", day()),
    Field("incoterm", text(12)),
    Field("incoterm_place", text(80)),
    Field("document_total", number(decimals=3)),
    Field("charges", charges()),
    Field("shipping_policy", choice(*ShippingPolicy)),
    Field("priority", whole(low=1, high=9)),
    Field("milestones", milestones()),
)
LINE_FIELDS = (
    Field("line", whole(low=1)),
    Field("product", text(80), required=True),
    Field("description", text(200)),
    Field("customer_article", text(80)),
    Field("quantity", number(), required=True),
    Field("unit", text(12)),
    Field("price", number(low=Decimal(0))),
    Field("discount_percent", rate(), default="0"),
    Field("gtin", text(40)),
    Field("note", text(10_000)),
    Field("vat_category", text(12)),
    Field("vat_percent", rate()),
    Field("line_ref", text(40)),
)
ORDER_FIELDS = HEADER_FIELDS + LINE_FIELDS
ORDER_COLUMNS = tuple(field.name for field in ORDER_FIELDS)
