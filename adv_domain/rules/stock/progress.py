"""Of which events does a customer hear while his order is under way?"""

from collections.abc import Iterable
from enum import StrEnum


class Progress(StrEnum):
    """What can happen to an order that its customer may want to be told."""

    CONFIRMATION = "confirmation"
    SHIPMENT = "shipment"
    PART_SHIPMENT = "part_shipment"
    DELAY = "delay"
    BACK_ON_TIME = "back_on_time"
    CANCELLATION = "cancellation"


NO_MAILS = "none"
"""How a customer is written who wants to hear of nothing."""

Wanted = frozenset[Progress]
NOTHING: Wanted = frozenset()


def wanted_events(own: str | None, *, usual: Iterable[str]) -> Wanted:
    """Return of what the customer hears: his own choice, else what is usual.

    own is as his master record has it: event names between commas, or none.
    """
    if own is None:
        return frozenset(Progress(name) for name in usual)
    return frozenset(Progress(name) for name in own.split(",") if name != NO_MAILS)
