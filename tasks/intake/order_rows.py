"""What is recorded of an incoming order, and in which column?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from adv_domain.rules.money import ZERO
from adv_domain.rules.orders.incoming import (
    DocumentKind,
    IncomingHeader,
    IncomingLine,
    IncomingOrder,
    OrderCharge,
    unit_of_line,
)
from adv_domain.rules.orders.order_content import hashed_anew
from adv_domain.store.company import COMPANY_ID
from adv_domain.store.intake.order_intake import (
    KnownCustomer,
    KnownProduct,
    known_customers,
    known_products,
)
from adv_domain.store.orders.as_ordered import AS_GIVEN
from tasks.intake.tally import Taking
from tasks.intake.terms import codes_of_terms
from tasks.resources import now, resources


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known already that a batch's orders refer to."""

    taking: Taking
    customers: Mapping[str, KnownCustomer]
    products: Mapping[str, KnownProduct]
    terms: Mapping[str, str]
    shipping_policy: str
    at: datetime

    def term_of(self, order: IncomingOrder) -> str | None:
        """Return the code of the term that the document names."""
        named = order.header.payment_terms
        return self.terms.get(named or "", named)

    @property
    def units(self) -> dict[str, str]:
        """Return the units of the products, by code."""
        return {code: one.unit for code, one in self.products.items()}


@dataclass(frozen=True, slots=True)
class Coming:
    """An order on its way in: as it was given, named by our codes, to be recorded."""

    given: IncomingOrder
    named: IncomingOrder
    record: IncomingOrder


def read_standing(
    connection: Connection, taking: Taking, orders: Sequence[IncomingOrder]
) -> Standing:
    """Read what the orders refer to, in three statements."""
    return Standing(
        taking=taking,
        customers=known_customers(
            connection,
            company_id=COMPANY_ID,
            codes={one.header.customer for one in orders},
        ),
        products=known_products(
            connection, {line.product for one in orders for line in one.lines}
        ),
        terms=codes_of_terms(connection, {one.header.payment_terms for one in orders}),
        shipping_policy=resources().policy.handoff.shipping,
        at=now(),
    )


def coming_order(
    given: IncomingOrder, named: IncomingOrder, standing: Standing
) -> Coming:
    """Put together what an order says and what stands in for what it does not.

    The content hash of the record is that of what is recorded; it is the very order
    given where nothing was named anew and nothing stands in. A change says only what
    changes, so nothing stands in for the rest.
    """
    if given.header.document != DocumentKind.ORDER:
        return Coming(given, named, record=named)
    record = _filled(named, standing)
    return Coming(given, named, record if record is given else hashed_anew(record))


def _filled(order: IncomingOrder, standing: Standing) -> IncomingOrder:
    header = order.header
    buyer = standing.customers.get(header.customer)
    full: dict[str, Any] = {
        "ordered_on": header.ordered_on or standing.taking.run.on,
        "currency": header.currency
        or (buyer.currency if buyer else standing.taking.seller["currency"]),
        "payment_terms": standing.term_of(order),
        "prepaid": header.prepaid or None,
    }
    if any(getattr(header, name) != value for name, value in full.items()):
        order = replace(order, header=replace(header, **full))
    if not all(line.unit for line in order.lines):
        units = standing.units

        def _unit(line: IncomingLine) -> str:
            return unit_of_line(line.unit, product=line.product, units=units)

        lines = tuple(replace(line, unit=_unit(line)) for line in order.lines)
        order = replace(order, lines=lines)
    return order


def order_row(coming: Coming, standing: Standing, *, occurrence: int) -> dict[str, Any]:
    """Return the columns of a new order."""
    given, record = coming.given, coming.record
    header, taking = record.header, standing.taking
    buyer = standing.customers.get(header.customer)
    anew = record.content_hash != given.content_hash
    return {
        **{name: getattr(header, name) for name in AS_GIVEN},
        "customer_id": buyer.id if buyer else None,
        "customer_code": header.customer,
        "occurrence": occurrence,
        "state": "received",
        "shipping_policy": header.shipping_policy
        or (buyer and buyer.shipping_policy)
        or standing.shipping_policy,
        "priority": header.priority,
        "asked_shipping_policy": header.shipping_policy,
        "asked_priority": header.priority,
        "buyer_ids": ids_column(header),
        "charges": charges_column(header),
        "prepaid": header.prepaid or ZERO,
        "source_file_id": taking.file_id,
        "source_row": given.source_row,
        "content_hash": given.content_hash,
        "record_hash": record.content_hash if anew else None,
        "received_at": standing.at,
    }


def ids_column(header: IncomingHeader) -> list[list[str]] | None:
    """Return the numbers that name the buyer as they are stored."""
    return [[one.scheme, one.value] for one in header.buyer_ids] or None


def charges_column(header: IncomingHeader) -> list[dict[str, str | None]] | None:
    """Return charges and allowances as they are stored."""
    return [_charge(one) for one in header.charges] or None


def _charge(charge: OrderCharge) -> dict[str, str | None]:
    rate = charge.tax_rate
    return {
        "amount": f"{charge.amount:f}",
        "reason": charge.reason,
        "tax_category": charge.tax_category,
        "tax_rate": None if rate is None else f"{rate:f}",
    }


def line_row(line: IncomingLine, standing: Standing) -> dict[str, Any]:
    """Return the columns of a new order's line."""
    product = standing.products.get(line.product)
    return {
        "line_no": line.line_no,
        "line_ref": line.line_ref,
        "product_id": product.id if product else None,
        "product_code": line.product,
        "gtin": line.gtin,
        "description": line.description,
        "customer_article": line.customer_article,
        "note": line.note,
        "qty": line.qty,
        "unit": line.unit,
        "asked_price": line.unit_price,
        "asked_discount_rate": line.discount_rate,
        "tax_category": line.tax_category,
        "tax_rate": line.tax_rate,
        "requested_on": line.requested_on,
        "state": "open",
        "source_row": line.source_row,
    }
