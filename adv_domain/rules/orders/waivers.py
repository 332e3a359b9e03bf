"""Does a person's waiver still cover what a rule finds wrong with the order?

A waiver holds for what it was given for: the same rule, on the same line, with the
same values. Where a value only measures how far an order goes, it also covers less;
and in the very act of giving it, as far as the order goes by then.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from adv_domain.rules.faults import OrderFault
from adv_domain.rules.orders.rule_settings import CREDIT_LIMIT, DUNNED, OVERDUE

_HOW_FAR: Mapping[str, str] = {
    CREDIT_LIMIT: "exposure",
    OVERDUE: "amount",
    DUNNED: "level",
}
"""By rule, the value up to which a waiver counts; its other values may change."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """What a person has waived: the rule, its line, its sentence and its values."""

    line_no: int
    code: str
    message: str
    clash: Mapping[str, str]
    is_given_now: bool = False

    def covers(self, fault: OrderFault) -> bool:
        """Tell whether the fault, of the same rule and line, is what was waived."""
        measure = _HOW_FAR.get(self.code)
        if measure and self.is_given_now:
            return True
        if measure and self._is_measured_like(fault, measure):
            return Decimal(fault.clash[measure]) <= Decimal(self.clash[measure])
        return (self.message, self.clash) == (fault.message, fault.clash)

    def _is_measured_like(self, fault: OrderFault, measure: str) -> bool:
        """Tell whether both say how far they go, in one currency."""
        both = (self.clash, fault.clash)
        currencies = {clash.get("currency") for clash in both}
        return len(currencies) == 1 and all(measure in clash for clash in both)


def standing_waivers(
    waivers: Collection[Waiver], faults: Iterable[OrderFault]
) -> frozenset[tuple[int, str]]:
    """Return line number and code of the waivers that no fault goes beyond."""
    if not waivers:
        return frozenset()
    known = {(one.line_no, one.code): one for one in waivers}
    beyond = {
        key
        for fault in faults
        for key in ((fault.line_no, fault.code),)
        if key in known and not known[key].covers(fault)
    }
    return frozenset(known.keys() - beyond)
