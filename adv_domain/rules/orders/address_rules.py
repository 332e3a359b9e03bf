"""Is there a place where the goods can go, and a desk that the invoice can?"""

from collections.abc import Iterator

from adv_domain.rules.faults import OrderFault, order_fault
from adv_domain.rules.orders.order_case import OrderCase
from adv_domain.rules.orders.rule_settings import (
    BUYER_REFERENCE,
    MISSING_ADDRESS,
    Rule,
    ValidationRules,
)

_PUBLIC_BODY = "public_body"


def _missing_address(order: OrderCase, _: ValidationRules) -> Iterator[OrderFault]:
    customer = order.customer
    if customer is None or order.ship_to.is_given or customer.has_address:
        return
    yield order_fault(MISSING_ADDRESS, "ship_to_address", customer=customer.code)


def _country_not_served(
    order: OrderCase, rules: ValidationRules
) -> Iterator[OrderFault]:
    if not rules.countries_served:
        return
    country = order.ship_to.country
    if not country and order.customer is not None:
        country = order.customer.country
    if country and country not in rules.countries_served:
        yield order_fault(
            "country_not_served",
            "ship_to_country",
            country=country,
            served=",".join(sorted(rules.countries_served)),
        )


def _buyer_reference(order: OrderCase, _: ValidationRules) -> Iterator[OrderFault]:
    customer = order.customer
    if customer is None or customer.party_kind != _PUBLIC_BODY:
        return
    if not (order.buyer_reference or customer.has_invoice_address):
        yield order_fault(BUYER_REFERENCE, "buyer_reference", customer=customer.code)


ADDRESS_RULES: tuple[tuple[str, Rule], ...] = (
    (MISSING_ADDRESS, _missing_address),
    ("country_not_served", _country_not_served),
    (BUYER_REFERENCE, _buyer_reference),
)
