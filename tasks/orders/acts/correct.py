"""What was entered wrongly in this order? A person mends it and it is checked anew."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from adv_domain.rules.orders.correction import (
    CORRECTABLE,
    Correction,
    CorrectionWrong,
    corrected,
    corrected_fields,
    read_correction,
)
from adv_domain.rules.orders.incoming import IncomingOrder
from adv_domain.rules.orders.states import OrderState
from adv_domain.store.company import COMPANY_ID
from adv_domain.store.engine import writing
from adv_domain.store.intake.customers import customer_ids
from adv_domain.store.intake.order_intake import product_ids
from adv_domain.store.intake.payment_terms import term_codes
from adv_domain.store.orders.as_ordered import OrderAsked, orders_as_ordered
from adv_domain.store.orders.corrections import (
    cut_lines,
    names_given,
    next_occurrence,
    write_correction,
)
from adv_domain.store.orders.heads import OrderHead
from adv_domain.store.orders.validation import read_waiting
from tasks.orders.acts.common import (
    ActRefused,
    Decided,
    Saying,
    decided,
    locked_order,
)
from tasks.orders.decision import decide_orders
from tasks.orders.record import Look
from tasks.resources import now, resources


class NotCorrectable(ActRefused):
    """An order cannot be corrected like this, or not any more."""

    def __init__(self, *, order_no: str, why: str) -> None:
        super().__init__(f"order {order_no} cannot be corrected: {why}")
        self.order_no = order_no


def correct_order(
    texts: Mapping[str, str],
    *,
    name: str,
    by: str,
    reason: str,
    on: date,
    line_no: int | None = None,
) -> Decided:
    """Mend what was entered wrongly, put old and new values on record, validate anew.

    texts has the new values by field as a person writes them (rules/orders/
    correction.py); line_no says of which line they are. What was wrong stays on
    record as a fault that is resolved. Raises UnknownOrder and NotCorrectable.
    """
    with writing(resources().engine) as connection:
        order = locked_order(connection, name)
        if order.state not in CORRECTABLE:
            raise NotCorrectable(order_no=order.order_no, why=_too_late(order))
        [asked] = orders_as_ordered(connection, [order.id])
        try:
            correction = read_correction(texts, line_no=line_no)
            target = _target(connection, asked, correction)
        except CorrectionWrong as wrong:
            raise NotCorrectable(order_no=order.order_no, why=str(wrong)) from wrong
        _write(connection, asked, target)
        said = ", ".join(map(str, corrected_fields(asked.order, target)))
        _validate(connection, order, Saying(by, reason, on), said)
        return decided(connection, order.id)


def _too_late(order: OrderHead) -> str:
    if order.state in {OrderState.REJECTED, OrderState.CANCELLED, OrderState.CLOSED}:
        return f"it is {order.state}, and that is final"
    return (
        f"it is {order.state}: what is accepted changes only by a change that its "
        "customer sends; cancel it if nothing of it is to be shipped"
    )


def _target(
    connection: Connection, asked: OrderAsked, correction: Correction
) -> IncomingOrder:
    """Return the order as it is to be; raises CorrectionWrong for what cannot be."""
    is_numbered = asked.order.content_hash in {asked.content_hash, asked.record_hash}
    target = corrected(replace(asked.order, lines_are_numbered=is_numbered), correction)
    if correction.line_no in cut_lines(connection, asked.id):
        raise CorrectionWrong(
            f"the customer has cut line {correction.line_no} since it was entered: it "
            "changes only by a change that he sends"
        )
    if not corrected_fields(asked.order, target):
        raise CorrectionWrong("it says so already")
    customer, product = (
        correction.header.get("customer"),
        correction.line.get("product"),
    )
    term = correction.header.get("payment_terms")
    if customer and customer not in customer_ids(connection, [customer]):
        raise CorrectionWrong(f"customer {customer!r} is not in the master data")
    if product and product not in product_ids(connection, [product]):
        raise CorrectionWrong(f"product {product!r} is not in the master data")
    if term and term not in (codes := term_codes(connection)):
        raise CorrectionWrong(
            f"there are no payment terms {term!r}; there are: {', '.join(codes)}"
        )
    return target


def _write(connection: Connection, asked: OrderAsked, target: IncomingOrder) -> None:
    customers = customer_ids(connection, [target.header.customer])
    products = product_ids(connection, {line.product for line in target.lines})
    header = target.header
    write_correction(
        connection,
        (
            asked.id,
            customers.get(header.customer),
            *_place(connection, asked, target),
            header.ordered_on,
            header.currency,
            header.requested_on,
            header.payment_terms,
            header.buyer_reference,
            header.ship_to_name,
            header.ship_to_address,
            header.ship_to_postal_code,
            header.ship_to_city,
            header.ship_to_country,
            target.content_hash,
            *_given(connection, asked, target),
        ),
        [
            (
                line_id,
                products.get(line.product),
                line.product,
                line.qty,
                line.unit,
                line.unit_price,
                line.discount_rate,
                line.requested_on,
            )
            for line_id, line in zip(asked.line_ids, target.lines, strict=True)
        ],
    )


def _name(order: IncomingOrder) -> tuple[str, str]:
    return order.header.customer, order.header.customer_ref


def _place(
    connection: Connection, asked: OrderAsked, target: IncomingOrder
) -> tuple[str, str, int]:
    """Return customer, reference, and the place among those that have both."""
    customer, reference = _name(target)
    if _name(target) == _name(asked.order):
        return customer, reference, asked.occurrence
    place = next_occurrence(
        connection,
        company_id=COMPANY_ID,
        customer_code=customer,
        customer_ref=reference,
    )
    return customer, reference, place


def _given(
    connection: Connection, asked: OrderAsked, target: IncomingOrder
) -> tuple[str | None, str | None]:
    """Return the name under which the order came, None while it is the one it has."""
    before = names_given(connection, asked.id)
    came_as = before if before[1] is not None else _name(asked.order)
    return (None, None) if came_as == _name(target) else came_as


def _validate(
    connection: Connection, order: OrderHead, saying: Saying, said: str
) -> None:
    look = Look(
        policy=resources().policy,
        on=saying.on,
        now=now(),
        actor=saying.by,
        reason=f"corrected {said}: {saying.reason}",
        act="corrected",
    )
    result = decide_orders(connection, read_waiting(connection, [order.id]), look=look)
    if result.failed:
        why = result.failed[0].message
        raise NotCorrectable(order_no=order.order_no, why=why)
