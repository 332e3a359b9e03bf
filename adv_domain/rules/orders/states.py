"""In which state may an order be, and which state may follow which?"""

from enum import StrEnum


class OrderState(StrEnum):
    """Where an order stands; invoiced and paid are derived, not states."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    HELD = "held"
    REJECTED = "rejected"
    HANDED_OFF = "handed_off"
    IN_FULFILMENT = "in_fulfilment"
    FULFILLED = "fulfilled"
    CLOSED = "closed"
    CANCELLED = "cancelled"


_STATE = OrderState
TRANSITIONS: dict[OrderState, frozenset[OrderState]] = {
    _STATE.RECEIVED: frozenset(
        {_STATE.ACCEPTED, _STATE.HELD, _STATE.REJECTED, _STATE.CANCELLED}
    ),
    # an order that the customer changes is received anew
    _STATE.HELD: frozenset(
        {_STATE.ACCEPTED, _STATE.REJECTED, _STATE.CANCELLED, _STATE.RECEIVED}
    ),
    _STATE.ACCEPTED: frozenset({_STATE.HANDED_OFF, _STATE.CANCELLED, _STATE.RECEIVED}),
    _STATE.HANDED_OFF: frozenset({_STATE.IN_FULFILMENT, _STATE.CANCELLED}),
    _STATE.IN_FULFILMENT: frozenset({_STATE.FULFILLED, _STATE.CANCELLED}),
    _STATE.FULFILLED: frozenset({_STATE.CLOSED}),
    _STATE.REJECTED: frozenset(),
    # its invoice was cancelled and is to be made anew
    _STATE.CLOSED: frozenset({_STATE.FULFILLED}),
    _STATE.CANCELLED: frozenset(),
}
OPEN_STATES = frozenset(
    state for state, following in TRANSITIONS.items() if _STATE.CANCELLED in following
)
"""The states from which an order can still be cancelled."""


class InvalidTransition(ValueError):
    """An order was to go where its state does not lead."""

    def __init__(self, *, current: OrderState, target: OrderState) -> None:
        allowed = " or ".join(sorted(TRANSITIONS[current]))
        rest = f"only {allowed}" if allowed else "that state is final"
        why = f"an order that is {current} cannot become {target}: {rest}"
        if current == target:
            why = f"the order is {current} already"
        super().__init__(why)
        self.current = current
        self.target = target


def next_state(current: OrderState | str, target: OrderState | str) -> OrderState:
    """Return the target state; raises InvalidTransition where it is not listed."""
    now, then = OrderState(current), OrderState(target)
    if then not in TRANSITIONS[now]:
        raise InvalidTransition(current=now, target=then)
    return then
