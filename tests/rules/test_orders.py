"""Does an order go only where its state leads?"""

from itertools import product

import pytest

from adv_domain.rules.orders.states import (
    OPEN_STATES,
    TRANSITIONS,
    InvalidTransition,
    OrderState,
    next_state,
)


@pytest.mark.parametrize(
    ("current", "target"),
    [
        ("received", "accepted"),
        ("received", "held"),
        ("received", "rejected"),
        ("held", "accepted"),
        ("held", "rejected"),
        ("held", "cancelled"),
        ("accepted", "handed_off"),
        ("handed_off", "in_fulfilment"),
        ("in_fulfilment", "fulfilled"),
        ("fulfilled", "closed"),
        ("accepted", "cancelled"),
        ("in_fulfilment", "cancelled"),
    ],
)
def test_a_listed_transition_is_taken(current: str, target: str) -> None:
    assert next_state(current, target) == target


def test_every_other_transition_is_refused() -> None:
    for current, target in product(OrderState, OrderState):
        if target not in TRANSITIONS[current]:
            said = f"{current} cannot become"
            if current is target:
                said = f"^the order is {current} already$"
            with pytest.raises(InvalidTransition, match=said):
                next_state(current, target)


def test_final_states_lead_nowhere_and_cannot_be_cancelled() -> None:
    final = {state for state in OrderState if not TRANSITIONS[state]}
    assert final == {"rejected", "cancelled"}
    assert not final & OPEN_STATES and OrderState.FULFILLED not in OPEN_STATES


def test_row_31_a_closed_order_only_goes_back_to_wait_for_its_invoice() -> None:
    assert TRANSITIONS[OrderState.CLOSED] == {OrderState.FULFILLED}
    assert OrderState.CLOSED not in OPEN_STATES
