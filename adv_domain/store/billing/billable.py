"""Which delivered quantities wait for their invoice, and what do they say?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from adv_domain.rules.billing.charges import OrderCharges
from adv_domain.rules.billing.posting import BillableLine, BillableOrder
from adv_domain.rules.billing.supplies import Buyer
from adv_domain.rules.billing.turns import Turn, TurnOf
from adv_domain.store.billing.covers import covers_of
from adv_domain.store.billing.order_charges import read_order_charges
from adv_domain.store.rows import among
from adv_domain.store.tables import (
    closed_period,
    customer,
    delivery,
    delivery_line,
    order_line,
    product,
    sales_order,
)

_NO_DAY = date(1900, 1, 1)
_ByLine = dict[int, list[Row[Any]]]
_Part = tuple[date | None, int | None]
_WHOLE: _Part = (None, None)


@dataclass(frozen=True, slots=True)
class WaitingOrder:
    """An order of which a delivery is not invoiced today, and its turn."""

    order_id: int
    order_no: str
    turn: Turn


@dataclass(frozen=True, slots=True)
class Billable:
    """What of the claimed orders is invoiced today, and what waits."""

    orders: list[BillableOrder]
    waiting: list[WaitingOrder]


@dataclass(slots=True)
class _Sorted:
    """The delivery lines of one order: by period those whose turn has come."""

    parts: dict[_Part, _ByLine] = field(default_factory=dict)
    waits: Turn | None = None

    def add(self, row: Row[Any], turn: Turn) -> None:
        if turn.wait is not None:
            self.waits = self.waits or turn
            return
        part = _WHOLE
        if turn.collect_on is not None:
            part = (turn.collect_on, row.shipped_on.month)
        self.parts.setdefault(part, {}).setdefault(row.order_line_id, []).append(row)


def read_billable(
    connection: Connection, order_ids: Sequence[int], *, turn_of: TurnOf
) -> Billable:
    """Read the claimed orders with what is unbilled and in turn, as given.

    An order of which all waits is left out; one whose deliveries belong to several
    periods comes once for each. Two statements, two more where an order has charges.
    """
    heads = {row.id: row for row in connection.execute(_heads(connection, order_ids))}
    found: dict[int, _Sorted] = {}
    for row in _unbilled_lines(connection, order_ids):
        turn = turn_of(heads[row.order_id].invoicing, row.shipped_on)
        found.setdefault(row.order_id, _Sorted()).add(row, turn)
    charges = read_order_charges(
        connection, heads, {id_: _quantities(one) for id_, one in found.items()}
    )
    nothing = _Sorted(parts={_WHOLE: {}})
    return Billable(
        orders=[
            order
            for order_id in order_ids
            for order in _billable(
                heads[order_id], found.get(order_id, nothing), charges.get(order_id)
            )
        ],
        waiting=[
            WaitingOrder(order_id, heads[order_id].order_no, one.waits)
            for order_id, one in found.items()
            if one.waits is not None
        ],
    )


def _heads(connection: Connection, order_ids: Sequence[int]) -> Select[Any]:
    return (
        select(
            sales_order.c.id,
            sales_order.c.order_no,
            sales_order.c.customer_id,
            sales_order.c.currency,
            sales_order.c.ordered_on,
            sales_order.c.payment_terms.label("order_terms"),
            sales_order.c.customer_ref,
            sales_order.c.buyer_reference,
            sales_order.c.ship_to_name,
            sales_order.c.ship_to_address,
            sales_order.c.ship_to_postal_code,
            sales_order.c.ship_to_city,
            sales_order.c.ship_to_region,
            sales_order.c.ship_to_country,
            sales_order.c.charges,
            sales_order.c.prepaid,
            customer.c.code,
            customer.c.customer_group,
            customer.c.country,
            customer.c.postal_code,
            customer.c.tax_territory,
            customer.c.party_kind,
            customer.c.vat_id,
            customer.c.payment_terms.label("customer_terms"),
            customer.c.tax_category,
            customer.c.invoicing,
        )
        .join(customer, customer.c.id == sales_order.c.customer_id)
        .where(among(connection, sales_order.c.id, order_ids))
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
    return connection.execute(
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
    ).all()


def _quantities(found: _Sorted) -> dict[int, Decimal]:
    """Return what is billed now of an order, by order line."""
    now: dict[int, Decimal] = {}
    for lines in found.parts.values():
        for line_id, rows in lines.items():
            now[line_id] = now.get(line_id, Decimal(0)) + _qty(rows)
    return now


def _qty(rows: list[Row[Any]]) -> Decimal:
    return sum([row.qty - row.qty_ignored for row in rows], Decimal(0))


def _billable(
    head: Row[Any], found: _Sorted, charges: OrderCharges | None
) -> Iterator[BillableOrder]:
    """Yield the order by period; its charges are due with the last of them."""
    if not found.parts:
        return
    *earlier, (last, lines) = found.parts.items()
    for part, some in earlier:
        yield _of_period(head, part, some, ())
    yield _of_period(head, last, lines, () if charges is None else (charges,))


def _of_period(
    head: Row[Any], part: _Part, lines: _ByLine, charges: tuple[OrderCharges, ...]
) -> BillableOrder:
    shipped = [row for rows in lines.values() for row in rows]
    days = [row.shipped_on for row in shipped] or [_NO_DAY]
    return BillableOrder(
        order_ids=(head.id,),
        order_no=head.order_no,
        customer_id=head.customer_id,
        currency=head.currency,
        buyer=Buyer(
            country=head.country,
            postal_code=head.postal_code or "",
            given=head.tax_territory or "",
            party_kind=head.party_kind,
            vat_id=head.vat_id or "",
            category=head.tax_category,
        ),
        customer_code=head.code,
        customer_group=head.customer_group,
        charges=charges,
        # money paid in advance is that order's own
        collect_on=None if head.prepaid else part[0],
        payment_terms=head.order_terms or head.customer_terms,
        ordered_on=head.ordered_on,
        first_supplied_on=min(days),
        supplied_on=max(days),
        covers=covers_of(head, shipped),
        lines=tuple(_line(rows) for rows in lines.values()),
    )


def _line(rows: list[Row[Any]]) -> BillableLine:
    first = rows[0]
    return BillableLine(
        order_line_id=first.order_line_id,
        product_code=first.product_code,
        description=first.description or first.name or first.product_code,
        qty=_qty(rows),
        unit=first.unit,
        unit_price=first.unit_price,
        discount_rate=first.discount_rate,
        tax_class=first.tax_class or "standard",
        delivery_line_ids=tuple(row.id for row in rows),
        nature=first.nature or "goods",
    )
