"""`adv order`: where is this order, what happened to it, and why is it there?"""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from adv_domain.rules.money import rounded_to_minor
from flows.commands.amendments import (
    amendment_document,
    amendment_lines,
    waits_for,
)
from flows.commands.output import (
    fail,
    home_option,
    json_option,
    language_option,
    local_minute,
    need_home,
    said,
    said_source,
    say_json,
)

if TYPE_CHECKING:
    from adv_domain.store.orders.view import OrderRecord


@click.command()
@click.argument("order_no")
@language_option
@home_option
@json_option
def order(order_no: str, as_json: bool) -> None:
    """Show an order by its number, or by the customer's reference."""
    need_home()
    # the database loads only in commands that need it
    from adv_domain.store.engine import reading
    from adv_domain.store.orders.heads import find_orders
    from adv_domain.store.orders.view import read_order
    from tasks.resources import resources

    with reading(resources().engine) as connection:
        found = find_orders(connection, order_no)
        if not found:
            fail(f"there is no order {order_no!r}", status=1)
        if len(found) > 1:
            numbers = ", ".join(one.order_no for one in found)
            fail(f"several orders have the reference {order_no!r}: {numbers}", status=1)
        record = read_order(connection, found[0].id)
    if as_json:
        say_json(_document(record))
    else:
        click.echo("\n".join(_screen(record)))


def _why(record: "OrderRecord") -> str:
    from adv_domain.rules.orders.standing import OrderStanding, why
    from adv_domain.rules.orders.states import OrderState

    head, lines = record.head, record.lines
    dates = [one.confirmed_on for one in lines if one.confirmed_on]
    told = (one for one in record.timeline if one.entity == "order")
    reasons = [one.reason for one in told if one.reason]
    return why(
        OrderStanding(
            state=OrderState(head.state),
            held_for=head.held_for or "",
            faults=_codes(record, "block"),
            warnings=_codes(record, "warn"),
            last_reason=reasons[-1] if reasons else "",
            awaits_payment=head.shipping_policy == "after_payment"
            and not head.is_prepaid,
            qty=sum(one.qty for one in lines),
            qty_shipped=sum(one.qty_shipped for one in lines),
            qty_cancelled=sum(one.qty_cancelled for one in lines),
            qty_invoiced=sum(one.qty_invoiced for one in lines),
            qty_ignored=sum(one.qty_ignored for one in lines),
            confirmed_on=max(dates, default=None),
            changes=[waits for one in record.amendments if (waits := waits_for(one))],
            set_aside=[
                f"{one.step}: {one.message} ({one.owner})" for one in record.failures
            ],
        )
    )


def _codes(record: "OrderRecord", severity: str) -> list[str]:
    """Return the rules of the severity that the order breaks now."""
    standing = (
        one.code
        for one in record.faults
        if one.severity == severity and one.resolved_on is None
    )
    return list(dict.fromkeys(standing))


_LINE_FIELDS = (
    "line_no product_code description qty unit asked_price asked_discount_rate "
    "unit_price discount_rate price_source "
    "net requested_on first_confirmed_on confirmed_on state qty_shipped qty_cancelled "
    "qty_invoiced qty_returned qty_over qty_given_up"
).split()
_FAULT_FIELDS = (
    "line_no code severity owner field clash found_on resolved_on waived_by "
    "waived_reason"
).split()
_HEAD_FIELDS = (
    "order_no customer_code customer_ref state currency net ordered_on requested_on "
    "accepted_on payment_terms shipping_policy channel entered_by version held_for "
    "held_on is_prepaid"
).split()
_DELIVERY_FIELDS = "delivery_no shipped_on carrier tracking line_no qty".split()
_INVOICE_FIELDS = "invoice_no kind issued_on currency gross reason".split()
_NOTICE_FIELDS = "told_on old_on new_on days_late".split()
_EVENT_FIELDS = "at business_date what actor from_state to_state reason".split()
_MAIL_FIELDS = (
    "outbox_key kind to_address state business_date sent_at last_error".split()
)


def _document(record: "OrderRecord") -> dict[str, Any]:
    head = record.head
    return {
        **_picked(head, _HEAD_FIELDS),
        "net": _money(head.net, head.currency),
        "why": _why(record),
        "source": {"file": head.source_name, "row": head.source_row},
        "lines": [
            {
                **_picked(one, _LINE_FIELDS),
                "net": _money(one.net, head.currency),
                "price_detail": said_source(one),
            }
            for one in record.lines
        ],
        "faults": [
            {**_picked(one, _FAULT_FIELDS), "detail": said(one)}
            for one in record.faults
        ],
        "holds": [_hold(one, record) for one in record.holds],
        "deliveries": [_picked(one, _DELIVERY_FIELDS) for one in record.deliveries],
        "delay_notices": [_picked(one, _NOTICE_FIELDS) for one in record.delay_notices],
        "amendments": [amendment_document(one) for one in record.amendments],
        "invoices": [
            {
                **_picked(one, _INVOICE_FIELDS),
                "gross": _money(one.gross, one.currency),
            }
            for one in record.invoices
        ],
        "mails": [_picked(one, _MAIL_FIELDS) for one in record.mails],
        "timeline": [_picked(one, _EVENT_FIELDS) for one in record.timeline],
    }


def _money(amount: Decimal | None, currency: str) -> Decimal | None:
    return None if amount is None else rounded_to_minor(amount, currency)


def _picked(row: Any, names: list[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _screen(record: "OrderRecord") -> list[str]:
    head = record.head
    net = _money(head.net, head.currency)
    amount = "" if net is None else f", {net:f} {head.currency} net"
    return [
        f"Order {head.order_no} of {head.customer_code} ({head.customer_ref}){amount}",
        f"{head.state}: {_why(record)}",
        f"ordered {head.ordered_on}, wanted {head.requested_on or 'at once'}",
        "",
        *(_line(one) for one in record.lines),
        *_part("Faults", [_fault(one) for one in record.faults]),
        *_part("Holds", [_hold_line(one, record) for one in record.holds]),
        *_part(
            "Changes",
            [line for one in record.amendments for line in amendment_lines(one)],
        ),
        *_part(
            "Deliveries",
            [
                f"{one.shipped_on}  {one.delivery_no}  line {one.line_no}: "
                f"{_plain(one.qty)}"
                for one in record.deliveries
            ],
        ),
        *_part(
            "Invoices",
            [
                f"{one.issued_on}  {one.invoice_no}  "
                f"{_money(one.gross, one.currency):f} {one.currency}"
                for one in record.invoices
            ],
        ),
        *_part(
            "Mails",
            [
                f"{one.business_date}  {one.kind} to {one.to_address}: {one.state}"
                for one in record.mails
            ],
        ),
        *_part("History", [_event(one) for one in record.timeline]),
    ]


def _part(title: str, lines: list[str]) -> list[str]:
    return ["", title, *(f"  {line}" for line in lines)] if lines else []


def _line(line: Any) -> str:
    confirmed = f", confirmed {line.confirmed_on}" if line.confirmed_on else ""
    told = "".join(
        f", {_plain(qty)} {what}"
        for qty, what in (
            (line.qty_over, "beyond the order"),
            (line.qty_returned, "came back"),
            (line.qty_given_up, "given up by stock: adv stock resolve"),
        )
        if qty
    )
    return (
        f"  {line.line_no:>3}  {line.product_code}  {_plain(line.qty)} {line.unit} "
        f"{_price(line)}: shipped {_plain(line.qty_shipped)}, "
        f"invoiced {_plain(line.qty_invoiced)}{confirmed}{told}"
    )


def _price(line: Any) -> str:
    """Write the price that stands, where it comes from, and what was asked if other."""
    if line.unit_price is None:
        return "no price"
    stands = _at(line.unit_price, line.discount_rate)
    asked = ""
    if line.asked_price is not None:
        asked = _at(line.asked_price, line.asked_discount_rate)
    other = f", ordered {asked}" if asked and asked != stands else ""
    return f"{stands} ({said_source(line) or 'not looked at yet'}{other})"


def _at(price: Decimal, discount_rate: Decimal) -> str:
    less = f" less {_plain(discount_rate * 100)} %" if discount_rate else ""
    return f"at {_plain(price)}{less}"


def _fault(fault: Any) -> str:
    where = f"line {fault.line_no}: " if fault.line_no else ""
    end = ""
    if fault.waived_by:
        end = f" (waived by {fault.waived_by}: {fault.waived_reason})"
    elif fault.resolved_on:
        end = f" (gone since {fault.resolved_on})"
    rule = f"{fault.code} ({fault.severity}, {fault.owner})"
    return f"{fault.found_on}  {rule}: {where}{said(fault)}{end}"


def _hold(hold: Any, record: "OrderRecord") -> dict[str, Any]:
    from tasks.orders.holds import routed_why

    return {
        "team": hold.team,
        "since": hold.opened_at,
        "due": hold.due_at,
        "answered": hold.closed_at,
        "told": list(record.told.get(hold.id, ())),
        "why": routed_why(
            is_one_desk=hold.is_one_desk,
            of_day=hold.orders_of_day,
            below=hold.one_desk_below,
        ),
    }


def _hold_line(hold: Any, record: "OrderRecord") -> str:
    shown = _hold(hold, record)
    end = f"answer due {local_minute(hold.due_at)}"
    if hold.closed_at:
        end = f"answered {local_minute(hold.closed_at)}"
    told = f", told: {', '.join(shown['told'])}" if shown["told"] else ""
    why = f"; {shown['why']}" if shown["why"] else ""
    return f"{local_minute(hold.opened_at)}  {hold.team}: {end}{told}{why}"


def _event(event: Any) -> str:
    reason = f": {event.reason}" if event.reason else ""
    change = f"change {event.entity_id} " if event.entity == "amendment" else ""
    return f"{local_minute(event.at)}  {change}{event.what} by {event.actor}{reason}"


def _plain(number: Any) -> str:
    return f"{number.normalize():f}"
