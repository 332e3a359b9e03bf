"""Are the payment terms the agreed ones, and does the law allow them?"""

from collections.abc import Iterator

from adv_domain.rules.faults import OrderFault, order_fault
from adv_domain.rules.orders.order_case import OrderCase
from adv_domain.rules.orders.order_terms import KnownTerms
from adv_domain.rules.orders.rule_settings import (
    AGREED_TERMS_OVER_CAP,
    Rule,
    ValidationRules,
)
from adv_domain.rules.terms.legal_caps import Excess

_FIELD = "payment_terms"


def _payment_terms(order: OrderCase, _: ValidationRules) -> Iterator[OrderFault]:
    asked, agreed = order.terms.asked, order.terms.agreed
    if asked is None:
        return
    if asked.term is None:
        yield order_fault("payment_terms", _FIELD, case="unknown", terms=asked.code)
    elif agreed is not None and order.terms.is_other:
        yield order_fault(
            "payment_terms",
            _FIELD,
            case="not_agreed",
            terms=asked.code,
            days=asked.longest_days,
            agreed=agreed.code,
            agreed_days=agreed.longest_days,
        )


def _terms_over_cap(order: OrderCase, _: ValidationRules) -> Iterator[OrderFault]:
    terms = order.terms
    if terms.beyond is not None and terms.asked is not None and terms.is_other:
        yield _beyond("terms_over_cap", terms.asked, terms.beyond)


def _agreed_terms_over_cap(
    order: OrderCase, _: ValidationRules
) -> Iterator[OrderFault]:
    terms = order.terms
    if terms.beyond is not None and terms.agreed is not None and not terms.is_other:
        yield _beyond(AGREED_TERMS_OVER_CAP, terms.agreed, terms.beyond)


def _beyond(code: str, terms: KnownTerms, beyond: Excess) -> OrderFault:
    cap = beyond.cap
    limit = ["legal_cap.days" if cap.month_end_days is None else "legal_cap.month_end"]
    if cap.can_be_agreed:
        limit.append("legal_cap.agreed")
    return order_fault(
        code,
        _FIELD,
        terms=terms.code,
        days=beyond.days,
        country=cap.law.country,
        limit=",".join(limit),
        most=cap.days,
        month_end=cap.month_end_days or 0,
        law=cap.law.name,
    )


TERMS_RULES: tuple[tuple[str, Rule], ...] = (
    ("payment_terms", _payment_terms),
    ("terms_over_cap", _terms_over_cap),
    (AGREED_TERMS_OVER_CAP, _agreed_terms_over_cap),
)
