"""May this order go ahead, and if not, what is wrong and which team must act?

Every rule looks at the whole order and says all that it finds; the policy says how
much each finding weighs. Only date_in_future, overdue and dunned depend on the day of
the look, and go away when its day comes or the customer has paid: apart from them, an
unchanged order under unchanged master data gets the same answer on any day.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from adv_domain.rules.faults import OrderFault
from adv_domain.rules.orders.address_rules import ADDRESS_RULES
from adv_domain.rules.orders.arrears_rules import ARREARS_RULES
from adv_domain.rules.orders.charge_rules import CHARGE_RULES
from adv_domain.rules.orders.customer_rules import CUSTOMER_RULES
from adv_domain.rules.orders.date_rules import DATE_RULES
from adv_domain.rules.orders.duplicate_rules import DUPLICATE_RULES
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
from adv_domain.rules.orders.tax_rules import TAX_RULES
from adv_domain.rules.orders.terms_rules import TERMS_RULES

_RULES: tuple[tuple[str, Rule], ...] = (
    *CUSTOMER_RULES,
    *ARREARS_RULES,
    *DUPLICATE_RULES,
    *LINE_RULES,
    *DATE_RULES,
    *PRICE_RULES,
    *CHARGE_RULES,
    *ADDRESS_RULES,
    *TERMS_RULES,
    *TAX_RULES,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of an order, why in one line, and what holds it.

    to_answer has the codes of the rules that hold the order by the rules' owner.
    """

    state: OrderState
    reason: str = ""
    to_answer: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def teams(self) -> tuple[str, ...]:
        """Return the owners of the rules that hold the order."""
        return tuple(self.to_answer)


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
        return Verdict(OrderState.REJECTED, _listed(rejecting))
    blocking = [entry for entry in weighed if entry[1].severity == BLOCK]
    if not blocking:
        return Verdict(OrderState.ACCEPTED)
    to_answer: dict[str, tuple[str, ...]] = {}
    for fault, setting in blocking:
        others = to_answer.get(setting.owner, ())
        to_answer[setting.owner] = (*others, fault.code)
    return Verdict(
        OrderState.HELD, _listed([fault for fault, _ in blocking]), to_answer
    )


def _listed(faults: list[OrderFault]) -> str:
    return ", ".join(dict.fromkeys(fault.code for fault in faults))
