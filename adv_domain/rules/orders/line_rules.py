"""Can what a line asks for be delivered at all?"""

from collections.abc import Iterator

from adv_domain.rules.faults import OrderFault, order_fault
from adv_domain.rules.orders.order_case import LineCase, OrderCase
from adv_domain.rules.orders.rule_settings import Rule, ValidationRules


def _unknown_product(order: OrderCase, _: ValidationRules) -> Iterator[OrderFault]:
    for line in order.lines:
        if line.product is None:
            yield order_fault(
                "unknown_product", "product", line=line.line_no, **_product(line)
            )


def _discontinued(order: OrderCase, _: ValidationRules) -> Iterator[OrderFault]:
    for line in order.lines:
        if line.product is not None and line.product.is_discontinued:
            yield order_fault(
                "discontinued_product", "product", line=line.line_no, **_product(line)
            )


def _product(line: LineCase) -> dict[str, str]:
    return {"product": line.product_code}


def _quantity(order: OrderCase, rules: ValidationRules) -> Iterator[OrderFault]:
    for line in order.lines:
        qty, step = line.qty, rules.quantity_step
        if qty <= 0:
            case = "not_positive"
        elif qty > rules.max_quantity:
            case = "too_large"
        elif step and qty % step:
            case = "no_multiple"
        else:
            continue
        yield order_fault(
            "quantity",
            "quantity",
            line=line.line_no,
            case=case,
            qty=qty,
            most=rules.max_quantity,
            step=step,
        )


LINE_RULES: tuple[tuple[str, Rule], ...] = (
    ("unknown_product", _unknown_product),
    ("discontinued_product", _discontinued),
    ("quantity", _quantity),
)
