"""What does the demo's stock department answer to the orders handed to it?

It reads the messages of outbox/stock as a real one would, confirms a date for each,
ships whole or in two parts, and is late with some: also where goods are missing, and
then without a word.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from tasks.demo.shelves import Row, Shelves, working_day

_HEADER = (
    "message_id",
    "kind",
    "order_no",
    "line",
    "quantity",
    "date",
    "cause",
    "note",
    "delivery_no",
    "carrier",
)
_CAUSES = (
    ("stock", "supplier is late"),
    ("carrier", "lorry broke down"),
    ("stock", "production line stood still"),
)
_CARRIERS = ("Correo Rápido", "Norte Logistics", "Transvia")
_SLIP_SHARE = 0.12
_PART_SHARE = 0.08
News = dict[str, Any]
"""A row of news by column."""


@dataclass(slots=True)
class Warehouse:
    """Keeps what it has been told and what it will do on which day."""

    seed: int
    outbox: Path
    shelves: Shelves
    _seen: set[str] = field(default_factory=set)
    _plans: dict[date, list[News]] = field(default_factory=dict)
    _left: dict[str, dict[int, tuple[str, int]]] = field(default_factory=dict)
    _count: int = 0

    def answers_of(self, on: date) -> list[Row]:
        """Read new messages and return the day's rows, the header first."""
        for message in self._new_messages():
            self._plan(message, on)
        due = sorted(day for day in self._plans if day <= on)
        planned = [news for day in due for news in self._plans.pop(day)]
        rows = [_row(news) for news in planned if self._can_be_done(news, on)]
        return [_HEADER, *rows] if rows else []

    def close(self, on: date) -> None:
        """Order what runs low for what is still to leave."""
        waiting: dict[str, int] = {}
        for lines in self._left.values():
            for product, qty in lines.values():
                waiting[product] = waiting.get(product, 0) + qty
        self.shelves.order_more(waiting, on)

    def _can_be_done(self, news: News, on: date) -> bool:
        """Take the goods of a shipment; what lacks any is tried again the next day."""
        if news["kind"] != "shipment":
            return True
        left = self._left[news["order_no"]]
        wanted, rest = _summed(left), {}
        if "line" in news:
            product, qty = left[news["line"]]
            part = int(news["quantity"])
            wanted, rest = {product: part}, left | {news["line"]: (product, qty - part)}
        if not self.shelves.take(wanted):
            again = working_day(on + timedelta(days=1))
            self._plans.setdefault(again, []).append(news | {"date": again})
            return False
        self._left[news["order_no"]] = rest
        return True

    def _new_messages(self) -> Iterator[dict[str, Any]]:
        for path in sorted(self.outbox.glob("*.json")):
            if path.name not in self._seen:
                self._seen.add(path.name)
                yield json.loads(path.read_text(encoding="utf-8"))

    def _plan(self, message: dict[str, Any], on: date) -> None:
        if message["kind"] != "order":
            return
        order = message["order"]
        self._left[order["order_no"]] = {
            line["line"]: (line["product"], int(float(line["qty"])))
            for line in message["lines"]
        }
        random = Random(f"{self.seed} stock {order['customer_ref']}")
        asked = order["requested_on"]
        wanted = date.fromisoformat(asked) if asked else on + timedelta(days=5)
        promised = _last_working_day(max(wanted, on + timedelta(days=2)))
        self._tell(on, "confirmation", order["order_no"], date=promised)
        shipped = promised
        if random.random() < _SLIP_SHARE:
            shipped = working_day(promised + timedelta(days=random.randint(3, 9)))
            cause, note = random.choice(_CAUSES)
            told = max(on, promised - timedelta(days=random.randint(0, 2)))
            self._tell(
                told,
                "new_date",
                order["order_no"],
                date=shipped,
                cause=cause,
                note=note,
            )
        else:
            early = timedelta(days=random.randint(0, 1))
            shipped = max(on, _last_working_day(promised - early))
        self._ship(order["order_no"], message["lines"], shipped, random)

    def _ship(
        self,
        order_no: str,
        lines: Sequence[dict[str, Any]],
        on: date,
        random: Random,
    ) -> None:
        carrier = random.choice(_CARRIERS)
        first = next((one for one in lines if float(one["qty"]) > 1), None)
        if first is None or random.random() >= _PART_SHARE:
            self._tell(on, "shipment", order_no, date=on, carrier=carrier)
            return
        self._tell(
            on,
            "shipment",
            order_no,
            date=on,
            line=first["line"],
            quantity="1",
            carrier=carrier,
        )
        rest_on = working_day(on + timedelta(days=4))
        self._tell(rest_on, "shipment", order_no, date=rest_on, carrier=carrier)

    def _tell(self, on: date, kind: str, order_no: str, **said: object) -> None:
        self._count += 1
        delivery_no = f"DN{self._count:06d}" if kind == "shipment" else ""
        values = {
            "message_id": f"WH-{self._count:06d}",
            "kind": kind,
            "order_no": order_no,
            "delivery_no": delivery_no,
            **said,
        }
        self._plans.setdefault(on, []).append(values)


def _row(news: News) -> Row:
    return tuple(news.get(name, "") for name in _HEADER)


def _summed(lines: dict[int, tuple[str, int]]) -> dict[str, int]:
    wanted: dict[str, int] = {}
    for product, qty in lines.values():
        wanted[product] = wanted.get(product, 0) + qty
    return wanted


def _last_working_day(on: date) -> date:
    """Return the day, or the Friday before a weekend."""
    return on - timedelta(days={5: 1, 6: 2}.get(on.weekday(), 0))
