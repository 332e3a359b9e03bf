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
        ((), "anybody", None),
        ((CLERK, CHIEF), "Eve", None),
        ((CLERK, SENIOR), "Luc", None),
    ],
    ids=[
        "no roles",
        "at the limit",
        "sign",
        "the higher role",
        "no limit",
        "no roles, no amount",
        "no limit, no amount",
        "the highest limit, no amount",
    ],
)
def test_who_may_decide(
    roles: tuple[Authority, ...], person: str, amount: str | None
) -> None:
    known = None if amount is None else Decimal(amount)
    check_authority(roles, person=person, action="release", amount=known)


UP_TO_100 = "Ana may decide on release up to 100"


@pytest.mark.parametrize(
    ("roles", "person", "amount", "why", "may"),
    [
        ((CLERK, SENIOR), "Ana", "100.01", UP_TO_100, "100.01: Luc (senior)"),
        (
            (CLERK, SENIOR),
            "Luc",
            "901",
            "Luc may decide on release up to 900",
            "901: nobody; give somebody a role in [roles]",
        ),
        (
            (CLERK, SENIOR, CHIEF),
            "Tom",
            "0",
            "Tom has no role that allows release",
            "0: Ana, Luc (clerk), Luc (senior), Eve (chief)",
        ),
        (
            (CLERK, SENIOR),
            "Ana",
            None,
            UP_TO_100,
            "what has no known amount: Luc (senior)",
        ),
        (
            (CLERK, CHIEF),
            "Ana",
            None,
            UP_TO_100,
            "what has no known amount: Eve (chief)",
        ),
    ],
    ids=["beyond", "nobody may", "no role", "no amount", "the highest has no limit"],
)
def test_row_16_who_may_not_is_told_why_and_who_may(
    roles: tuple[Authority, ...], person: str, amount: str | None, why: str, may: str
) -> None:
    known = None if amount is None else Decimal(amount)
    with pytest.raises(BeyondAuthority) as refused:
        check_authority(roles, person=person, action="release", amount=known)
    assert str(refused.value) == f"{why}; who may decide on {may}"
