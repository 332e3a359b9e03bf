"""Is a decision kept to the amount that the person's role allows?"""

from decimal import Decimal

import pytest

from adv_domain.rules.authority import Authority, BeyondAuthority, check_authority

CLERK = Authority("clerk", frozenset({"Ana", "Luc"}), {"release": Decimal(100)})
SENIOR = Authority("senior", frozenset({"Luc"}), {"release": Decimal(900)})
CHIEF = Authority("chief", frozenset({"Eve"}), {})


@pytest.mark.parametrize(
    ("roles", "person", "amount"),
    [
        ((), "anybody", "1000000"),
        ((CLERK,), "Ana", "100"),
        ((CLERK,), "Ana", "-100"),
        ((CLERK, SENIOR), "Luc", "900"),
        ((CLERK, CHIEF), "Eve", "1000000"),
    ],
    ids=["no roles", "at the limit", "sign", "the higher role", "no limit"],
)
def test_who_may_decide(roles: tuple[Authority, ...], person: str, amount: str) -> None:
    check_authority(roles, person=person, action="release", amount=Decimal(amount))


@pytest.mark.parametrize(
    ("person", "amount", "told"),
    [
        ("Ana", "100.01", "Ana may decide on release up to 100;"),
        ("Luc", "901", "Luc may decide on release up to 900;"),
        ("Tom", "0", "Tom has no role that allows release;"),
    ],
)
def test_who_may_not_is_told_why(person: str, amount: str, told: str) -> None:
    with pytest.raises(BeyondAuthority, match=told):
        check_authority(
            (CLERK, SENIOR), person=person, action="release", amount=Decimal(amount)
        )
