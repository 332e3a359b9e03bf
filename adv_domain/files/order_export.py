"""In which formats do orders leave, and how many files does each make?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from adv_domain.files.orders.texts_out import Seller
from adv_domain.rules.orders.incoming import IncomingOrder

FORMATS = ("csv", "xlsx", "json", "ubl", "edifact", "orderx")
"""The names of the formats, as `adv orders export` knows them."""

_ENDINGS = {"ubl": "xml", "orderx": "xml", "edifact": "edi"}


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file to be written: its name and its bytes."""

    name: str
    data: bytes


def exported(
    form: str, orders: Sequence[tuple[str, IncomingOrder]], seller: Seller
) -> list[ExportedFile]:
    """Write the orders in a format of FORMATS; each has the number that names it.

    UBL and Order-X hold one order a file, the others all of them.
    """
    ending = _ENDINGS.get(form, form)
    one_each = _one_each(form)
    if one_each is not None:
        return [
            ExportedFile(f"{number}.{ending}", one_each(order, seller))
            for number, order in orders
        ]
    data = _all_in_one(form, [order for _, order in orders], seller)
    return [ExportedFile(f"orders.{ending}", data)]


def _one_each(form: str) -> Callable[[IncomingOrder, Seller], bytes] | None:
    # each writer loads only when its format is asked for
    if form == "ubl":
        from adv_domain.files.orders.ubl_out import order_ubl

        return order_ubl
    if form == "orderx":
        from adv_domain.files.orders.order_x_out import order_order_x

        return order_order_x
    return None


def _all_in_one(form: str, orders: Sequence[IncomingOrder], seller: Seller) -> bytes:
    if form == "json":
        from adv_domain.files.orders.json_out import orders_json

        return orders_json(orders)
    if form == "edifact":
        from adv_domain.files.orders.edifact_out import orders_edifact

        return orders_edifact(orders, seller)
    from adv_domain.files.orders_out import orders_csv, orders_xlsx

    return orders_xlsx(orders) if form == "xlsx" else orders_csv(orders)
