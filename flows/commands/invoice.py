"""`adv invoice`: a posted document, how it came about and what became of it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import click

from adv_domain.rules.counted import counted
from adv_domain.rules.money import ZERO, minor_unit, rounded_to_minor
from adv_domain.rules.plain_numbers import plain_number
from flows.commands.advances_view import advance_invoice_lines, advances_of_document
from flows.commands.invoice_amounts import amount_lines, amounts_view
from flows.commands.invoice_chain import chain_lines, chain_view, money_lines
from flows.commands.invoice_due import (
    due_lines,
    early_view,
    instalments_view,
    late_by,
)
from flows.commands.invoice_sent import history_lines, sent_lines, sent_view
from flows.commands.output import fail, home_option, json_option, need_home, say_json


@click.command()
@click.argument("number")
@home_option
@json_option
def invoice(number: str, as_json: bool) -> None:
    """Show document NUMBER, or all with the word `list`."""
    need_home()
    from adv_domain.store.engine import reading
    from tasks.resources import resources

    with reading(resources().engine) as connection:
        if number == "list":
            _show_list(connection, as_json=as_json)
            return
        view = _view(connection, number)
    if view is None:
        fail(f"there is no document {number}; see: adv invoice list", status=1)
    if as_json:
        say_json(view)
    else:
        _tell(view)


def _show_list(connection: Any, *, as_json: bool) -> None:
    from adv_domain.store.billing.view import all_instalments, list_invoices

    parts: dict[int, list[Any]] = defaultdict(list)
    for row in all_instalments(connection):
        parts[row.invoice_id].append(row)
    listed = [_listed(row, parts[row.id]) for row in list_invoices(connection)]
    if as_json:
        say_json(listed)
        return
    for one in listed:
        click.echo(
            f"{one['number']:<16} {one['issued_on']}  {one['customer']:<10} "
            f"{one['gross']:>14,f} {one['currency']}  open {one['open']:>14,f}"
        )
    click.echo(counted(len(listed), "documents"))


def _listed(row: Any, parts: list[Any]) -> dict[str, Any]:
    return {
        "number": row.invoice_no,
        "kind": row.kind,
        "customer": row.customer_code,
        "orders": _orders(row),
        "issued_on": row.issued_on,
        "currency": row.currency,
        "gross": rounded_to_minor(row.gross, row.currency),
        "open": _left(parts, row.currency),
        "instalments": [
            {
                "due_on": part.due_on,
                "amount": rounded_to_minor(part.amount, row.currency),
                "open": rounded_to_minor(part.open_amount, row.currency),
            }
            for part in parts
        ],
    }


def _left(parts: list[Any], currency: str) -> Decimal:
    return rounded_to_minor(sum((part.open_amount for part in parts), ZERO), currency)


def _view(connection: Any, number: str) -> dict[str, Any] | None:
    from adv_domain.store.billing import view as store
    from adv_domain.store.timeline import timeline

    head = store.find_invoice(connection, number)
    if head is None:
        return None
    details = store.details_of(connection, head.id)
    parts = details["instalments"]
    view = {
        **_head(head),
        **early_view(connection, head),
        "open": _left(parts, head.currency),
        **amounts_view(head, details),
        "instalments": instalments_view(head, parts),
        **chain_view(head, details),
        "advances": _advances(connection, head),
        **sent_view(details),
        "failures": [
            _picked(row, _FAILURE) for row in store.open_failures(connection, number)
        ],
        "timeline": [
            _picked(row, _EVENT) for row in timeline(connection, "invoice", head.id)
        ],
    }
    money: dict[str, Any] = _with_digits(view, head.currency)
    return money


def _advances(connection: Any, head: Any) -> list[dict[str, Any]]:
    from adv_domain.store.advances.advance_story import (
        orders_of_advances,
        read_advances_of,
    )

    ids = orders_of_advances(connection, head.id)
    found = read_advances_of(connection, ids)
    return advances_of_document(head.invoice_no, found.values())


def _with_digits(view: Any, currency: str) -> Any:
    """Give every amount of the view the digits of its currency."""
    if isinstance(view, list):
        return [_with_digits(one, currency) for one in view]
    if not isinstance(view, dict):
        return view
    # an amount of another currency brings its own with it
    currency = view.get("currency", currency)
    return {
        name: rounded_to_minor(value, currency)
        if name in _AMOUNTS and isinstance(value, Decimal)
        else _with_digits(value, currency)
        for name, value in view.items()
    }


_AMOUNTS = frozenset(
    "net tax gross base amount open early_amount early_of rounding payable".split()
)
_EVENT = "at business_date what actor from_state to_state reason".split()
_BEFORE_DELIVERY = "invoiced before its delivery: tax and due dates by its own day"
_FAILURE = ("step", "code", "message", "owner", "attempts")


def _orders(row: Any) -> list[str]:
    """Return the orders that the document covers; several where it collects them."""
    covered = [order_no for order_no, *_ in (row.covers or {}).get("orders", ())]
    return covered or [row.order_no] * bool(row.order_no)


def _is_before_delivery(head: Any) -> bool:
    """Tell whether it bills what was ordered and not all of it had left by then."""
    is_posted = head.kind == "invoice" and head.origin == "posted"
    return is_posted and not head.is_advance and head.supplied_on is None


def _picked(row: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _head(head: Any) -> dict[str, Any]:
    from adv_domain.store.billing.covers import from_json

    covers = from_json(head.covers)
    return {
        "number": head.invoice_no,
        "kind": head.kind,
        "is_advance": head.is_advance,
        "origin": head.origin,
        "customer": head.customer_code,
        "orders": _orders(head),
        "issued_on": head.issued_on,
        "date_reason": head.date_reason,
        "late": late_by(head, covers.supplied_from),
        "supplied_from": covers.supplied_from,
        "supplied_on": head.supplied_on,
        "deliveries": [
            {"number": one.number, "shipped_on": one.shipped_on}
            for one in covers.delivery_notes
        ],
        "is_before_delivery": _is_before_delivery(head),
        "currency": head.currency,
        "net": head.net,
        "tax": head.tax,
        "gross": head.gross,
        "reference": head.rf_reference,
        "terms": head.payment_terms,
        "reason_code": head.reason_code,
        "reason": head.reason,
        "hash": head.hash,
    }


def _tell(view: dict[str, Any]) -> None:
    currency = view["currency"]
    click.echo(
        f"{view['number']}  {_kind(view)} of {view['issued_on']} "
        f"for {view['customer']}" + _after(", order", ", ".join(view["orders"]))
    )
    click.echo(
        f"  net {view['net']:,f} + tax {view['tax']:,f} = {view['gross']:,f} "
        f"{currency}, open {view['open']:,f}" + _after("; reference", view["reference"])
    )
    for line in _about(view):
        click.echo(f"  {line}")
    units = _units() if view["lines"] else {}
    for one in view["lines"]:
        click.echo(f"  {one['line_no']:>3} {_line_text(one, currency, units)}")
    for line in [*amount_lines(view), *due_lines(view)]:
        click.echo(f"  {line}")
    hangs_on_it = [*money_lines(view), *chain_lines(view), *_advance_lines(view)]
    for line in [*hangs_on_it, *sent_lines(view), *history_lines(view)]:
        click.echo(f"  {line}")


def _kind(view: dict[str, Any]) -> str:
    kind = view["kind"].replace("_", " ")
    if not view["is_advance"]:
        return str(kind)
    return f"{kind} of an advance" if kind == "credit note" else f"advance {kind}"


def _about(view: dict[str, Any]) -> Iterator[str]:
    """Say why it is dated and was made so, and what it is about."""
    if view["date_reason"]:
        yield f"dated so because {view['date_reason']}"
    if view["late"]:
        yield f"invoiced late, {view['late']}"
    if view["reason"]:
        yield f"because{_after(' of', view['reason_code'])}: {view['reason']}"
    if view["is_before_delivery"]:
        yield _BEFORE_DELIVERY
    first, last = view["supplied_from"], view["supplied_on"]
    if first and last:
        word = "for the period" if view["kind"] == "credit_note" else "supplied"
        yield f"{word} {first} to {last}"
    if view["deliveries"]:
        yield "deliveries " + ", ".join(
            one["number"] + _after(" of", one["shipped_on"])
            for one in view["deliveries"]
        )


def _after(words: str, value: object) -> str:
    return f"{words} {value}" if value else ""


def _line_text(one: dict[str, Any], currency: str, units: dict[str, str]) -> str:
    """Write 10 pcs Oak chair at 9.50 less 10%: 85.50; a price keeps its decimals."""
    exact = one["unit_price"].normalize()
    price = one["unit_price"].quantize(max(exact, minor_unit(currency), key=_decimals))
    discount = (one["discount_rate"] * 100).normalize()
    less = f" less {discount:f}%" if discount else ""
    source = f" ({one['price_source']})" if one["price_source"] else ""
    return (
        f"{plain_number(one['qty'])} {_unit(one, units)} "
        f"{one['description']} at {price:,f}{source}{less}: {one['net']:,f}"
    )


def _unit(line: dict[str, Any], words: dict[str, str]) -> str:
    from adv_domain.rules.billing.unit_codes import unit_word

    return unit_word(line["unit"], words=words, qty=line["qty"])


def _decimals(number: Decimal) -> int:
    return -int(number.as_tuple().exponent)


def _units() -> dict[str, str]:
    """Return the names of units that documents in English print."""
    from adv_domain.bundled import bundled_path
    from adv_domain.documents.labels import labels
    from tasks.resources import resources

    own = resources().settings.home / "templates"
    return labels("en", folders=(own, bundled_path("templates")))["units"]


def _advance_lines(view: dict[str, Any]) -> Iterator[str]:
    for one in view["advances"]:
        for line in advance_invoice_lines(one):
            yield f"advance of order {one['order']}: {line}"
