"""What does a change alter in an order, and what of it is too late?"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from adv_domain.rules.amendments.asked import plain
from adv_domain.rules.amendments.states import AT_STOCK
from adv_domain.rules.amendments.terms import (
    LineTerms,
    OrderTerms,
    StandingLine,
    StandingOrder,
    wanted_on,
)
from adv_domain.rules.money import ZERO
from adv_domain.rules.stock.shipping import ShippingPolicy

WHOLE_ORDER = 0
_FOR_STOCK = frozenset(
    {
        "product",
        "description",
        "quantity",
        "unit",
        "requested_on",
        "deliver_from",
        "deliver_until",
        "incoterm",
        "incoterm_place",
        "ship_to_id",
        "ship_to_name",
        "ship_to_address",
        "ship_to_postal_code",
        "ship_to_city",
        "ship_to_region",
        "ship_to_country",
        "instructions",
        "note",
        "asked_shipping_policy",
        "asked_priority",
    }
)
_BILLED = ("product", "unit", "price", "discount_rate", "tax_category", "tax_rate")
_BILLED_ONCE = ("currency", "payment_terms", "charges", "milestones")


class What(StrEnum):
    """What happens to a field: it is changed, or its line comes or goes."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


class Difference(NamedTuple):
    """One field with its old and new value as text; line_no 0 is the order's own."""

    line_no: int
    field: str
    what: What
    old: str | None
    new: str | None

    def __str__(self) -> str:
        where = f"line {self.line_no} " if self.line_no else ""
        added = f"{self.what}: " if self.what is not What.CHANGED else ""
        return f"{where}{added}{self.field} {self.old or '-'} → {self.new or '-'}"


def differences(order: StandingOrder, target: OrderTerms) -> list[Difference]:
    """Return every field that the order is to say otherwise, with both values."""
    found = [
        Difference(WHOLE_ORDER, name, What.CHANGED, plain(old), plain(new))
        for name, old, new in zip(
            target.header._fields, order.header, target.header, strict=True
        )
        if plain(old) != plain(new)
    ]
    live = order.live_lines
    for line_no in sorted(live.keys() | target.lines.keys()):
        found += _of_line(line_no, live.get(line_no), target.lines.get(line_no))
    return found


def _of_line(
    line_no: int, line: StandingLine | None, terms: LineTerms | None
) -> list[Difference]:
    if line is None:
        assert terms is not None
        return [
            Difference(line_no, name, What.ADDED, None, plain(value))
            for name, value in terms._asdict().items()
            if value
        ]
    if terms is None:
        left = plain(line.qty_shipped)
        old = plain(line.terms.quantity)
        if left == old:
            return []
        what = What.CHANGED if line.qty_shipped else What.REMOVED
        return [Difference(line_no, "quantity", what, old, left)]
    return [
        Difference(line_no, name, What.CHANGED, plain(old), plain(new))
        for name, old, new in zip(terms._fields, line.terms, terms, strict=True)
        if plain(old) != plain(new)
    ]


def concerns_stock(found: Iterable[Difference]) -> bool:
    """Tell whether stock has anything to do otherwise; a price is not its business."""
    return any(one.field in _FOR_STOCK for one in found)


def obstacles(order: StandingOrder, target: OrderTerms) -> list[str]:
    """Say what of the change is too late: shipped or invoiced already."""
    found = list(_header_obstacles(order, target))
    for line_no, line in sorted(order.live_lines.items()):
        if line.qty_done:
            found += _line_obstacles(line, target.lines.get(line_no))
    return found


def _header_obstacles(order: StandingOrder, target: OrderTerms) -> Iterator[str]:
    shipping = target.header.asked_shipping_policy
    is_other = shipping != order.header.asked_shipping_policy
    waits = shipping == ShippingPolicy.AFTER_PAYMENT
    if is_other and waits and order.state in AT_STOCK:
        yield "it cannot wait for its payment any more: stock knows it"
    if order.is_planned and target.header.milestones != order.header.milestones:
        yield "its milestones are set: adv milestones changes them till one is invoiced"
    if not order.is_begun:
        return
    for name in _BILLED_ONCE:
        if getattr(order.header, name) != getattr(target.header, name):
            words = name.replace("_", " ")
            yield f"the {words} cannot change: a part was shipped or invoiced under it"


def _line_obstacles(line: StandingLine, terms: LineTerms | None) -> Iterator[str]:
    where = f"line {line.line_no}"
    wanted = ZERO if terms is None else terms.quantity
    if wanted < line.qty_bound:
        yield (
            f"{where}: {plain(line.qty_bound)} were shipped or invoiced already, so "
            f"that it cannot become {plain(wanted)}"
        )
    if terms is None:
        return
    how = "shipped" if line.qty_shipped == line.qty_done else "invoiced"
    for name in _BILLED:
        if getattr(line.terms, name) != getattr(terms, name):
            words = name.replace("_rate", "")
            done = plain(line.qty_done)
            yield f"{where}: the {words} cannot change: {done} were {how} under it"


def touched_lines(target: OrderTerms, found: Iterable[Difference]) -> set[int]:
    """Name the lines that have to be validated anew, 0 for the order as a whole.

    Less of something, or some of it later, says nothing new about the whole.
    """
    touched: set[int] = set()
    for one in found:
        if one.line_no == WHOLE_ORDER and one.field in ("requested_on", "currency"):
            touched |= target.lines.keys()
        if one.line_no or one.field != "requested_on":
            touched.add(one.line_no)
        if _asks_for_more(one):
            touched.add(WHOLE_ORDER)
    return touched


def enlarged_lines(found: Iterable[Difference]) -> set[int]:
    """Name the lines that ask for more or for something else, for which nothing that
    a person has waived was meant."""
    return {one.line_no for one in found if _asks_for_more(one)}


def renewed_lines(
    order: StandingOrder, target: OrderTerms, found: Iterable[Difference]
) -> set[int]:
    """Name the lines whose time to deliver counts from the change."""
    return enlarged_lines(found) | redated_lines(order, target)


def redated_lines(order: StandingOrder, target: OrderTerms) -> set[int]:
    """Name the lines that are new or wanted for another day: what was promised for
    the old one is no longer what the customer waits for."""
    live = order.live_lines
    return {
        line_no
        for line_no, terms in target.lines.items()
        if line_no not in live
        or live[line_no].terms.product != terms.product
        or wanted_on(live[line_no].terms, order.header)
        != wanted_on(terms, target.header)
    }


def _asks_for_more(one: Difference) -> bool:
    if one.what is What.ADDED or one.field in ("product", "price", "discount_rate"):
        return True
    if one.field != "quantity" or one.what is What.REMOVED:
        return False
    return Decimal(one.new or 0) > Decimal(one.old or 0)
