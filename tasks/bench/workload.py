"""Which files make K orders' worth of work? Generated from a seed, always the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

ORDERED_ON = date(2026, 3, 2)
SHIPPED_ON = date(2026, 3, 4)
REQUESTED_ON = date(2026, 3, 20)
ACCOUNT = "FR1420041010050500013M02606"
_TERMS = ("immediate", "net30", "net60", "two_halves")
_TERM_WEIGHTS = (10, 45, 20, 25)
_LISTS = {"L0": Decimal(0), "L5": Decimal("0.05"), "L10": Decimal("0.10")}
_PAID_SHARE = 0.8
_CENT = Decimal("0.01")
_ENOUGH = 100

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Workload:
    """K orders of max(20, K/10) customers over max(50, min(500, K/5)) products."""

    orders: int
    seed: int

    @property
    def customers(self) -> int:
        return max(20, self.orders // 10)

    @property
    def products(self) -> int:
        return max(50, min(500, self.orders // 5))

    def is_paid(self, order_at: int) -> bool:
        """Tell whether this order is among the 80 % that pay."""
        return Random(f"{self.seed} paid {order_at}").random() < _PAID_SHARE

    def customer_rows(self) -> Iterator[Row]:
        random = Random(f"{self.seed} customers")
        yield (
            "code",
            "name",
            "country",
            "currency",
            "language",
            "email",
            "address",
            "postal_code",
            "city",
            "payment_terms",
            "price_list",
            "credit_limit",
        )
        for at in range(self.customers):
            [terms] = random.choices(_TERMS, _TERM_WEIGHTS)
            yield (
                f"C{at:06d}",
                f"Customer {at}",
                "FR",
                "EUR",
                "en",
                f"c{at}@example.com",
                f"{at} Rue du Port",
                "69002",
                "Lyon",
                terms,
                self._list_of(at),
                "100000000",
            )

    def product_rows(self) -> Iterator[Row]:
        yield ("code", "name", "unit", "list_price", "currency")
        for at in range(self.products):
            yield (_product(at), f"Product {at}", "C62", self._list_price(at), "EUR")

    def price_rows(self) -> Iterator[Row]:
        yield ("scope", "scope_code", "product", "currency", "price", "valid_from")
        for name in _LISTS:
            for at in range(self.products):
                price = self._price(name, at)
                yield ("list", name, _product(at), "EUR", price, "2026-01-01")

    def stock_rows(self) -> Iterator[Row]:
        """Write enough of every product for all orders."""
        yield ("product", "quantity", "as_of")
        for at in range(self.products):
            yield (_product(at), _ENOUGH * self.orders, ORDERED_ON)

    def order_rows(self) -> Iterator[Row]:
        random = Random(f"{self.seed} orders")
        yield (
            "customer",
            "customer_ref",
            "ordered_on",
            "requested_on",
            "line",
            "product",
            "quantity",
            "unit",
            "price",
            "currency",
        )
        for at in range(self.orders):
            customer_at = random.randrange(self.customers)
            for line_no in range(1, random.randint(1, 5) + 1):
                product_at = random.randrange(self.products)
                yield (
                    f"C{customer_at:06d}",
                    f"R{at:07d}",
                    ORDERED_ON,
                    REQUESTED_ON,
                    line_no,
                    _product(product_at),
                    random.randint(1, 20),
                    "C62",
                    self._price(self._list_of(customer_at), product_at),
                    "EUR",
                )

    def shipment_rows(self) -> Iterator[Row]:
        random = Random(f"{self.seed} orders")
        yield ("message_id", "kind", "customer", "customer_ref", "date", "delivery_no")
        for at in range(self.orders):
            customer_at = random.randrange(self.customers)
            for _line in range(random.randint(1, 5)):
                random.randrange(self.products)
                random.randint(1, 20)
            yield (
                f"M{at:07d}",
                "shipment",
                f"C{customer_at:06d}",
                f"R{at:07d}",
                SHIPPED_ON,
                f"D{at:07d}",
            )

    def _list_of(self, customer_at: int) -> str:
        return list(_LISTS)[customer_at % len(_LISTS)]

    def _list_price(self, product_at: int) -> Decimal:
        return Decimal(500 + product_at * 37 % 20000).scaleb(-2)

    def _price(self, list_name: str, product_at: int) -> Decimal:
        exact = self._list_price(product_at) * (1 - _LISTS[list_name])
        return exact.quantize(_CENT)


def _product(at: int) -> str:
    return f"P{at:04d}"


def aged(days: int) -> date:
    """Return the day on which the unpaid rest has aged so many days."""
    return SHIPPED_ON + timedelta(days=days)
