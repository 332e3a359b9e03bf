"""Who are the demo's customers, what do they buy, and what was agreed with them?

All names are made up. Everything follows from the seed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from adv_domain.rules.calendar_rules import WEEKDAY_CODES
from adv_domain.rules.money import minor_unit
from tasks.demo.identifiers import iban, vat_id

ACCOUNTS = {
    "EUR": "ES9121000418450200051332",
    "JPY": "DE89370400440532013000",
    "TND": "FR1420041010050500013M02606",
}
RATES = {"JPY": Decimal("163.5"), "TND": Decimal("3.38")}
FIRST_DAY_OF_MASTER_DATA = date(2020, 1, 1)
_CITIES = {
    "ES": (("Madrid", "28013"), ("Sevilla", "41001"), ("Bilbao", "48005")),
    "FR": (("Lyon", "69002"), ("Nantes", "44000"), ("Lille", "59800")),
    "DE": (("Bremen", "28195"), ("Leipzig", "04109")),
    "GB": (("Leeds", "LS1 4AP"), ("Bristol", "BS1 5TR")),
    "IT": (("Torino", "10121"),),
    "PT": (("Porto", "4050-253"),),
    "BE": (("Gent", "9000"),),
    "JP": (("Nagoya", "460-0008"), ("Sapporo", "060-0001")),
    "TN": (("Sfax", "3000"), ("Tunis", "1001")),
}
_COUNTRIES = (
    *("ES",) * 14,
    *("FR",) * 8,
    *("DE",) * 4,
    *("GB",) * 3,
    *("IT",) * 2,
    *("PT",) * 2,
    *("BE",) * 2,
    *("JP",) * 3,
    *("TN",) * 2,
)
_LANGUAGES = {"ES": "es", "PT": "es", "FR": "fr", "BE": "fr", "TN": "fr"}
_CURRENCIES = {"JP": "JPY", "TN": "TND"}
_OUTSIDE = {"GB", "JP", "TN"}
_FORMS = {
    "ES": "S.L.",
    "FR": "SARL",
    "DE": "GmbH",
    "GB": "Ltd",
    "IT": "S.r.l.",
    "PT": "Lda",
    "BE": "BV",
    "JP": "KK",
    "TN": "SUARL",
}
_FIRST = ("Almena", "Borda", "Cinca", "Duero", "Estrella", "Ferrol", "Garona", "Iris")
_SECOND = ("Hostelería", "Instruments", "Maritime", "Workshop", "Nord", "Supply")
_TERMS = ("immediate", "net30", "30_eom", "two_halves", "2_10_net30", "advance30")
_HABITS = ("prompt", "prompt", "prompt", "late", "late", "slow", "never", "part")
_GOODS = (
    ("Torque wrench", "84.50"),
    ("Cable reel 25 m", "46.90"),
    ("LED work lamp", "31.20"),
    ("Safety gloves, pair", "4.35"),
    ("Hydraulic jack 3 t", "129.00"),
    ("Socket set 94 pieces", "72.80"),
    ("Digital calliper", "24.95"),
    ("Welding helmet", "58.40"),
    ("Steel cabinet", "212.00"),
    ("Bolt box M8", "18.75"),
)
PAYS_AHEAD = {"C008": 30}
"""Customers who pay a share of each order before stock is told, in per cent."""
_SIZES = ("S", "M", "L", "XL", "Pro")


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    """A made-up customer and how he pays: prompt, late, slow, never or in parts."""

    code: str
    name: str
    country: str
    currency: str
    language: str
    terms: str
    habit: str
    price_list: str
    credit_limit: int
    iban: str
    city: str
    postal_code: str

    @property
    def tax_category(self) -> str:
        if self.country == "ES":
            return "standard"
        return "export" if self.country in _OUTSIDE else "intra_community"


@dataclass(frozen=True, slots=True)
class DemoProduct:
    """A made-up product; lead_days is what a delivery takes at least."""

    code: str
    name: str
    list_price: Decimal
    lead_days: int
    is_discontinued: bool = False


def demo_customers(seed: int) -> list[DemoCustomer]:
    """Make forty customers of nine countries."""
    random = Random(f"{seed} customers")
    return [
        _customer(at, country, random) for at, country in enumerate(_COUNTRIES, start=1)
    ]


def demo_products() -> list[DemoProduct]:
    """Make fifty products, the last one discontinued."""
    made = [
        DemoProduct(
            code=f"{at * 10 + size_at:03d}-{size}",
            name=f"{name} {size}",
            list_price=Decimal(price) + size_at * 3,
            lead_days=1 + (at + size_at) % 4,
        )
        for at, (name, price) in enumerate(_GOODS, start=1)
        for size_at, size in enumerate(_SIZES)
    ]
    old = DemoProduct("990-OLD", "Oil lamp", Decimal("12.00"), 1, is_discontinued=True)
    return [*made, old]


def price_of(customer: DemoCustomer, product: DemoProduct) -> Decimal:
    """Return the agreed unit price in the customer's currency."""
    price = product.list_price * RATES.get(customer.currency, Decimal(1))
    if customer.price_list == "KEY":
        price *= Decimal("0.92")
    return price.quantize(max(minor_unit(customer.currency), Decimal("0.01")))


def customer_rows(customers: Sequence[DemoCustomer]) -> Iterator[tuple[object, ...]]:
    """Write the customers in our own columns."""
    yield (
        "code",
        "name",
        "country",
        "currency",
        "language",
        "email",
        "vat_id",
        "address",
        "postal_code",
        "city",
        "tax_category",
        "payment_terms",
        "iban",
        "price_list",
        "credit_limit",
        "advance_percent",
        "account_manager",
        "order_book",
    )
    for at, one in enumerate(customers):
        yield (
            one.code,
            one.name,
            one.country,
            one.currency,
            one.language,
            f"accounts@{one.code.lower()}.example",
            vat_id(one.country, at),
            f"{at + 3} Harbour Street",
            one.postal_code,
            one.city,
            one.tax_category,
            one.terms,
            one.iban,
            one.price_list,
            one.credit_limit,
            PAYS_AHEAD.get(one.code, ""),
            ("Ana Ruiz", "Marc Petit", "Jo Baker")[at % 3],
            "" if at % 8 else WEEKDAY_CODES[at // 8 % 5],
        )


def product_rows(products: Sequence[DemoProduct]) -> Iterator[tuple[object, ...]]:
    """Write the products in our own columns."""
    yield (
        "code",
        "name",
        "unit",
        "list_price",
        "currency",
        "lead_time_days",
        "discontinued",
    )
    for one in products:
        discontinued = "yes" if one.is_discontinued else "no"
        yield (
            one.code,
            one.name,
            "C62",
            one.list_price,
            "EUR",
            one.lead_days,
            discontinued,
        )


def price_rows(
    customers: Sequence[DemoCustomer], products: Sequence[DemoProduct]
) -> Iterator[tuple[object, ...]]:
    """Write the price lists: one for key accounts, one for each foreign currency."""
    yield ("scope", "scope_code", "product", "currency", "price", "valid_from")
    for name in sorted({one.price_list for one in customers}):
        example = next(one for one in customers if one.price_list == name)
        for product in products:
            yield (
                "list",
                name,
                product.code,
                example.currency,
                price_of(example, product),
                FIRST_DAY_OF_MASTER_DATA,
            )


def rate_rows() -> Iterator[tuple[object, ...]]:
    """Write what one euro is in the other currencies."""
    yield ("currency", "base", "rate", "valid_from")
    for currency, rate in RATES.items():
        yield (currency, "EUR", rate, FIRST_DAY_OF_MASTER_DATA)


def _customer(at: int, country: str, random: Random) -> DemoCustomer:
    city, postal_code = random.choice(_CITIES[country])
    currency = _CURRENCIES.get(country, "EUR")
    scale = RATES.get(currency, Decimal(1))
    name = f"{_FIRST[at % 8]} {_SECOND[at * 5 % 6]} {city} {_FORMS[country]}"
    is_key = at % 5 == 0 and currency == "EUR"
    lists = {"JPY": "JAPAN", "TND": "TUNISIA"}
    return DemoCustomer(
        code=f"C{at:03d}",
        name=name,
        country=country,
        currency=currency,
        language=_LANGUAGES.get(country, "en"),
        terms=_TERMS[at % len(_TERMS)],
        habit=_HABITS[at * 3 % len(_HABITS)],
        price_list=lists.get(currency, "KEY" if is_key else "STANDARD"),
        credit_limit=int((25000 if at % 9 == 4 else 180000) * scale),
        iban=iban(country, at),
        city=city,
        postal_code=postal_code,
    )
