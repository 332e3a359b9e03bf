"""Orders to be judged, with good defaults; a test shows only what matters."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from adv_domain.rules.orders.arrears import ArrearsRules
from adv_domain.rules.orders.delivery_days import DeliveryCalendar, LeadTime
from adv_domain.rules.orders.order_case import (
    CustomerFacts,
    LineCase,
    OrderCase,
    ProductFacts,
    ShipTo,
    Taxed,
)
from adv_domain.rules.orders.order_terms import NO_TERMS
from adv_domain.rules.orders.prices import AskedPrice, PriceTolerance, line_price
from adv_domain.rules.orders.pricing import PRICE_LIST, PriceDecision, PriceRow
from adv_domain.rules.orders.rule_settings import DEFAULT_SETTINGS, ValidationRules
from adv_domain.rules.orders.validation import order_faults

D = Decimal
RULES = ValidationRules(
    settings=DEFAULT_SETTINGS,
    price_tolerance=PriceTolerance(Decimal("0.01"), Decimal("0.01"), "EUR"),
    charge_tolerance=PriceTolerance(Decimal("0.25"), Decimal(50), "EUR"),
    prices_are_agreed=True,
    lead_time=LeadTime(days=2),
    max_quantity=Decimal(1000),
    quantity_step=Decimal(1),
    arrears=ArrearsRules("EUR", overdue_days=30, minimum=D(50), dunned_from_level=4),
)


def agreed_at(price: str) -> PriceDecision:
    """Agree on the price by the list L1 from 2026 on."""
    row = PriceRow(
        scope=PRICE_LIST,
        scope_code="L1",
        product_code="P1",
        currency="EUR",
        min_qty=Decimal(1),
        unit_price=Decimal(price),
        discount_rate=None,
        valid_from=date(2026, 1, 1),
    )
    return PriceDecision(Decimal(price), Decimal(0), (row,))


AGREED = agreed_at("10")
CUSTOMER = CustomerFacts(code="C1", currency="EUR")
PRODUCT = ProductFacts(code="P1")


def a_line(
    *,
    line_no: int = 1,
    product: ProductFacts | None = PRODUCT,
    qty: str = "3",
    asked: str | None = None,
    discount: str = "0",
    requested_on: date | None = None,
    agreed: PriceDecision | None = AGREED,
    standing: str = "customer",
    unit: str = "",
) -> LineCase:
    unit_price = None if asked is None else Decimal(asked)
    wish = AskedPrice(unit_price=unit_price, discount_rate=Decimal(discount))
    return LineCase(
        line_no=line_no,
        product_code="P1",
        product=product,
        qty=Decimal(qty),
        requested_on=requested_on,
        price=line_price(
            wish, agreed, qty=Decimal(qty), currency="EUR", standing=standing
        ),
        agreed=agreed,
        unit=unit,
    )


def an_order(*lines: LineCase, **more: object) -> OrderCase:
    order = OrderCase(
        customer_code="C1",
        customer=CUSTOMER,
        customer_ref="PO-1",
        occurrence=1,
        currency="EUR",
        ordered_on=date(2026, 6, 1),
        requested_on=date(2026, 6, 10),
        counted_on=date(2026, 6, 1),
        calendar=DeliveryCalendar(),
        twin=None,
        ship_to=ShipTo(is_given=True, country=None),
        buyer_reference=None,
        taxed=Taxed("ES", frozenset({"standard"})),
        terms=NO_TERMS,
        lines=lines or (a_line(),),
        looked_at_on=date(2026, 6, 1),
    )
    return replace(order, **more)  # type: ignore[arg-type]  # test builder


def codes(order: OrderCase, rules: ValidationRules = RULES) -> list[str]:
    return [fault.code for fault in order_faults(order, rules=rules)]


def with_severity(code: str, severity: str) -> ValidationRules:
    setting = replace(DEFAULT_SETTINGS[code], severity=severity)
    return replace(RULES, settings={**DEFAULT_SETTINGS, code: setting})
