"""Which orders does a person want written out, and as what were they placed?"""

from collections.abc import Sequence

from adv_domain.rules.orders.incoming import IncomingOrder
from adv_domain.store.engine import reading
from adv_domain.store.intake.customers import selling_company
from adv_domain.store.orders.as_ordered import orders_as_ordered
from adv_domain.store.orders.heads import find_orders
from tasks.resources import resources


class NotOneOrder(ValueError):
    """A name means no order, or several."""

    def __init__(self, name: str, numbers: Sequence[str]) -> None:
        listed = ", ".join(numbers)
        told = f"is the reference of several: {listed}" if numbers else "is not here"
        super().__init__(f"order {name!r} {told}; name it by its number")
        self.name = name


def orders_named(names: Sequence[str]) -> list[tuple[str, IncomingOrder]]:
    """Return number and content of each order, by number or customer's reference.

    Raises NotOneOrder.
    """
    with reading(resources().engine) as connection:
        ids = []
        for name in names:
            found = find_orders(connection, name)
            if len(found) != 1:
                raise NotOneOrder(name, [one.order_no for one in found])
            ids.append(found[0].id)
        asked = {one.id: one for one in orders_as_ordered(connection, ids)}
    return [(asked[key].order_no, asked[key].order) for key in dict.fromkeys(ids)]


def company_name() -> str:
    """Return the name of the company that sells."""
    with reading(resources().engine) as connection:
        return str(selling_company(connection)["name"])
