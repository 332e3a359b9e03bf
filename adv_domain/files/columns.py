"""What may stand in a file of each kind: the page for who writes one?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from adv_domain.files.fields import Field
from adv_domain.files.kinds import KINDS
from adv_domain.files.order_fields import ORDER_FIELDS
from adv_domain.files.stock_feedback import FEEDBACK_FIELDS

FIELDS: Mapping[str, tuple[Field, ...]] = {
    **{name: kind.fields for name, kind in KINDS.items()},
    "orders": ORDER_FIELDS,
    "deliveries": FEEDBACK_FIELDS,
}
"""The columns of each kind of CSV file; bank files are camt.053 and have none."""

_SHOWN = tuple(
    "customers products customer_articles prices rebates stock receipts orders "
    "deliveries acknowledgements survey legacy-invoices tax_rates payment_terms "
    "exchange_rates".split()
)
_NOTES = {
    "customers": "An unknown customer's orders are held. A file that lacks a column "
    "leaves it as it was. `tax_territory` says where he belongs for tax where country "
    "and postal code do not (`ES-CN`, `FR-974`); `tax_category` is `standard` (the "
    "supply decides), `equivalence_surcharge` (a retailer under the recargo) or a "
    "category of his own. `gln`, `vat_id`, `endpoint_id` (as 0192:991825827) and "
    "`routing_id` are what documents name a customer by. `einvoice` says what his "
    "machine gets with an invoice: `facturx` (inside the PDF), `ubl` (a file beside "
    "it) or `none`. `priority` (1 goes first), `value_class`, `packing` and `papers` "
    "(separated by commas) are told to stock with each order.",
    "products": "`tax_class` and the customer's `tax_category` together give the tax "
    "rate. The list price is per unit, before discounts and tax. Prices may be agreed "
    "for a `category`.",
    "customer_articles": "By which number of his own a customer orders a product.",
    "prices": "`scope` says for whom a price holds: `customer`, `group` and `list` "
    "need the code of the customer, his `customer_group` or his `price_list` in "
    "`scope_code`. A file with `customer`, `customer_group` or `price_list` instead of "
    "the two holds for those. A row is about a `product`, a `category`, or with `*` as "
    "the product about all of them. It has a price, a discount or both; `valid_to` is "
    "the first day without it. Which of several wins: operations.md.",
    "rebates": "Year-end rebates: from a `threshold` of what is invoiced before tax in "
    "the period on, `rate_percent` of all of it (`whole`) or of what lies above the "
    "threshold (`band`). Rows of one customer, currency and `valid_from` are one "
    "agreement. `valid_to` is the first day without it: a year is from `2026-01-01` to "
    "`2027-01-01`. `adv rebates` shows what has accrued, and the period's last day; "
    "`adv credit-note --to` takes either.",
    "stock": "What lies at a location at the close of a day.",
    "receipts": "Goods on their way to stock: purchase orders, transfers, production "
    "orders, one row a product. `receipt` names it; the next file with the same "
    "product, location and receipt moves its day or its quantity. What has come counts "
    "in stock, not here: give `received_quantity`, or `received_on` alone if all of it "
    "came. A receipt that will not come says yes in `cancelled`.",
    "orders": "One row a line; what an order says once stands on each of its rows. "
    "Rows of one `customer` and `customer_ref` are one order. `document` says whether "
    "it is an order, a change of the one with that reference, or its cancellation, "
    "and `document_ref` is the change's own number. A change names what changes; a "
    "`quantity` of 0 takes a line away. `shipping_policy` says how the goods leave: as "
    "they come (`partial`), all together (`complete`), or once the order is paid "
    "(`after_payment`); of priorities 1 goes first. `milestones` are those of the "
    "order, in place of its customer's.",
    "deliveries": "News from the stock department: a table, JSON (the same names; the "
    "`lines` of a message hold what differs) or UBL 2.1 DespatchAdvice. The order is "
    "named by `order_no`, or by `customer` and `customer_ref`. No `line` means each "
    "line, no `quantity` all that is open, of a `return` all that left. "
    "What has happened cannot lie in the future. Of a part, give the quantity: "
    "files may overtake each other. A `refusal` "
    "(never taken on) or a `cancellation` (a planned move given up) of a line or a "
    "part of it waits for a decision. `told_at` is when stock said it: of two dates "
    "the one told later counts, whichever comes first; without it, the one that comes "
    "later. A `unit` must be the order's. "
    "`change_accepted` and `change_refused` need only `answers`: the `message_id` of "
    "our message that asked, and for a refusal the reason in `note`. `cause` says what "
    "moved a date; without it, stock itself did.",
    "acknowledgements": "Which of our messages the stock department got, by their "
    "`message_id`. One that it cannot do with says no in `accepted`, and why in "
    "`note`: a person looks at it.",
    "legacy-invoices": "Open and settled invoices of the system before this one; the "
    "amount includes tax.",
    "tax_rates": "`territory` is the one of `[company] tax_territory`, or a part of it "
    "with rates of its own; `category` is the product's `tax_class`, or what the "
    "supply or the customer's `tax_category` makes of it (`export`, `intra_community`, "
    "`reverse_charge`, `outside_scope`). `vat_code` is the code of UNCL5305; an "
    "exemption prints its `exemption_reason`. `surcharge_percent` is the recargo de "
    "equivalencia that goes with the rate; `valid_to` is the first day without it.",
    "payment_terms": "The definition is a term's JSON form: `adv terms preview --help` "
    "shows it, `adv terms preview` what one comes to. It must work from every day, and "
    "give no customer who has it more time than his law allows.",
    "exchange_rates": "How much of `currency` one unit of `base` is worth.",
    "survey": "One answer to one question.",
}
_COMPANYS = "the company's"
_STAND_INS = {
    ("customers", "country"): _COMPANYS,
    ("customers", "currency"): _COMPANYS,
    ("customers", "language"): _COMPANYS,
    ("customers", "payment_terms"): "policy, `default_payment_terms`",
    ("customers", "einvoice"): "policy, `[documents] einvoice`",
    ("customers", "shipping_policy"): "policy, `[handoff] shipping`",
    ("customers", "priority"): "5",
    ("products", "currency"): _COMPANYS,
    ("prices", "currency"): _COMPANYS,
    ("exchange_rates", "base"): _COMPANYS,
    ("rebates", "currency"): _COMPANYS,
    ("legacy-invoices", "currency"): "the customer's",
    ("orders", "currency"): "the customer's",
    ("orders", "payment_terms"): "the customer's",
    ("orders", "ordered_on"): "the business date",
    ("orders", "price"): "the agreed one",
    ("orders", "unit"): "the product's",
    ("orders", "line"): "1, 2, 3 …",
    ("orders", "shipping_policy"): "the customer's",
    ("orders", "priority"): "the customer's",
    ("orders", "milestones"): "the customer's",
    ("stock", "as_of"): "the business date",
    ("deliveries", "line"): "each line",
    ("deliveries", "quantity"): "all that is open",
}
_EXAMPLES = {
    "advance_percent": "30",
    "account_manager": "Ana Ruiz",
    "address": "Calle Mayor 1",
    "answer": "A-2026-001",
    "article": "4711",
    "base": "EUR",
    "buyer_name": "Ferretería Sol S.L.",
    "buyer_reference": "dept. 7",
    "calendar_region": "ES-MD",
    "carrier": "Correos",
    "category": "TOOLS",
    "channel": "edi",
    "city": "Madrid",
    "code": "C-001",
    "contact_email": "ana@example.com",
    "contact_name": "Ana Ruiz",
    "contact_phone": "+34 910 000 000",
    "credit_limit": "5000",
    "credit_limit_source": "insurer",
    "customer": "C-001",
    "customer_article": "4711",
    "customer_group": "retail",
    "customer_ref": "PO-2026-17",
    "definition": '{"lines": [{"share": "remainder", "due": [["add_days", 30]]}]}',
    "delivery_no": "D-1",
    "description": "blue, boxed",
    "discount_percent": "10",
    "document_ref": "CH-3",
    "dunning_policy": "default",
    "entered_by": "Luc",
    "endpoint_id": "0192:991825827",
    "exemption_reason": "Exento, art. 20 de la Ley 37/1992",
    "gtin": "8412345000013",
    "iban": "ES9121000418450200051332",
    "incoterm": "DAP",
    "incoterm_place": "Madrid",
    "instructions": "ring twice",
    "invoice": "F-2025-000123",
    "item": "delivery",
    "line_ref": "A-1",
    "location": "main",
    "message_id": "M-1",
    "name": "Ferretería Sol S.L.",
    "note": "truck broke down",
    "order_no": "SO-2026-000001",
    "packing": "EUR pallets, at most 1.60 m",
    "papers": "delivery note, certificate of origin",
    "phone": "+34 910 000 000",
    "postal_code": "28013",
    "price_list": "GOLD",
    "product": "P-001",
    "quantity": "3",
    "rate": "1.0842",
    "receipt": "PO-4711/1",
    "region": "MD",
    "routing_id": "L01234567",
    "scope_code": "C-001",
    "score": "4",
    "ship_to_address": "Calle Nueva 2",
    "ship_to_city": "Madrid",
    "ship_to_id": "8412345000020",
    "ship_to_name": "Almacén Sol",
    "ship_to_postal_code": "28013",
    "ship_to_region": "MD",
    "source": "ECB",
    "tax_category": "standard",
    "tax_class": "standard",
    "threshold": "100000",
    "tax_territory": "ES",
    "territory": "ES",
    "tracking": "PQ123",
    "answers": "S00000001/2",
    "unit": "PCE",
    "value_class": "A",
    "vat_category": "S",
    "vat_code": "S",
    "vat_id": "ESB12345674",
}
_EXAMPLES_OF_KIND = {
    ("orders", "note"): "blue ones",
    ("payment_terms", "code"): "net30",
    ("payment_terms", "name"): "30 days net",
    ("tax_rates", "category"): "standard",
    ("products", "code"): "P-001",
    ("products", "name"): "Hammer",
}
_HEAD = """# The columns of the files

Written from the code by a test; `adv import KIND --columns` prints one part of it.

CSV with a header row, UTF-8, separated by comma, semicolon, tab or bar, or an XLSX
workbook: its first visible sheet that is not empty. Dates are written 2026-03-31,
numbers 1234.56; a mapping (`--mapping`, or `mapping.toml` beside the files) states
other names, formats, codes, sheets and rows to pass over. The order of the columns is
free. A column that is not listed here is ignored, and told. Bank files are camt.053 XML
and have no columns.
"""


@dataclass(frozen=True, slots=True)
class ColumnHelp:
    """What a column is called, whether it must be there, and how it is written."""

    column: str
    required: bool
    default: str
    form: str
    example: str


def columns_of(kind: str) -> tuple[ColumnHelp, ...]:
    """Tell of each column of a kind of file; raises KeyError for one without any."""
    return tuple(
        ColumnHelp(
            column=field.name,
            required=field.required,
            default=_STAND_INS.get((kind, field.name), field.default),
            form=_form(field),
            example=_EXAMPLES_OF_KIND.get((kind, field.name))
            or _EXAMPLES.get(field.name)
            or field.form.example,
        )
        for field in FIELDS[kind]
    )


def _form(field: Field) -> str:
    others = " or ".join(alias.name for alias in field.aliases)
    return f"{field.form.words}; also called {others}" if others else field.form.words


def columns_page() -> str:
    """Write the page of all kinds as Markdown."""
    return _HEAD + "".join("\n".join(_part(kind)) for kind in _SHOWN)


def _part(kind: str) -> Iterator[str]:
    yield f"\n## {kind}\n"
    yield f"{_NOTES[kind]}\n"
    yield "| column | required | default | form | example |"
    yield "|---|---|---|---|---|"
    for one in columns_of(kind):
        required = "yes" if one.required else ""
        cells = (
            f"`{one.column}`",
            required,
            one.default,
            one.form,
            f"`{one.example}`",
        )
        yield f"| {' | '.join(cells)} |"
    yield ""
