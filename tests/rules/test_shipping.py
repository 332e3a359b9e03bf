"""Which lines of an order do the others wait for?"""

from datetime import date

import pytest

from adv_domain.rules.stock.shipping import waited_for

SOON, LATE = date(2026, 2, 3), date(2026, 3, 2)


@pytest.mark.parametrize(
    ("policy", "days", "awaited"),
    [
        ("complete", {1: SOON, 2: LATE, 3: LATE}, [2, 3]),
        ("complete", {1: SOON, 2: LATE, 4: None}, [4]),
        ("complete", {1: SOON, 2: SOON}, []),
        ("complete", {1: None, 2: None}, []),
        ("complete", {}, []),
        ("partial", {1: SOON, 2: LATE}, []),
        ("after_payment", {1: SOON, 2: LATE}, []),
    ],
)
def test_an_order_that_ships_complete_waits_for_its_last_lines(policy, days, awaited):
    assert list(waited_for(days, policy=policy)) == awaited
