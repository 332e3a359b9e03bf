"""In which state may a payment be, and which state may follow which?"""

from enum import StrEnum


class PaymentState(StrEnum):
    """Where a bank movement stands; other is not a customer's money."""

    NEW = "new"
    MATCHED = "matched"
    REVIEW = "review"
    UNMATCHED = "unmatched"
    REVERSED = "reversed"
    OTHER = "other"


_STATE = PaymentState
TRANSITIONS: dict[PaymentState, frozenset[PaymentState]] = {
    _STATE.NEW: frozenset(
        {
            _STATE.MATCHED,
            _STATE.REVIEW,
            _STATE.UNMATCHED,
            _STATE.OTHER,
            _STATE.REVERSED,
        }
    ),
    _STATE.REVIEW: frozenset(
        # a person may decide on another invoice and leave it in review
        {_STATE.MATCHED, _STATE.UNMATCHED, _STATE.REVERSED, _STATE.REVIEW}
    ),
    _STATE.UNMATCHED: frozenset(
        {_STATE.MATCHED, _STATE.REVIEW, _STATE.REVERSED, _STATE.UNMATCHED}
    ),
    _STATE.MATCHED: frozenset({_STATE.REVIEW, _STATE.REVERSED, _STATE.MATCHED}),
    _STATE.REVERSED: frozenset(),
    _STATE.OTHER: frozenset(),
}
