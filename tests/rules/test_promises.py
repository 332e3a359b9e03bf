"""A promise is kept by its money in time, partly by a part, broken by none."""

from datetime import date
from decimal import Decimal

import pytest

from adv_domain.rules.payments.promises import PromiseFacts, promise_state

D = Decimal
PROMISED_ON = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("paid", "left", "on", "state"),
    [
        pytest.param("100", "0", date(2026, 3, 5), "kept", id="paid before its day"),
        pytest.param("100", "50", date(2026, 3, 5), "kept", id="the part promised"),
        pytest.param("40", "0", date(2026, 3, 5), "kept", id="nothing is left to pay"),
        pytest.param("40", "60", date(2026, 3, 12), None, id="grace runs still"),
        pytest.param("40", "60", date(2026, 3, 13), "partly", id="a part came"),
        pytest.param("0", "100", date(2026, 3, 12), None, id="last day of grace"),
        pytest.param("0", "100", date(2026, 3, 13), "broken", id="nothing came"),
    ],
)
def test_a_promise_ends_by_what_came(paid, left, on, state):
    facts = PromiseFacts(D(100), PROMISED_ON, D(paid), D(left))
    assert promise_state(facts, on=on, grace_days=2) == state
