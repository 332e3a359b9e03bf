"""Is an order told that asks for payment terms which are not agreed or not lawful?"""

from datetime import date

import pytest

from adv_domain.rules.orders.order_terms import OrderTerms, order_terms
from adv_domain.rules.orders.validation import order_faults
from adv_domain.rules.terms.legal_caps import legal_cap
from adv_domain.rules.terms.term_form import term_from_form
from tests.rules.order_cases import RULES, an_order, codes


def net(days: int):
    due = [["add_days", days]]
    return term_from_form({"lines": [{"share": "remainder", "due": due}]})


TERMS = {
    "net30": net(30),
    "thirty": net(30),
    "net60": net(60),
    "net90": net(90),
    "given-0123456789abcdef": net(45),
}


def terms(asked: str | None, agreed: str = "net30", country: str = "ES") -> OrderTerms:
    cap = legal_cap(country, "business", date(2026, 6, 1))
    return order_terms(asked, agreed, terms=TERMS, cap=cap)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (terms(None), []),
        (terms("net30"), []),
        # the same by another name
        (terms("thirty"), []),
        (terms("net60"), ["payment_terms"]),
        (terms("never"), ["payment_terms"]),
        (terms("net90"), ["payment_terms", "terms_over_cap"]),
        (terms("net90", agreed="net90"), ["agreed_terms_over_cap"]),
        (terms(None, agreed="net90"), ["agreed_terms_over_cap"]),
        # what may be agreed on and was, is nobody's business
        (terms(None, agreed="net90", country="DE"), []),
        (terms("net90", country="DE"), ["payment_terms", "terms_over_cap"]),
        (terms("net90", agreed="net90", country="US"), []),
    ],
)
def test_terms_must_be_the_agreed_ones_and_lawful(
    asked: OrderTerms, expected: list[str]
) -> None:
    assert codes(an_order(terms=asked)) == expected


def test_the_fault_names_both_terms_and_how_long_they_are() -> None:
    asked = terms("given-0123456789abcdef")
    [fault] = order_faults(an_order(terms=asked), rules=RULES)
    assert fault.message == "payment_terms.not_agreed"
    assert fault.clash == {
        "terms": "given-0123456789abcdef",
        "days": "45",
        "agreed": "net30",
        "agreed_days": "30",
    }
