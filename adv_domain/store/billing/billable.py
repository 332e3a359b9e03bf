"""Which delivered quantities wait for their invoice, and what do they say?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, select

from adv_domain.rules.advances.paid_ahead import Advances
from adv_domain.rules.billing.charges import OrderCharges
from adv_domain.rules.billing.posting import BillableOrder
from adv_domain.rules.billing.turns import Turn, TurnOf
from adv_domain.store.advances.advances import read_advances
from adv_domain.store.billing.order_charges import read_order_charges
from adv_domain.store.billing.order_heads import (
    ByLine,
    billable_order,
    qty_of,
    read_heads,
)
from adv_domain.store.rows import among, named_rows
from adv_domain.store.tables import (
    closed_period,
    delivery,
    delivery_line,
    order_line,
    product,
)

_Part = tuple[date, date | None]
"""The first of a month of supply, and the end of a period within it."""
_NO_MONTH: _Part = (date.min, None)


@dataclass(frozen=True, slots=True)
class WaitingOrder:
    """An order of which a delivery is not invoiced today, and its turn."""

    order_id: int
    order_no: str
    turn: Turn


@dataclass(frozen=True, slots=True)
class Billable:
    """What of the claimed orders is invoiced today, and what waits.

    too_early are orders whose advance invoice has to be posted first.
    """

    orders: list[BillableOrder]
    waiting: list[WaitingOrder]
    too_early: int = 0


@dataclass(slots=True)
class _Sorted:
    """The delivery lines of one order: by period those whose turn has come."""

    parts: dict[_Part, ByLine] = field(default_factory=dict)
    waits: Turn | None = None

    def add(self, row: Row[Any], turn: Turn) -> None:
        if turn.wait is not None:
            self.waits = self.waits or turn
            return
        # never across calendar months (RD 1619/2012 art. 13), however late it is
        part = (row.shipped_on.replace(day=1), turn.collect_on)
        self.parts.setdefault(part, {}).setdefault(row.order_line_id, []).append(row)


def read_billable(
    connection: Connection, order_ids: Sequence[int], *, turn_of: TurnOf
) -> Billable:
    """Read the claimed orders with what is unbilled and in turn, as given.

    An order of which all waits is left out; one whose deliveries belong to several
    periods, or months, comes once for each, the oldest first. Three statements, two
    more where an order has charges, three where one was paid in advance.
    """
    heads = read_heads(connection, order_ids)
    ahead = read_advances(connection, order_ids)
    found: dict[int, _Sorted] = {}
    for row in _unbilled_lines(connection, order_ids):
        turn = turn_of(heads[row.order_id].invoicing, row.shipped_on)
        if row.order_id in ahead:
            # one invoice takes off what the order's own customer paid ahead
            turn = turn._replace(collect_on=None)
        found.setdefault(row.order_id, _Sorted()).add(row, turn)
    charges = read_order_charges(
        connection, heads, {id_: _quantities(one) for id_, one in found.items()}
    )
    nothing = _Sorted(parts={_NO_MONTH: {}})
    early = {order_id for order_id, one in ahead.items() if one.is_pending}
    return Billable(
        orders=[
            _with_advances(order, ahead.get(order_id))
            for order_id in order_ids
            if order_id not in early
            for order in _billable(
                heads[order_id], found.get(order_id, nothing), charges.get(order_id)
            )
        ],
        waiting=[
            WaitingOrder(order_id, heads[order_id].order_no, one.waits)
            for order_id, one in found.items()
            if one.waits is not None
        ],
        too_early=len(early & found.keys()),
    )


def closed_on(connection: Connection, company_id: int, on: date) -> bool:
    """Tell whether the day lies in a closed period."""
    found = connection.execute(
        select(closed_period.c.id).where(
            closed_period.c.company_id == company_id,
            closed_period.c.first_on <= on,
            closed_period.c.last_on >= on,
        )
    ).first()
    return found is not None


def _unbilled_lines(
    connection: Connection, order_ids: Sequence[int]
) -> Sequence[Row[Any]]:
    lines = connection.execute(
        select(
            delivery_line.c.id,
            delivery_line.c.order_id,
            delivery_line.c.order_line_id,
            delivery_line.c.qty,
            delivery_line.c.qty_ignored,
            delivery.c.shipped_on,
            delivery.c.delivery_no,
            order_line.c.product_code,
            order_line.c.description,
            order_line.c.unit,
            order_line.c.unit_price,
            order_line.c.discount_rate,
            product.c.name,
            product.c.tax_class,
            product.c.nature,
        )
        .join(delivery, delivery.c.id == delivery_line.c.delivery_id)
        .join(order_line, order_line.c.id == delivery_line.c.order_line_id)
        .outerjoin(product, product.c.id == order_line.c.product_id)
        .where(
            among(connection, delivery_line.c.order_id, order_ids),
            delivery_line.c.invoice_line_id.is_(None),
            delivery_line.c.ignored_on.is_(None),
        )
        .order_by(delivery_line.c.order_id, order_line.c.line_no, delivery_line.c.id)
    )
    return named_rows(lines)


def _quantities(found: _Sorted) -> dict[int, Decimal]:
    """Return what is billed now of an order, by order line."""
    now: dict[int, Decimal] = {}
    for lines in found.parts.values():
        for line_id, rows in lines.items():
            now[line_id] = now.get(line_id, Decimal(0)) + qty_of(rows)
    return now


def _billable(
    head: Row[Any], found: _Sorted, charges: OrderCharges | None
) -> Iterator[BillableOrder]:
    """Yield the order by period; its charges are due with the last of them."""
    if not found.parts:
        return
    *earlier, ((_, last), lines) = sorted(found.parts.items(), key=_oldest_first)
    for (_, collect_on), some in earlier:
        yield billable_order(head, collect_on, some)
    yield billable_order(
        head, last, lines, charges=() if charges is None else (charges,)
    )


def _oldest_first(part: tuple[_Part, ByLine]) -> tuple[date, date]:
    month, collect_on = part[0]
    return month, collect_on or month


def _with_advances(order: BillableOrder, ahead: Advances | None) -> BillableOrder:
    return order if ahead is None else replace(order, advances=ahead)
