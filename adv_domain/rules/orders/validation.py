"""May this order go ahead, and if not, what is wrong and which team must act?

Every rule looks at the whole order and says all that it finds; the policy says how
much each finding weighs. Only date_in_future depends on the day of the look, and goes
away when its day comes: apart from it, an unchanged order under unchanged master data
gets the same answer on any day.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from adv_domain.rules.business_day import is_to_come
from adv_domain.rules.faults import OrderFault
from adv_domain.rules.money import CURRENCIES
from adv_domain.rules.orders.order_case import LineCase, OrderCase
from adv_domain.rules.orders.prices import PriceTolerance, price_deviation
from adv_domain.rules.orders.states import OrderState

ENTRY = "entry"
CREDIT = "credit"
OFF, WARN, BLOCK, REJECT = "off", "warn", "block", "reject"
CREDIT_LIMIT = "credit_limit"


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """A rule's weight and team. family entry counts as an order-entry error."""

    code: str
    family: str
    severity: str
    owner: str


DEFAULT_SETTINGS: Mapping[str, RuleSetting] = {
    code: RuleSetting(code=code, family=family, severity=severity, owner=owner)
    for code, family, severity, owner in (
        ("unknown_customer", ENTRY, BLOCK, "master data"),
        ("customer_blocked", CREDIT, BLOCK, "credit control"),
        ("duplicate_reference", ENTRY, BLOCK, "order desk"),
        ("currency", ENTRY, BLOCK, "order desk"),
        ("empty_order", ENTRY, REJECT, "order desk"),
        ("unknown_product", ENTRY, BLOCK, "master data"),
        ("discontinued_product", ENTRY, BLOCK, "sales"),
        ("quantity", ENTRY, BLOCK, "order desk"),
        ("date_in_past", ENTRY, BLOCK, "order desk"),
        ("date_in_future", ENTRY, BLOCK, "order desk"),
        ("deadline", ENTRY, BLOCK, "stock"),
        ("price", ENTRY, BLOCK, "sales"),
        (CREDIT_LIMIT, CREDIT, BLOCK, "credit control"),
    )
}


@dataclass(frozen=True, slots=True)
class ValidationRules:
    """The settings of all rules and the tolerances they use; days are calendar days.

    quantity_step 0 allows any quantity; block_at_level None never blocks.
    """

    settings: Mapping[str, RuleSetting]
    price_tolerance: PriceTolerance
    prices_are_agreed: bool
    lead_days: int
    max_quantity: Decimal
    quantity_step: Decimal
    block_at_level: int | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of an order, the teams that must act, and why in one line."""

    state: OrderState
    teams: tuple[str, ...]
    reason: str


Rule = Callable[[OrderCase, ValidationRules], Iterable[OrderFault]]


def order_faults(order: OrderCase, *, rules: ValidationRules) -> list[OrderFault]:
    """Return all that is wrong with the order, its credit apart."""
    settings = rules.settings
    return [
        fault
        for code, rule in _RULES
        if settings[code].severity != OFF
        for fault in rule(order, rules)
    ]


def verdict(
    faults: Iterable[OrderFault],
    *,
    waived: frozenset[tuple[int, str]],
    rules: ValidationRules,
) -> Verdict:
    """Weigh the faults, those waived by a person apart (line number and code)."""
    weighed = [
        (fault, rules.settings[fault.code])
        for fault in faults
        if (fault.line_no, fault.code) not in waived
    ]
    rejecting = [fault for fault, setting in weighed if setting.severity == REJECT]
    if rejecting:
        return Verdict(OrderState.REJECTED, (), _listed(rejecting))
    blocking = [entry for entry in weighed if entry[1].severity == BLOCK]
    if not blocking:
        return Verdict(OrderState.ACCEPTED, (), "")
    teams = tuple(dict.fromkeys(setting.owner for _, setting in blocking))
    return Verdict(OrderState.HELD, teams, _listed([fault for fault, _ in blocking]))


def _listed(faults: list[OrderFault]) -> str:
    return ", ".join(dict.fromkeys(fault.code for fault in faults))


def _unknown_customer(order: OrderCase, _: ValidationRules) -> Iterator[OrderFault]:
    if order.customer is None:
        detail = f"customer {order.customer_code!r} is not in the master data"
        yield OrderFault("unknown_customer", "customer", detail)


def _customer_blocked(order: OrderCase, rules: ValidationRules) -> Iterator[OrderFault]:
    customer = order.customer
    if customer is None:
        return
    if customer.is_blocked:
        detail = f"customer {customer.code} is blocked in the master data"
        yield OrderFault("customer_blocked", "customer", detail)
    elif rules.block_at_level and customer.dunning_level >= rules.block_at_level:
        detail = f"customer {customer.code} stands at dunning level"
        detail = f"{detail} {customer.dunning_level}"
        yield OrderFault("customer_blocked", "customer", detail)


def _duplicate_reference(order: OrderCase, _: ValidationRules) -> Iterator[OrderFault]:
    if order.occurrence > 1:
        detail = (
            f"reference {order.customer_ref!r} of customer {order.customer_code} "
            f"comes again ({order.occurrence} orders have it)"
        )
        yield OrderFault("duplicate_reference", "customer_ref", detail)


def _currency(order: OrderCase, _: ValidationRules) -> Iterator[OrderFault]:
    if order.currency not in CURRENCIES:
        detail = f"{order.currency} is no currency of ISO 4217; correct the order"
        yield OrderFault("currency", "currency", detail)
    elif order.customer is not None and order.currency != order.customer.currency:
        detail = f"ordered in {order.currency}, agreed is {order.customer.currency}"
        yield OrderFault("currency", "currency", detail)


def _empty_order(order: OrderCase, _: ValidationRules) -> Iterator[OrderFault]:
    if not order.lines:
        yield OrderFault("empty_order", "lines", "the order has no line")


def _unknown_product(order: OrderCase, _: ValidationRules) -> Iterator[OrderFault]:
    for line in order.lines:
        if line.product is None:
            detail = f"product {line.product_code!r} is not in the master data"
            yield OrderFault("unknown_product", "product", detail, line.line_no)


def _discontinued(order: OrderCase, _: ValidationRules) -> Iterator[OrderFault]:
    for line in order.lines:
        if line.product is not None and line.product.is_discontinued:
            detail = f"product {line.product_code} is no longer sold"
            yield OrderFault("discontinued_product", "product", detail, line.line_no)


def _quantity(order: OrderCase, rules: ValidationRules) -> Iterator[OrderFault]:
    for line in order.lines:
        qty, step = line.qty, rules.quantity_step
        if qty <= 0:
            detail = f"a quantity of {qty.normalize():f} cannot be delivered"
        elif qty > rules.max_quantity:
            detail = f"{qty.normalize():f} is more than {rules.max_quantity}"
        elif step and qty % step:
            detail = f"{qty.normalize():f} is no multiple of {step}"
        else:
            continue
        yield OrderFault("quantity", "quantity", detail, line.line_no)


def _date_in_past(order: OrderCase, _: ValidationRules) -> Iterator[OrderFault]:
    for line in order.lines:
        wanted = line.requested_on or order.requested_on
        if wanted is not None and wanted < order.ordered_on:
            detail = f"wanted for {wanted}, before it was ordered ({order.ordered_on})"
            yield OrderFault("date_in_past", "requested_on", detail, line.line_no)


def _date_in_future(order: OrderCase, _: ValidationRules) -> Iterator[OrderFault]:
    if is_to_come(order.ordered_on, on=order.looked_at_on):
        # the day of the look is left out: the same fault must read the same tomorrow
        detail = f"ordered on {order.ordered_on}, a day to come; correct the date, or "
        detail += "the order waits for that day"
        yield OrderFault("date_in_future", "ordered_on", detail)


def _deadline(order: OrderCase, rules: ValidationRules) -> Iterator[OrderFault]:
    for line in order.lines:
        wanted = line.requested_on or order.requested_on
        if line.product is None or wanted is None or wanted < order.ordered_on:
            continue
        lead_days = line.product.lead_time_days or rules.lead_days
        if (wanted - order.ordered_on).days < lead_days:
            earliest = order.ordered_on + timedelta(days=lead_days)
            detail = f"wanted for {wanted}, possible from {earliest} on"
            yield OrderFault("deadline", "requested_on", detail, line.line_no)


def _price(order: OrderCase, rules: ValidationRules) -> Iterator[OrderFault]:
    customer = order.customer
    if customer is None or customer.currency != order.currency:
        return
    for line in order.lines:
        detail = None if line.product is None else _price_fault(line, order, rules)
        if detail:
            yield OrderFault("price", "price", detail, line.line_no)


def _price_fault(line: LineCase, order: OrderCase, rules: ValidationRules) -> str:
    """Say what is wrong with the line's price, "" for nothing."""
    price, agreed = line.price, line.agreed
    if price.unit_price is None:
        return f"no price was asked or agreed in {order.currency}"
    if not rules.prices_are_agreed:
        return ""
    if agreed is None:
        return f"nothing was agreed in {order.currency} to hold the price against"
    off = price_deviation(price, agreed, tolerance=rules.price_tolerance)
    if off is None:
        return ""
    expected = agreed.net_price.normalize()
    return f"{off.normalize():+f} off {expected:f} ({agreed.reason})"


_RULES: tuple[tuple[str, Rule], ...] = (
    ("unknown_customer", _unknown_customer),
    ("customer_blocked", _customer_blocked),
    ("duplicate_reference", _duplicate_reference),
    ("currency", _currency),
    ("empty_order", _empty_order),
    ("unknown_product", _unknown_product),
    ("discontinued_product", _discontinued),
    ("quantity", _quantity),
    ("date_in_past", _date_in_past),
    ("date_in_future", _date_in_future),
    ("deadline", _deadline),
    ("price", _price),
)
