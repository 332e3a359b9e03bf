"""Is the price of each line the one that was agreed?"""

from collections.abc import Iterator

from adv_domain.rules.faults import OrderFault, order_fault
from adv_domain.rules.orders.agreement_name import agreement_name
from adv_domain.rules.orders.order_case import LineCase, OrderCase
from adv_domain.rules.orders.pricing import PriceDecision
from adv_domain.rules.orders.rule_settings import Rule, ValidationRules


def _price(order: OrderCase, rules: ValidationRules) -> Iterator[OrderFault]:
    for line in _priced_lines(order):
        price, agreed = line.price, line.agreed
        if price.unit_price is None:
            yield _without_agreement(line, order, case="missing")
        elif not rules.prices_are_agreed:
            continue
        elif agreed is None:
            yield _without_agreement(line, order, case="nothing_agreed")
        elif price.off and not _is_near(line, agreed, order, rules):
            yield order_fault(
                "price",
                "price",
                case="above" if price.off > 0 else "below",
                line=line.line_no,
                off=abs(price.off),
                expected=agreed.net_price,
                agreement=agreement_name(agreed.rows),
                currency=order.currency,
            )


def _price_replaced(order: OrderCase, rules: ValidationRules) -> Iterator[OrderFault]:
    """Tell which prices stand otherwise than ordered; `price` tells those far off."""
    for line in _priced_lines(order):
        price, agreed = line.price, line.agreed
        if agreed is None or not price.is_replaced:
            continue
        if _is_near(line, agreed, order, rules):
            yield order_fault(
                "price_replaced",
                "price",
                line=line.line_no,
                asked=agreed.net_price + price.off,
                expected=agreed.net_price,
                agreement=agreement_name(agreed.rows),
                currency=order.currency,
            )


def _priced_lines(order: OrderCase) -> Iterator[LineCase]:
    """Yield the lines that a price can be expected of."""
    customer = order.customer
    if customer is not None and customer.currency == order.currency:
        for line in order.lines:
            if line.product is not None:
                yield line


def _without_agreement(line: LineCase, order: OrderCase, *, case: str) -> OrderFault:
    return order_fault(
        "price", "price", line=line.line_no, case=case, currency=order.currency
    )


def _is_near(
    line: LineCase, agreed: PriceDecision, order: OrderCase, rules: ValidationRules
) -> bool:
    """Tell whether what was asked for is within the tolerance for this customer."""
    return rules.price_tolerance_of(order.customer).allows(
        line.price.off, expected=agreed.net_price, currency=order.currency
    )


PRICE_RULES: tuple[tuple[str, Rule], ...] = (
    ("price", _price),
    ("price_replaced", _price_replaced),
)
