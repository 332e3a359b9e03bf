"""What do the demo's customers order each day, and which mistakes are in it?"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from tasks.demo.company import DemoCustomer, DemoProduct, price_of

MISTAKES = (
    "unknown_customer",
    "price",
    "deadline",
    "unknown_product",
    "quantity",
    "duplicate_reference",
    "date_in_past",
    "credit_limit",
    "currency",
    "discontinued_product",
)
_HEADER = (
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
_BULK = 400
_SLIP_OF_THE_KEYBOARD = 250_000


@dataclass(frozen=True, slots=True)
class DemoLine:
    product: str
    qty: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class DemoOrder:
    """An order as the customer writes it."""

    customer: str
    customer_ref: str
    ordered_on: date
    requested_on: date
    currency: str
    lines: tuple[DemoLine, ...]


@dataclass(slots=True)
class OrderDesk:
    """Writes the orders of each day; every tenth has a mistake, each kind in turn."""

    seed: int
    customers: Sequence[DemoCustomer]
    products: Sequence[DemoProduct]
    _count: int = 0
    _mistakes: int = 0
    _sent: list[DemoOrder] = field(default_factory=list)

    def orders_of(self, on: date, *, count: int) -> list[DemoOrder]:
        """Make the day's orders."""
        return [self._next(on) for _ in range(count)]

    def _next(self, on: date) -> DemoOrder:
        self._count += 1
        random = Random(f"{self.seed} order {self._count}")
        order = self._right(random, on)
        if self._count % 10 == 7:
            mistake = MISTAKES[self._mistakes % len(MISTAKES)]
            self._mistakes += 1
            order = self._wrong(order, mistake)
        self._sent.append(order)
        return order

    def _right(self, random: Random, on: date) -> DemoOrder:
        buyer = random.choice(self.customers)
        goods = random.sample(self.products[:-1], random.randint(1, 5))
        longest = max(product.lead_days for product in goods)
        return DemoOrder(
            customer=buyer.code,
            customer_ref=f"PO-{on:%y%m}-{self._count:04d}",
            ordered_on=on,
            requested_on=on + timedelta(days=longest + random.randint(3, 14)),
            currency=buyer.currency,
            lines=tuple(
                DemoLine(product.code, random.randint(1, 12), price_of(buyer, product))
                for product in goods
            ),
        )

    def _wrong(self, order: DemoOrder, mistake: str) -> DemoOrder:
        if mistake == "duplicate_reference":
            return self._repeated(order)
        if mistake == "discontinued_product":
            return self._outdated(order)
        return _MADE_WRONG[mistake](order)

    def _outdated(self, order: DemoOrder) -> DemoOrder:
        old = self.products[-1]
        buyer = next(one for one in self.customers if one.code == order.customer)
        line = DemoLine(old.code, 3, price_of(buyer, old))
        return replace(order, lines=(line, *order.lines[1:]))

    def _repeated(self, order: DemoOrder) -> DemoOrder:
        """Use a reference again that the same customer has used for other goods."""
        used = next((one for one in self._sent if one.customer == order.customer), None)
        return replace(order, customer_ref=used.customer_ref) if used else order


def order_rows(orders: Sequence[DemoOrder]) -> Iterator[tuple[object, ...]]:
    """Write orders in our own columns, header values on each line."""
    yield _HEADER
    for order in orders:
        for line_no, line in enumerate(order.lines, start=1):
            yield (
                order.customer,
                order.customer_ref,
                order.ordered_on,
                order.requested_on,
                line_no,
                line.product,
                line.qty,
                "C62",
                line.price,
                order.currency,
            )


def _with_first(order: DemoOrder, **changes: Any) -> DemoOrder:
    first, *rest = order.lines
    return replace(order, lines=(replace(first, **changes), *rest))


def _off_price(order: DemoOrder) -> DemoOrder:
    asked = order.lines[0].price * Decimal("0.8")
    return _with_first(order, price=asked.quantize(Decimal("0.01")))


def _in_bulk(order: DemoOrder) -> DemoOrder:
    lines = tuple(replace(line, qty=_BULK) for line in order.lines)
    return replace(order, lines=lines)


_MADE_WRONG: dict[str, Callable[[DemoOrder], DemoOrder]] = {
    "unknown_customer": lambda order: replace(order, customer=f"X{order.customer[1:]}"),
    "price": _off_price,
    "deadline": lambda order: replace(order, requested_on=order.ordered_on),
    "unknown_product": lambda order: _with_first(order, product="777-??"),
    "quantity": lambda order: _with_first(order, qty=_SLIP_OF_THE_KEYBOARD),
    "date_in_past": lambda order: replace(
        order, requested_on=order.ordered_on - timedelta(days=20)
    ),
    "credit_limit": _in_bulk,
    "currency": lambda order: replace(order, currency="USD"),
}
