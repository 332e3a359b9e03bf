"""Is an order told that could not be invoiced with the right tax?"""

from dataclasses import replace

import pytest

from adv_domain.rules.orders.order_case import Taxed
from adv_domain.rules.orders.validation import order_faults
from tests.rules.order_cases import (
    CUSTOMER,
    PRODUCT,
    RULES,
    a_line,
    an_order,
    codes,
)

REDUCED = replace(PRODUCT, tax_class="reduced")
EXPORTED = replace(CUSTOMER, tax_category="export")


def test_every_category_without_a_rate_is_named_once() -> None:
    lines = [a_line(line_no=at, product=REDUCED) for at in (1, 2)]
    order = an_order(*lines, taxed=Taxed("PT", frozenset()))
    [fault] = order_faults(order, rules=RULES)
    assert (fault.code, fault.line_no) == ("tax_rate", 0)
    assert fault.clash == {
        "categories": "reduced",
        "territory": "PT",
        "ordered": "2026-06-01",
    }


def test_the_customers_category_outweighs_the_products() -> None:
    assert codes(an_order(customer=EXPORTED)) == ["tax_rate"]
    taxed = Taxed("ES", frozenset({"export"}))
    order = an_order(a_line(product=REDUCED), customer=EXPORTED, taxed=taxed)
    assert codes(order) == []


@pytest.mark.parametrize("wrong", ["missing", "wrong"])
def test_a_vat_id_that_the_sale_needs_is_asked_for(wrong: str) -> None:
    customer = replace(CUSTOMER, vat_fault=wrong, vat_id="DE1")
    [fault] = order_faults(an_order(customer=customer), rules=RULES)
    assert (fault.code, fault.message) == ("vat_id", f"vat_id.{wrong}")
