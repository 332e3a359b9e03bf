"""When does what a customer owes keep his new orders, and when does it not?"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from adv_domain.rules.exchange import Conversion
from adv_domain.rules.orders.arrears import Arrears, PastDue
from adv_domain.rules.orders.rule_settings import ValidationRules
from adv_domain.rules.orders.validation import order_faults
from tests.rules.order_cases import CUSTOMER, RULES, an_order, codes

D = Decimal
MAY = date(2026, 5, 1)


def owing(
    *parts: PastDue, unused: dict[str, Decimal] | None = None, **more: object
) -> Arrears:
    return Arrears(parts, unused or {}, **more)


def part(
    overdue: str = "0", *, level: int = 0, left: str | None = None, **more: object
) -> PastDue:
    amount = D(overdue)
    told = {"currency": "EUR", "since": MAY if amount else None} | more
    return PastDue(level=level, left=D(left or overdue), overdue=amount, **told)


def told(arrears: Arrears, rules: ValidationRules = RULES) -> list[str]:
    return codes(an_order(customer=replace(CUSTOMER, arrears=arrears)), rules)


@pytest.mark.parametrize(
    ("arrears", "expected"),
    [
        (owing(), []),
        (owing(part("50")), ["overdue"]),
        (owing(part("49.99")), []),
        (owing(part("30"), part("20", level=2)), ["overdue"]),
        (owing(part("80"), unused={"EUR": D("30.01")}), []),
        (owing(part("80"), unused={"USD": D(500)}), ["overdue"]),
        (owing(part(left="500")), []),
        (owing(part(left="1", level=4)), ["dunned"]),
        (owing(part(left="1", level=3)), []),
        (owing(part(left="1", level=5), unused={"EUR": D(1)}), []),
        (owing(part("60", level=4)), ["overdue", "dunned"]),
    ],
    ids=[
        "owes nothing",
        "the minimum",
        "a cent less",
        "whatever the level",
        "less his unused money",
        "of the same currency",
        "past due, not for long",
        "at the level",
        "below it",
        "paid, not yet matched",
        "both",
    ],
)
def test_row_17_arrears_are_told_by_the_policy(
    arrears: Arrears, expected: list[str]
) -> None:
    assert told(arrears) == expected


def test_row_17_a_policy_may_tell_of_neither() -> None:
    never = replace(RULES.arrears, overdue_days=None, dunned_from_level=None)
    arrears = owing(part("60", level=4))
    assert told(arrears, replace(RULES, arrears=never)) == []


def test_the_oldest_debt_is_named_where_there_are_several() -> None:
    april = date(2026, 4, 1)
    arrears = owing(part("70"), part("90", currency="USD", since=april))
    case = an_order(customer=replace(CUSTOMER, arrears=arrears))
    [fault] = order_faults(case, rules=RULES)
    assert fault.clash == {
        "customer": "C1",
        "amount": "90",
        "currency": "USD",
        "since": "2026-04-01",
        "days": "30",
    }


@pytest.mark.parametrize(("amount", "expected"), [("62", []), ("63", ["overdue"])])
def test_the_minimum_is_in_the_companys_currency(
    amount: str, expected: list[str]
) -> None:
    dollars = Conversion("EUR", D(1), D("1.25"), MAY)
    foreign = part(amount, currency="USD")
    assert told(owing(foreign, conversions={"USD": dollars})) == expected
    assert told(owing(foreign)) == ["overdue"]  # nobody can say that it is too little
