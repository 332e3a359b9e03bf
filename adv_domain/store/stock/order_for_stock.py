"""What is on record about orders that stock must know?"""

from collections import namedtuple
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from adv_domain.rules.stock.credit_word import CreditFacts, credit_word
from adv_domain.rules.stock.handoff import (
    DEFAULT_PRIORITY,
    Buyer,
    Carriage,
    Contact,
    HandoffLine,
    HandoffOrder,
    Holding,
    ReturnLine,
    ShipTo,
)
from adv_domain.store.rows import among, among_pairs
from adv_domain.store.stock.returns import open_returns
from adv_domain.store.tables import (
    customer,
    customer_article,
    handoff_message,
    order_fault,
    order_line,
    product,
    sales_order,
)

_CREDIT = "credit"
_ORDER = tuple(
    "id order_no version customer_code customer_ref ordered_on requested_on "
    "shipping_policy is_prepaid ship_to_id ship_to_name ship_to_address "
    "ship_to_postal_code ship_to_city ship_to_region ship_to_country buyer_reference "
    "contact_name contact_phone contact_email deliver_from deliver_until incoterm "
    "incoterm_place instructions held_for held_on state priority".split()
)
_CUSTOMER = tuple(
    "name address postal_code city region country phone email priority value_class "
    "delivery_weekdays packing papers is_blocked insolvent_on".split()
)
# each is asked for once an order, and a database row answers slowly
_Head = namedtuple(  # type: ignore[misc]  # its names are those of the columns
    "_Head", [*_ORDER, *(f"customer_{one}" for one in _CUSTOMER), "told"]
)
_Articles = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class ToHandOff:
    """An order with all that stock must know of it.

    told is the highest version that stock has a message of.
    """

    order_id: int
    order: HandoffOrder
    told: int | None = None


def read_orders_to_hand_off(
    connection: Connection, order_ids: Collection[int]
) -> list[ToHandOff]:
    """Read the orders with their lines in a constant number of statements, by id."""
    heads = _heads(connection, order_ids)
    codes = {head.id: head.customer_code for head in heads}
    lines = _lines(connection, order_ids, codes)
    faults = _credit_faults(connection, order_ids)
    returns = open_returns(connection, order_ids)
    return [
        ToHandOff(
            order_id=head.id,
            order=_order(
                head, lines.get(head.id, ()), faults.get(head.id, ()), returns
            ),
            told=head.told,
        )
        for head in heads
    ]


def _heads(connection: Connection, order_ids: Collection[int]) -> list[Any]:
    told = (
        select(func.max(handoff_message.c.version))
        .where(handoff_message.c.order_id == sales_order.c.id)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(
            *(sales_order.c[name] for name in _ORDER),
            *(customer.c[name].label(f"customer_{name}") for name in _CUSTOMER),
            told.label("told"),
        )
        .join(customer, customer.c.id == sales_order.c.customer_id)
        .where(among(connection, sales_order.c.id, order_ids))
        .order_by(sales_order.c.id)
    )
    return [_Head._make(row) for row in rows]


def _lines(
    connection: Connection, order_ids: Collection[int], codes: Mapping[int, str]
) -> dict[int, list[HandoffLine]]:
    """Read what is open of each line, named as the customer names it too."""
    rows = connection.execute(
        select(
            order_line.c.order_id,
            order_line.c.line_no,
            order_line.c.product_code,
            order_line.c.qty - order_line.c.qty_shipped - order_line.c.qty_cancelled,
            order_line.c.unit,
            func.coalesce(order_line.c.description, product.c.name),
            func.coalesce(order_line.c.gtin, product.c.gtin),
            order_line.c.customer_article,
            order_line.c.note,
            order_line.c.requested_on,
            order_line.c.confirmed_on,
        )
        .outerjoin(product, product.c.id == order_line.c.product_id)
        .where(
            among(connection, order_line.c.order_id, order_ids),
            order_line.c.state != "cancelled",
            order_line.c.qty > order_line.c.qty_shipped + order_line.c.qty_cancelled,
        )
        .order_by(order_line.c.order_id, order_line.c.line_no)
    ).all()
    articles = _articles(
        connection, {(codes[row[0]], row[2]) for row in rows if row[0] in codes}
    )
    lines: dict[int, list[HandoffLine]] = {}
    for order_id, *values in rows:
        line = HandoffLine._make(values)
        if articles and line.customer_article is None:
            own = articles.get((codes.get(order_id, ""), line.product))
            line = line._replace(customer_article=own)
        lines.setdefault(order_id, []).append(line)
    return lines


def _articles(connection: Connection, named: Collection[tuple[str, str]]) -> _Articles:
    """Read the customers' own numbers of the products, the first of several."""
    name = (customer_article.c.customer_code, customer_article.c.product_code)
    rows = connection.execute(
        select(*name, func.min(customer_article.c.article))
        .where(among_pairs(connection, name, named))
        .group_by(*name)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def _credit_faults(
    connection: Connection, order_ids: Collection[int]
) -> dict[int, list[Row[Any]]]:
    """Read the orders' credit faults that stand or that a person let pass."""
    rows = connection.execute(
        select(
            order_fault.c.order_id,
            order_fault.c.severity,
            order_fault.c.waived_by,
        ).where(
            among(connection, order_fault.c.order_id, order_ids),
            order_fault.c.family == _CREDIT,
            order_fault.c.resolved_on.is_(None),
        )
    )
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.order_id, []).append(row)
    return found


def _order(
    head: Any,
    lines: Sequence[HandoffLine],
    faults: Sequence[Row[Any]],
    returns: Mapping[int, Sequence[ReturnLine]],
) -> HandoffOrder:
    is_held = head.state == "held"
    return HandoffOrder(
        order_no=head.order_no,
        version=head.version,
        # an order that was changed before stock knew of it is new to stock
        kind="order",
        customer_ref=head.customer_ref,
        ordered_on=head.ordered_on,
        requested_on=head.requested_on,
        buyer=Buyer(
            code=head.customer_code,
            name=head.customer_name,
            reference=head.buyer_reference,
            value_class=head.customer_value_class,
            priority=head.priority or head.customer_priority or DEFAULT_PRIORITY,
            credit=_credit(head, faults),
        ),
        ship_to=_ship_to(head),
        contact=Contact(
            name=head.contact_name,
            phone=head.contact_phone or head.customer_phone,
            email=head.contact_email or head.customer_email,
        ),
        carriage=_carriage(head),
        lines=lines,
        returns=returns.get(head.id, ()),
        held=Holding(head.held_on, head.held_for or "") if is_held else None,
    )


def _credit(head: Any, faults: Sequence[Row[Any]]) -> str:
    is_stopped = head.customer_is_blocked or head.customer_insolvent_on is not None
    if not faults:
        return credit_word(CreditFacts(is_stopped, head.is_prepaid))
    return credit_word(
        CreditFacts(
            is_stopped=is_stopped,
            is_paid=head.is_prepaid,
            is_held=any(one.severity != "warn" and not one.waived_by for one in faults),
            is_released=any(one.waived_by for one in faults),
            is_warned=any(one.severity == "warn" for one in faults),
        )
    )


def _ship_to(head: Any) -> ShipTo:
    """Ship to where the order says; where it says nothing, to the customer."""
    is_stated = head.ship_to_address or head.ship_to_postal_code or head.ship_to_city
    place = (
        (
            head.ship_to_address,
            head.ship_to_postal_code,
            head.ship_to_city,
            head.ship_to_region,
        )
        if is_stated
        else (
            head.customer_address,
            head.customer_postal_code,
            head.customer_city,
            head.customer_region,
        )
    )
    return ShipTo(
        head.ship_to_id,
        head.ship_to_name or head.customer_name,
        *place,
        head.ship_to_country or head.customer_country,
    )


def _carriage(head: Any) -> Carriage:
    return Carriage(
        shipping_policy=head.shipping_policy,
        incoterm=head.incoterm,
        incoterm_place=head.incoterm_place,
        deliver_from=head.deliver_from,
        deliver_until=head.deliver_until,
        weekdays=head.customer_delivery_weekdays,
        packing=head.customer_packing,
        papers=head.customer_papers,
        instructions=head.instructions,
    )
