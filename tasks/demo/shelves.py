"""What lies in the demo's warehouse, and what is on its way there?

Goods are ordered as they run low. Of some products a delivery takes long, and comes
later than it was said: of those, orders wait for goods.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from tasks.demo.company import DemoProduct

Row = tuple[object, ...]
_LOW, _LOT = 30, 120
_SCARCE_LOT = 15
_LATE_SHARE = 0.35


@dataclass(slots=True)
class Purchase:
    """Goods on their way: the day that was told, and the one on which they come."""

    name: str
    product: str
    qty: int
    said_on: date
    comes_on: date
    is_told: bool = False
    received_on: date | None = None


@dataclass(slots=True)
class Shelves:
    """The goods by product, and the purchases that fill them up."""

    seed: int
    products: Sequence[DemoProduct]
    on_hand: dict[str, int] = field(default_factory=dict)
    coming: list[Purchase] = field(default_factory=list)
    _count: int = 0

    def fill(self) -> None:
        """Begin with some of each product, and little of the scarce ones."""
        for at, one in enumerate(self.products):
            self.on_hand[one.code] = _LOW if _is_scarce(at) else 40 + at * 13 % 400

    def count_rows(self, on: date) -> Iterator[Row]:
        """Write what lies there at the close of a day."""
        yield ("product", "location", "quantity", "as_of")
        for code, qty in self.on_hand.items():
            yield (code, "main", qty, on)

    def receipt_rows(self) -> Iterator[Row]:
        """Write what was ordered and what has come since this was last written."""
        yield ("product", "receipt", "quantity", "expected_on", "received_on")
        for one in self.coming:
            if not one.is_told or one.received_on:
                one.is_told = True
                yield (one.product, one.name, one.qty, one.said_on, one.received_on)
        self.coming = [one for one in self.coming if not one.received_on]

    def receive(self, on: date) -> None:
        """Put away what comes today."""
        for one in self.coming:
            if one.comes_on <= on and not one.received_on:
                one.received_on = on
                self.on_hand[one.product] += one.qty

    def take(self, wanted: Mapping[str, int]) -> bool:
        """Take goods out, all of them or none."""
        if any(self.on_hand.get(code, 0) < qty for code, qty in wanted.items()):
            return False
        for code, qty in wanted.items():
            self.on_hand[code] -= qty
        return True

    def order_more(self, waiting: Mapping[str, int], on: date) -> None:
        """Order what runs low; waiting is what is still to leave of each product."""
        coming: dict[str, int] = {}
        for one in self.coming:
            if not one.received_on:
                coming[one.product] = coming.get(one.product, 0) + one.qty
        for at, product in enumerate(self.products):
            code, is_scarce = product.code, _is_scarce(at)
            there = self.on_hand[code] + coming.get(code, 0)
            free = there - waiting.get(code, 0)
            if free < _LOW and not (is_scarce and code in coming):
                self._order(code, free, on, is_scarce=is_scarce)

    def _order(self, code: str, free: int, on: date, *, is_scarce: bool) -> None:
        """Order what lacks and some more; of what is scarce once the last has come."""
        self._count += 1
        random = Random(f"{self.seed} purchase {self._count}")
        said_on = working_day(on + timedelta(days=8 if is_scarce else 2))
        late = is_scarce and random.random() < _LATE_SHARE
        days = timedelta(days=random.randint(3, 6) if late else 0)
        self.coming.append(
            Purchase(
                name=f"PUR-{self._count:05d}",
                product=code,
                qty=max(-free, 0) + (_SCARCE_LOT if is_scarce else _LOT),
                said_on=said_on,
                comes_on=working_day(said_on + days),
            )
        )


def _is_scarce(at: int) -> bool:
    return at % 9 == 4


def working_day(on: date) -> date:
    """Return the day, or the Monday after a weekend."""
    return on + timedelta(days={5: 2, 6: 1}.get(on.weekday(), 0))
