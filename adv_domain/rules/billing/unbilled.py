"""What had been delivered and not invoiced at the close of a day, and what is it worth?

Goods count from the day they left until the day before their invoice's date, and again
from the day on which that invoice is cancelled whole: their total is deliveries less
invoices. What of them came back before it was invoiced
counts until then, what a person decided never to bill until that decision. Goods
beyond the order (never billed) do not count, nor does what came back after it was
invoiced: its credit note answers for it. Values are net, each line rounded like a line
of an invoice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from adv_domain.rules.billing.invoicing import line_net
from adv_domain.rules.money import ZERO


@dataclass(frozen=True, slots=True)
class DeliveredGoods:
    """Goods of a delivery line that count from from_on on and until the day before
    ended_on, None while nobody has invoiced them.

    from_on is the day of shipment, or that on which their invoice was cancelled;
    customer is his code; unit_price is None where the line never had one.
    """

    delivery_no: str
    order_no: str
    customer: str
    customer_name: str
    line_no: int
    product: str
    description: str
    unit: str
    shipped_on: date
    from_on: date
    ended_on: date | None
    qty: Decimal
    unit_price: Decimal | None
    discount_rate: Decimal
    currency: str

    def is_unbilled(self, on: date) -> bool:
        """Tell whether the goods count at the close of the day."""
        return self.from_on <= on and (self.ended_on is None or on < self.ended_on)

    @property
    def value(self) -> Decimal | None:
        if self.unit_price is None:
            return None
        return line_net(
            qty=self.qty,
            unit_price=self.unit_price,
            discount_rate=self.discount_rate,
            currency=self.currency,
        )


@dataclass(frozen=True, slots=True)
class UnbilledTotal:
    """All that is unbilled in a currency; unpriced lines have no part in the value."""

    currency: str
    value: Decimal
    lines: int
    unpriced: int
    oldest_on: date


class Span(NamedTuple):
    """Days from the first on until the one before the last, None for no end."""

    from_on: date
    until_on: date | None


def unbilled_spans(
    shipped_on: date, *, ended_on: date | None, billed: Iterable[Span]
) -> list[Span]:
    """Return when goods count: from their shipment to the end, but while an invoice
    that nobody has cancelled bills them.
    """
    spans = []
    from_on: date | None = shipped_on
    for bill in sorted(billed, key=lambda one: one.from_on):
        if from_on is not None and bill.from_on > from_on:
            spans.append(Span(from_on, bill.from_on))
        if from_on is not None:
            from_on = bill.until_on and max(from_on, bill.until_on)
    if from_on is not None:
        spans.append(Span(from_on, None))
    cut = (Span(one.from_on, _earlier(one.until_on, ended_on)) for one in spans)
    return [one for one in cut if one.until_on is None or one.until_on > one.from_on]


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day), default=None)


def unbilled_at(goods: Iterable[DeliveredGoods], on: date) -> list[DeliveredGoods]:
    """Return the goods that were delivered and not invoiced at the close of the day."""
    return [one for one in goods if one.is_unbilled(on)]


def totals(goods: Sequence[DeliveredGoods]) -> list[UnbilledTotal]:
    """Add the goods up by currency, in the order of the currencies' codes."""
    by_currency: dict[str, list[DeliveredGoods]] = {}
    for one in goods:
        by_currency.setdefault(one.currency, []).append(one)
    return [_total(currency, by_currency[currency]) for currency in sorted(by_currency)]


def _total(currency: str, goods: Sequence[DeliveredGoods]) -> UnbilledTotal:
    values = [value for one in goods if (value := one.value) is not None]
    return UnbilledTotal(
        currency=currency,
        value=sum(values, ZERO),
        lines=len(goods),
        unpriced=len(goods) - len(values),
        oldest_on=min(one.shipped_on for one in goods),
    )
