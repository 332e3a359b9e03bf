"""What do customers and products come to for the rules that judge their orders?"""

from collections.abc import Mapping

from adv_domain.rules.orders.arrears import Arrears
from adv_domain.rules.orders.order_case import CustomerFacts, ProductFacts
from adv_domain.rules.stock.handoff import DEFAULT_PRIORITY
from adv_domain.store.orders.agreements import CustomerTerms, ProductTerms
from adv_domain.vat_ids import is_eu_vat_id
from tasks.orders.tax import TaxBasis


def customer_facts(
    customer: CustomerTerms, *, arrears: Arrears, taxes: TaxBasis
) -> CustomerFacts:
    """Return what of a customer the rules look at."""
    return CustomerFacts(
        code=customer.code,
        currency=customer.currency,
        is_blocked=customer.is_blocked,
        arrears=arrears,
        group=customer.customer_group,
        priority=customer.priority or DEFAULT_PRIORITY,
        party_kind=customer.party_kind,
        country=customer.country,
        has_address=bool(customer.address or customer.city),
        has_invoice_address=bool(customer.buyer_reference or customer.routing_id),
        tax_category=taxes.category_of(customer),
        vat_id=customer.vat_id or "",
        vat_fault=_vat_fault(customer, taxes),
    )


def _vat_fault(customer: CustomerTerms, taxes: TaxBasis) -> str:
    """Name what is wrong with the id that a sale without tax to the EU needs."""
    if not taxes.lacks_tax(customer):
        return ""
    if not customer.vat_id:
        return "missing"
    return "" if is_eu_vat_id(customer.vat_id, customer.country) else "wrong"


def product_facts(products: Mapping[str, ProductTerms]) -> dict[str, ProductFacts]:
    """Return what of each product the rules look at, by code."""
    return {
        code: ProductFacts(
            code=code,
            lead_time_days=one.lead_time_days,
            is_discontinued=one.is_discontinued,
            tax_class=one.tax_class,
            min_order_qty=one.min_order_qty,
            pack_size=one.pack_size,
            unit=one.unit,
        )
        for code, one in products.items()
    }
