"""In which state may a customer's change of an order be, and which may follow?"""

from enum import StrEnum

from adv_domain.rules.orders.states import OrderState


class AmendmentState(StrEnum):
    """Where a change stands.

    held: a person must act, or what it waits for must come; waiting_stock: stock was
    asked and has not agreed yet; unchanged: the order said so already.
    """

    PROPOSED = "proposed"
    HELD = "held"
    WAITING_STOCK = "waiting_stock"
    APPLIED = "applied"
    REFUSED = "refused"
    UNCHANGED = "unchanged"


_STATE = AmendmentState
_ENDS = frozenset({_STATE.APPLIED, _STATE.REFUSED, _STATE.UNCHANGED})
AMENDMENT_TRANSITIONS: dict[AmendmentState, frozenset[AmendmentState]] = {
    _STATE.PROPOSED: _ENDS | {_STATE.HELD, _STATE.WAITING_STOCK},
    _STATE.HELD: _ENDS | {_STATE.WAITING_STOCK},
    _STATE.WAITING_STOCK: frozenset({_STATE.APPLIED, _STATE.REFUSED}),
    _STATE.APPLIED: frozenset(),
    _STATE.REFUSED: frozenset(),
    _STATE.UNCHANGED: frozenset(),
}
OPEN_AMENDMENTS = frozenset(
    state for state, following in AMENDMENT_TRANSITIONS.items() if following
)
BEFORE_HANDOFF = frozenset({OrderState.RECEIVED, OrderState.HELD, OrderState.ACCEPTED})
"""Order states in which a change needs nobody's agreement: the order is validated
again."""

AT_STOCK = frozenset({OrderState.HANDED_OFF, OrderState.IN_FULFILMENT})
"""Order states in which stock must agree to what it has to do otherwise."""

CHANGEABLE = BEFORE_HANDOFF | AT_STOCK
"""Order states in which something of the order can still be changed."""


class AmendmentDecided(ValueError):
    """A change was to go where its state does not lead."""

    def __init__(self, *, amendment_id: int, current: AmendmentState) -> None:
        super().__init__(f"change {amendment_id} is {current}: nothing is left to say")
        self.amendment_id = amendment_id
        self.current = current


def next_amendment_state(
    amendment_id: int, current: AmendmentState | str, target: AmendmentState
) -> AmendmentState:
    """Return the target state; raises AmendmentDecided where it is not listed."""
    now = AmendmentState(current)
    if target not in AMENDMENT_TRANSITIONS[now]:
        raise AmendmentDecided(amendment_id=amendment_id, current=now)
    return target
