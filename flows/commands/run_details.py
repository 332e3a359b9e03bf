"""How does `adv run … --dry-run` list, for people, what a run would do and what not?"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from adv_domain.rules.money import plain_amount

_Detail = Mapping[str, Any]
_WAITS = {
    "shipped_later": "is shipped after this day",
    "waits_for_invoicing_day": "waits for its invoicing day",
    "invoiced_by_hand": "is invoiced by hand (adv bill)",
}
# their reason says nothing more
_BY_ITSELF = frozenset({"invoiced_by_hand", "shipped_later"})


def detail_lines(details: Iterable[_Detail]) -> Iterator[str]:
    """Write the details, each kind under a heading of its own."""
    found = list(details)
    yield from _part(
        "would be posted", (_document(one) for one in _of(found, "document"))
    )
    yield from _part(
        "would not be invoiced", (_left_out(one) for one in _of(found, "not_invoiced"))
    )
    yield from _part(
        "would be proposed",
        (str(one["credit_proposed"]) for one in _of(found, "credit_proposed")),
    )
    yield from _part(
        "would stop", (str(one["stopped"]) for one in _of(found, "stopped"))
    )
    known = ("document", "not_invoiced", "credit_proposed", "stopped")
    others = [one for one in found if not any(name in one for name in known)]
    yield from _part("details", (_plain(one) for one in others))


def _of(details: Iterable[_Detail], name: str) -> list[_Detail]:
    return [one for one in details if name in one]


def _part(title: str, lines: Iterable[str]) -> Iterator[str]:
    listed = list(lines)
    if listed:
        yield f"{title}:"
        yield from (f"    {line}" for line in listed)


def _document(one: _Detail) -> str:
    amount = plain_amount(Decimal(one["gross"]), one["currency"])
    orders = ", ".join(one["orders"])
    text = (
        f"{one['document']} of {one['issued_on']} for {one['customer']}: {amount} "
        f"{one['currency']}"
    )
    text += f", order {orders}" if orders else ""
    text += f", due {', '.join(one['due'])}" if one["due"] else ""
    notes = [one["brought_forward"], one["late"] and f"invoiced late, {one['late']}"]
    return "; ".join([text, *(note for note in notes if note)])


def _left_out(one: _Detail) -> str:
    code, order_no = str(one["not_invoiced"]), one["order"]
    if " " in code:
        # the sentence of a document that is set aside, not a reason's name
        return f"{order_no}: set aside: {code.removeprefix(f'order {order_no}: ')}"
    text = f"{order_no}: {_WAITS.get(code) or code.replace('_', ' ')}"
    if one.get("until"):
        text += f", from {one['until']} on"
    if one.get("why") and code not in _BY_ITSELF:
        text += f" ({one['why']})"
    if one.get("invoice_by"):
        text += f"; the law wants it invoiced by {one['invoice_by']}"
    return text


def _plain(one: _Detail) -> str:
    said = (
        (name.replace("_", " "), value)
        for name, value in one.items()
        if value not in (None, "", [], ())
    )
    return ", ".join(f"{name} {_value(value)}" for name, value in said)


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    return str(value)
