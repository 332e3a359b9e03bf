"""How does an order's version become a message that keeps to its schema?"""

from dataclasses import replace
from urllib.parse import quote

from adv_domain.files.handoff.schema import check_message
from adv_domain.rules.stock.handoff import HandoffOrder, MessageKind, handoff_message
from adv_domain.store.columns import JsonReady
from adv_domain.store.stock.handoff import NewMessage
from adv_domain.store.stock.order_for_stock import ToHandOff


class NothingToShip(ValueError):
    """An accepted order has no line with anything open."""

    def __init__(self, order_no: str) -> None:
        super().__init__(f"order {order_no} has nothing to ship: cancel or close it")
        self.order_no = order_no


def new_message(order_id: int, order: HandoffOrder) -> NewMessage:
    """Make the message of an order version and name its file after them.

    No order number leads out of the folder. Raises MessageInvalid.
    """
    # loads only where messages are made
    from orjson import OPT_SORT_KEYS, dumps

    payload = handoff_message(order)
    check_message(payload)
    return NewMessage(
        order_id=order_id,
        version=order.version,
        kind=str(order.kind),
        message_key=payload["message_id"],
        payload=JsonReady(dumps(payload, option=OPT_SORT_KEYS).decode()),
        file_name=f"{quote(order.order_no, safe='')}-v{order.version}.json",
    )


def order_message(found: ToHandOff) -> NewMessage:
    """Make the message of an accepted order; raises NothingToShip, MessageInvalid."""
    if not found.order.lines:
        raise NothingToShip(found.order.order_no)
    return new_message(found.order_id, _at_new_version(found, MessageKind.ORDER))


def pending_message(found: ToHandOff) -> NewMessage:
    """Make the message of demand that an order's hold may bring to nothing."""
    return new_message(found.order_id, _at_new_version(found, MessageKind.PENDING))


def withdrawal(found: ToHandOff) -> NewMessage:
    """Make the message that takes pending demand back, all of it."""
    order = _at_new_version(found, MessageKind.CANCEL)
    return new_message(found.order_id, replace(order, lines=()))


def _at_new_version(found: ToHandOff, kind: MessageKind) -> HandoffOrder:
    """Keep the order's version unless stock has a message of it already."""
    order = found.order
    version = max(order.version, (found.told or 0) + 1)
    if (order.version, order.kind) == (version, kind):
        return order
    return replace(order, version=version, kind=kind)
