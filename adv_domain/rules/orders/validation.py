"""May this order go ahead, and if not, what is wrong and which team must act?

Every rule looks at the whole order and says all that it finds; the policy says how
much each finding weighs. Only date_in_future depends on the day of the look, and goes
away when its day comes: apart from it, an unchanged order under unchanged master data
gets the same answer on any day.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from adv_domain.rules.faults import OrderFault
from adv_domain.rules.orders.customer_rules import CUSTOMER_RULES
from adv_domain.rules.orders.date_rules import DATE_RULES
from adv_domain.rules.orders.line_rules import LINE_RULES
from adv_domain.rules.orders.order_case import OrderCase
from adv_domain.rules.orders.price_rules import PRICE_RULES
from adv_domain.rules.orders.rule_settings import (
    BLOCK,
    OFF,
    REJECT,
    Rule,
    ValidationRules,
)
from adv_domain.rules.orders.states import OrderState

_RULES: tuple[tuple[str, Rule], ...] = (
    *CUSTOMER_RULES,
    *LINE_RULES,
    *DATE_RULES,
    *PRICE_RULES,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of an order, the teams that must act, and why in one line."""

    state: OrderState
    teams: tuple[str, ...]
    reason: str


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
