"""Can the order be invoiced with the right tax?"""

from collections.abc import Iterator

from adv_domain.rules.billing.supplies import tax_category_of
from adv_domain.rules.faults import OrderFault, order_fault
from adv_domain.rules.orders.order_case import CustomerFacts, OrderCase
from adv_domain.rules.orders.rule_settings import (
    TAX_RATE,
    VAT_ID,
    Rule,
    ValidationRules,
)


def _tax_rate(order: OrderCase, _: ValidationRules) -> Iterator[OrderFault]:
    customer = order.customer
    if customer is None:
        return
    classes = {line.product.tax_class for line in order.lines if line.product}
    missing = {
        category
        for each in classes
        if (category := _category(customer, each)) not in order.taxed.categories
    }
    if missing:
        yield order_fault(
            TAX_RATE,
            "tax_category",
            categories=", ".join(sorted(missing)),
            territory=order.taxed.territory,
            ordered=order.ordered_on,
        )


def _category(customer: CustomerFacts, tax_class: str) -> str:
    return tax_category_of(
        customer_category=customer.tax_category, product_class=tax_class
    )


def _vat_id(order: OrderCase, _: ValidationRules) -> Iterator[OrderFault]:
    customer = order.customer
    if customer is None or not customer.vat_fault:
        return
    yield order_fault(
        VAT_ID,
        "vat_id",
        case=customer.vat_fault,
        customer=customer.code,
        vat_id=customer.vat_id,
    )


TAX_RULES: tuple[tuple[str, Rule], ...] = (
    (TAX_RATE, _tax_rate),
    (VAT_ID, _vat_id),
)
