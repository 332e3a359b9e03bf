"""What must be known to judge a batch of orders?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from adv_domain.policies import Policy
from adv_domain.rules.orders.arrears import NO_ARREARS
from adv_domain.rules.orders.order_case import (
    CustomerFacts,
    LineCase,
    OrderCase,
    ProductFacts,
    ShipTo,
    Taxed,
)
from adv_domain.rules.orders.prices import AskedPrice, line_price
from adv_domain.rules.orders.pricing import (
    PriceBook,
    PriceDecision,
    agreed_price,
)
from adv_domain.rules.orders.rule_settings import ValidationRules
from adv_domain.store.orders.agreements import (
    CustomerTerms,
    ProductTerms,
    lock_customers,
    read_products,
)
from adv_domain.store.orders.price_rows import PriceQuestion, read_price_book
from adv_domain.store.orders.validation import (
    KnownFault,
    WaitingLine,
    WaitingOrder,
    read_known_faults,
    read_lines,
)
from tasks.orders.arrears import arrears_of
from tasks.orders.days import OrderDays, order_days
from tasks.orders.facts import customer_facts, product_facts
from tasks.orders.price_question import wanted_of
from tasks.orders.tax import TaxBasis, read_tax_basis
from tasks.orders.terms import TermsBook, read_terms_book
from tasks.orders.twins import Twins, find_twins


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """All that a batch of orders is held against, on the day of the look."""

    on: date
    lines: Mapping[int, Sequence[WaitingLine]]
    faults: Mapping[int, Sequence[KnownFault]]
    customers: Mapping[str, CustomerTerms]
    customer_facts: Mapping[str, CustomerFacts]
    products: Mapping[str, ProductTerms]
    product_facts: Mapping[str, ProductFacts]
    prices: PriceBook
    standing: str
    taxes: TaxBasis
    taxed: Mapping[date, Taxed]
    days: OrderDays
    twins: Twins
    terms: TermsBook


def read_batch_facts(
    connection: Connection,
    orders: Sequence[WaitingOrder],
    *,
    policy: Policy,
    rules: ValidationRules,
    on: date,
    lines: Mapping[int, Sequence[WaitingLine]] | None = None,
) -> BatchFacts:
    """Read lines, faults, customers, products, agreements and tax rates.

    lines are those that the orders are to have, where they are not as they stand.
    """
    order_ids = [order.id for order in orders]
    if lines is None:
        lines = read_lines(connection, order_ids)
    customers = lock_customers(
        connection,
        company_id=orders[0].company_id,
        codes={order.customer_code for order in orders},
    )
    products = read_products(
        connection,
        {line.product_code for of_order in lines.values() for line in of_order},
    )
    arrears = arrears_of(
        connection,
        [one.id for one in customers.values()],
        policy=policy,
        rules=rules,
        on=on,
    )
    taxes = read_tax_basis(connection, on=on)
    return BatchFacts(
        on=on,
        lines=lines,
        faults=read_known_faults(connection, order_ids),
        customers=customers,
        customer_facts={
            code: customer_facts(
                one, arrears=arrears.get(one.id, NO_ARREARS), taxes=taxes
            )
            for code, one in customers.items()
        },
        products=products,
        product_facts=product_facts(products),
        prices=read_price_book(
            connection,
            PriceQuestion(
                bought=_bought(orders, lines),
                customers=customers,
                products=products,
                since=min(order.ordered_on for order in orders),
                until=max(order.ordered_on for order in orders),
            ),
        ),
        standing=policy.validation.price_that_stands,
        taxes=taxes,
        taxed={day: taxes.taxed(day) for day in {one.ordered_on for one in orders}},
        days=order_days(
            orders,
            customers=customers.values(),
            products=products.values(),
            policy=policy,
            on=on,
        ),
        terms=read_terms_book(connection, orders, customers.values()),
        twins=find_twins(
            connection,
            orders,
            lines,
            within_days=policy.validation.likely_duplicate_days,
        ),
    )


def order_case(order: WaitingOrder, facts: BatchFacts) -> OrderCase:
    """Put the order together with what is known of its customer and products."""
    return OrderCase(
        customer_code=order.customer_code,
        customer=facts.customer_facts.get(order.customer_code),
        customer_ref=order.customer_ref,
        occurrence=order.occurrence,
        currency=order.currency,
        ordered_on=order.ordered_on,
        requested_on=order.requested_on,
        counted_on=facts.days.counted_on(order),
        calendar=facts.days.calendar_of(order.customer_code),
        twin=facts.twins.older.get(order.id),
        ship_to=_ship_to(order),
        buyer_reference=order.buyer_reference,
        taxed=facts.taxed[order.ordered_on],
        terms=facts.terms.of_order(order, facts.customers.get(order.customer_code)),
        lines=tuple(_line_case(order, line, facts) for line in facts.lines[order.id]),
        looked_at_on=facts.on,
        shipping_policy=order.shipping_policy,
        charges=order.charge_amounts,
    )


def _bought(
    orders: Sequence[WaitingOrder], lines: Mapping[int, Sequence[WaitingLine]]
) -> Mapping[str, Collection[str]]:
    """Return the products by the customer who orders them."""
    found: dict[str, set[str]] = {}
    for order in orders:
        products = found.setdefault(order.customer_code, set())
        products.update(line.product_code for line in lines[order.id])
    return found


def _ship_to(order: WaitingOrder) -> ShipTo:
    place = order.ship_to_address or order.ship_to_city or order.ship_to_id
    return ShipTo(bool(place), order.ship_to_country)


def _line_case(order: WaitingOrder, line: WaitingLine, facts: BatchFacts) -> LineCase:
    agreed = _agreed(order, line, facts)
    return LineCase(
        line_no=line.line_no,
        product_code=line.product_code,
        product=facts.product_facts.get(line.product_code),
        qty=line.qty,
        requested_on=line.requested_on,
        price=line_price(
            AskedPrice(line.asked_price, line.asked_discount_rate),
            agreed,
            qty=line.qty,
            currency=order.currency,
            standing=facts.standing,
        ),
        agreed=agreed,
        amended_on=line.amended_on,
        unit=line.unit,
    )


def _agreed(
    order: WaitingOrder, line: WaitingLine, facts: BatchFacts
) -> PriceDecision | None:
    customer = facts.customers.get(order.customer_code)
    product = facts.products.get(line.product_code)
    if customer is None or product is None:
        return None
    wanted = wanted_of(
        customer, product, qty=line.qty, currency=order.currency, on=order.ordered_on
    )
    return agreed_price(facts.prices, wanted)
