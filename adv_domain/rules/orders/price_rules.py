"""Is the price of each line the one that was agreed?"""

from collections.abc import Iterator

from adv_domain.rules.faults import OrderFault, order_fault
from adv_domain.rules.orders.order_case import LineCase, OrderCase
from adv_domain.rules.orders.prices import price_deviation
from adv_domain.rules.orders.rule_settings import Rule, ValidationRules


def _price(order: OrderCase, rules: ValidationRules) -> Iterator[OrderFault]:
    customer = order.customer
    if customer is None or customer.currency != order.currency:
        return
    for line in order.lines:
        if line.product is not None:
            yield from _of_line(line, order, rules)


def _of_line(
    line: LineCase, order: OrderCase, rules: ValidationRules
) -> Iterator[OrderFault]:
    price, agreed = line.price, line.agreed
    in_currency = {"currency": order.currency}
    if price.unit_price is None:
        yield order_fault(
            "price", "price", line=line.line_no, case="missing", **in_currency
        )
    elif not rules.prices_are_agreed:
        return
    elif agreed is None:
        yield order_fault(
            "price", "price", line=line.line_no, case="nothing_agreed", **in_currency
        )
    else:
        off = price_deviation(price, agreed, tolerance=rules.price_tolerance)
        if off is not None:
            yield order_fault(
                "price",
                "price",
                case="above" if off > 0 else "below",
                off=abs(off),
                expected=agreed.net_price,
                agreement=agreed.reason,
                line=line.line_no,
                **in_currency,
            )


PRICE_RULES: tuple[tuple[str, Rule], ...] = (("price", _price),)
