"""Can what a line asks for be delivered at all?"""

from collections.abc import Iterator
from decimal import Decimal

from adv_domain.rules.billing.unit_codes import is_same_unit
from adv_domain.rules.faults import OrderFault, order_fault
from adv_domain.rules.money import ZERO
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
        case = _quantity_case(line, rules)
        if case is not None:
            yield order_fault(
                "quantity",
                "quantity",
                line=line.line_no,
                case=case,
                qty=line.qty,
                most=rules.max_quantity,
                step=rules.quantity_step,
                **_packing(line),
            )


def _quantity_case(line: LineCase, rules: ValidationRules) -> str | None:
    qty, product = line.qty, line.product
    if qty <= 0:
        return "not_positive"
    if qty > rules.max_quantity:
        return "too_large"
    if product is not None and product.min_order_qty and qty < product.min_order_qty:
        return "below_minimum"
    if product is not None and product.pack_size and qty % product.pack_size:
        return "no_packs"
    return "no_multiple" if rules.quantity_step and qty % rules.quantity_step else None


def _packing(line: LineCase) -> dict[str, str | Decimal]:
    """Return how the product is sold, where it says so."""
    product = line.product
    if product is None or not (product.min_order_qty or product.pack_size):
        return {}
    least, pack = product.min_order_qty or ZERO, product.pack_size or ZERO
    return {"product": product.code, "least": least, "pack": pack}


def _unit(order: OrderCase, _: ValidationRules) -> Iterator[OrderFault]:
    """Find quantities in another unit than the product's; none is ever converted."""
    for line in order.lines:
        theirs, ours = line.unit, line.product.unit if line.product else ""
        if theirs and ours and not is_same_unit(theirs, ours):
            yield order_fault(
                "unit",
                "unit",
                line=line.line_no,
                unit=theirs,
                expected=ours,
                **_product(line),
            )


LINE_RULES: tuple[tuple[str, Rule], ...] = (
    ("unknown_product", _unknown_product),
    ("discontinued_product", _discontinued),
    ("quantity", _quantity),
    ("unit", _unit),
)
