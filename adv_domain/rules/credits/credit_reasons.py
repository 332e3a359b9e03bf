"""Why is an invoice corrected, and what follows from it?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from adv_domain.rules.credits.creditable import CreditRefused
from adv_domain.rules.money import ZERO
from adv_domain.rules.orders.rule_settings import ENTRY_FAMILIES
from adv_domain.rules.plain_numbers import plain_number

RETURN, REBATE = "return", "rebate"
EARLY_DISCOUNT, CANCELLATION = "early_discount", "cancellation"
NOT_DELIVERED = "not_delivered"
OF_THE_SYSTEM = (RETURN, NOT_DELIVERED, REBATE, EARLY_DISCOUNT, CANCELLATION)
"""Reasons that steps give or propose; they cannot be done without."""


@dataclass(frozen=True, slots=True)
class CreditReason:
    """A reason by its code, with the names that the company gave it by language.

    error_type is the mistake of order entry that it counts as on the order's day, empty
    for nobody's mistake there; rebills: an invoice taken back whole for it leaves the
    question whether its deliveries are billed anew; needs_goods: only quantities that
    stock has booked back are credited for it.
    """

    code: str
    error_type: str = ""
    rebills: bool = False
    needs_goods: bool = False
    names: Mapping[str, str] = field(default_factory=dict)


BUILT_IN: Mapping[str, CreditReason] = {
    one.code: one
    for one in (
        *(CreditReason(each, error_type=each, rebills=True) for each in ENTRY_FAMILIES),
        CreditReason(RETURN),
        CreditReason("late_delivery"),
        CreditReason(NOT_DELIVERED),
        CreditReason(REBATE),
        CreditReason(EARLY_DISCOUNT),
        CreditReason(CANCELLATION, rebills=True),
    )
}
"""The types of entry errors, and what is nobody's mistake at order entry."""


class ReasonUnknown(CreditRefused):
    """The company knows no such reason."""

    def __init__(self, code: str, *, invoice_no: str, known: Mapping[str, object]):
        listed = ", ".join(known)
        super().__init__(
            invoice_no=invoice_no,
            why=f"reason {code!r} is unknown; known: {listed} (what each does: "
            "adv credit-note reasons)",
        )


def known_reason(
    code: str, reasons: Mapping[str, CreditReason], *, invoice_no: str
) -> CreditReason:
    """Return the reason of this code; raises ReasonUnknown with those that are."""
    found = reasons.get(code)
    if found is None:
        raise ReasonUnknown(code, invoice_no=invoice_no, known=reasons)
    return found


def check_goods(
    reason: CreditReason,
    credited: Mapping[int | None, Decimal],
    returned: Mapping[int, Decimal],
    *,
    invoice_no: str,
) -> None:
    """Refuse quantities that stock has not booked back, where the reason needs them.

    credited is by order line, None where an amount is credited; returned is what came
    back of each and was not credited for such a reason before.
    """
    if not reason.needs_goods:
        return
    if None in credited:
        raise CreditRefused(
            invoice_no=invoice_no,
            why=f"{reason.code} credits goods that came back: give quantities (--line)",
        )
    for line_id, qty in credited.items():
        back = returned.get(line_id or 0, ZERO)
        if qty > back:
            raise CreditRefused(
                invoice_no=invoice_no,
                why=f"{reason.code} credits goods that came back: stock has booked "
                f"{plain_number(max(back, ZERO))} of the line, "
                f"not {plain_number(qty)}",
            )
