"""How does `adv order` answer a phone call in one screen?

Lines first, what still comes before what is done; then what the customer was told,
the money, who must act; what is wrong and the history below.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from adv_domain.rules.counted import counted
from adv_domain.rules.money import rounded_to_minor
from adv_domain.rules.plain_numbers import plain_number
from adv_domain.rules.stock.availability_words import STOCK_UNKNOWN
from flows.commands.advances_view import advance_lines, advances_view, request_line
from flows.commands.amendments import amendment_lines
from flows.commands.message_lines import message_line
from flows.commands.milestones_view import plan_line
from flows.commands.output import local_minute, said, said_source

if TYPE_CHECKING:
    from adv_domain.store.advances.advance_story import OrderAdvances
    from adv_domain.store.orders.view import OrderRecord
    from tasks.orders.phone_answer import Bill, LineAnswer, PhoneAnswer, Told

_LINES, _MAILS, _EVENTS = 12, 8, 6
_CAUSES = {
    "stock": "stock",
    "carrier": "the carrier",
    "customer": "the customer's own wish",
    "credit": "credit control",
}


def order_screen(
    record: "OrderRecord",
    answer: "PhoneAnswer",
    *,
    why: str,
    hold_lines: Sequence[str],
    is_whole: bool,
) -> list[str]:
    """Write the screen; is_whole: every line, mail and event."""
    most = {} if is_whole else {"lines": _LINES, "mails": _MAILS, "events": _EVENTS}
    pressing = sorted(answer.lines, key=_is_done)
    history = [_event(one) for one in record.timeline]
    told = [_told(one) for one in answer.told]
    return [
        *_head(record, why),
        "",
        *_first(pressing, most.get("lines"), "lines"),
        *_part("Charges on the whole order", _charges(record.head)),
        *_part("Told to the customer", _last(told, most.get("mails"), "mails")),
        *_part("Invoiced by milestones", [plan_line(one) for one in answer.plan]),
        *_advances(record.advances),
        *_part("Money", _money(record, answer)),
        *_part("Who must act", _acts(answer)),
        *_part("Faults", [_fault(one) for one in record.faults]),
        *_part("Holds", hold_lines),
        *_part(
            "Changes",
            [line for one in record.amendments for line in amendment_lines(one)],
        ),
        *_part("Told to stock", [message_line(one) for one in record.messages]),
        *_part("Deliveries", [_delivery(one) for one in record.deliveries]),
        *_part("History", _last(history, most.get("events"), "events")),
    ]


def _head(record: "OrderRecord", why: str) -> list[str]:
    head, who = record.head, record.customer
    net = None if head.net is None else rounded_to_minor(head.net, head.currency)
    amount = "" if net is None else f", {net:f} {head.currency} net"
    name = f" {who.name}" if who else ""
    return [
        (
            f"Order {head.order_no} of {head.customer_code}{name} ({head.customer_ref})"
            f"{amount}"
        ),
        f"{head.state}: {why}",
        (
            f"ordered {head.ordered_on}, wanted {head.requested_on or 'at once'}"
            f"{_call_back(head, who)}"
        ),
    ]


def _advances(advances: "OrderAdvances | None") -> list[str]:
    if advances is None:
        return []
    asked = [request_line(one) for one in advances.requests]
    paid = list(advance_lines(advances_view(advances)))
    return [*_part("Asked in advance", asked), *_part("Paid in advance", paid)]


def _charges(head: Any) -> list[str]:
    """Write what the order puts on or takes off beside its lines, as it stated it."""
    return [
        f"{'allowance' if Decimal(one['amount'] or 0) < 0 else 'charge'} "
        f"{one['amount']} {head.currency}"
        + (f": {one['reason']}" if one.get("reason") else "")
        + (f", taxed at {plain_number(Decimal(rate) * 100)} %" if rate else "")
        for one in head.charges or ()
        for rate in (one.get("tax_rate"),)
    ]


def _call_back(head: Any, who: Any) -> str:
    """Name whom to call back: who ordered, else the customer's master record."""
    contact = [head.contact_name, head.contact_phone, head.contact_email]
    known = [one for one in contact if one]
    if not known and who:
        known = [one for one in (who.phone, who.email) if one]
    return f"; call back: {', '.join(known)}" if known else ""


def _is_done(line: "LineAnswer") -> bool:
    return not line.standing.comes


def _first(lines: Sequence["LineAnswer"], most: int | None, what: str) -> list[str]:
    shown = [text for one in lines[:most] for text in _line(one)]
    left = len(lines) - (most or len(lines))
    return [*shown, f"  … and {left} more {what}: --all"] if left > 0 else shown


def _last(texts: Sequence[str], most: int | None, what: str) -> list[str]:
    """Keep the newest ones, and say how many there are before."""
    left = len(texts) - (most or len(texts))
    newest = texts[left:] if left > 0 else texts
    return [f"… {left} {what} before: --all", *newest] if left > 0 else list(newest)


def _part(title: str, lines: Sequence[str]) -> list[str]:
    return ["", title, *(f"  {line}" for line in lines)] if lines else []


def _line(line: "LineAnswer") -> list[str]:
    row, standing = line.row, line.standing
    what = f"{row.product_code} {row.description or row.product_name or ''}".strip()
    stands = ", ".join(one for one in (standing.where, standing.comes) if one)
    return [
        (
            f"{row.line_no:>4}  {what}, {plain_number(row.qty)} {row.unit}: {stands}"
            f"{_lateness(line)}"
        ),
        *(f"        {text}" for text in _details(line)),
    ]


def _lateness(line: "LineAnswer") -> str:
    late = line.standing.days_late
    if late is None or (late == 0 and not line.row.qty_shipped):
        return ""
    return f", {counted(late, 'days late')}" if late else ", in time"


def _details(line: "LineAnswer") -> list[str]:
    row = line.row
    dates = [
        ("wanted", row.requested_on),
        ("first confirmed", row.first_confirmed_on),
        ("now", row.confirmed_on),
    ]
    told = ", ".join(f"{name} {day}" for name, day in dates if day)
    billed = f"{_price(row)}; invoiced {plain_number(row.qty_invoiced)}"
    texts = [f"{told}; {billed}" if told else billed]
    if line.standing.days_late and line.cause:
        note = f" ({line.note})" if line.note else ""
        texts.append(f"late because of {_CAUSES.get(line.cause, line.cause)}{note}")
    if line.explanation not in ("", STOCK_UNKNOWN):
        texts.append(f"the date: {line.explanation}")
    return texts


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
    less = f" less {plain_number(discount_rate * 100)} %" if discount_rate else ""
    return f"at {plain_number(price)}{less}"


def _told(mail: "Told") -> str:
    dates = ", ".join(
        f"line {number}: {day or 'no date yet'}" for number, day in mail.line_dates
    )
    when = f" {local_minute(mail.sent_at)}" if mail.sent_at else ""
    what = f"; {dates}" if dates else ""
    kind = mail.kind.replace("_", " ")
    return f"{mail.day}  {kind} to {mail.to_address}: {mail.state}{when}{what}"


def _money(record: "OrderRecord", answer: "PhoneAnswer") -> list[str]:
    if not answer.bills:
        return []
    currency = record.head.currency
    paid = answer.invoiced - answer.unpaid
    return [
        (
            f"invoiced {answer.invoiced:f} {currency}, paid {paid:f}, "
            f"open {answer.unpaid:f}"
        ),
        *(_bill(one) for one in answer.bills),
    ]


def _bill(bill: "Bill") -> str:
    if bill.settled_on:
        state = f"settled {bill.settled_on}"
    elif bill.open:
        state = f"open {bill.open:f}, due {bill.due_on}"
    else:
        state = "nothing open"
    kind = "" if bill.kind == "invoice" else f" {bill.kind.replace('_', ' ')}"
    return (
        f"{bill.issued_on}  {bill.invoice_no}{kind}  {bill.gross:f} {bill.currency}, "
        f"{state}"
    )


def _acts(answer: "PhoneAnswer") -> list[str]:
    if not answer.acts:
        return ["nobody: it goes on by itself"]
    return [
        f"{one.team}: {one.what}" + (f", since {one.since}" if one.since else "")
        for one in answer.acts
    ]


def _delivery(row: Any) -> str:
    by = ", ".join(one for one in (row.carrier, row.tracking) if one)
    beyond = f", {plain_number(row.qty_over)} beyond the order" if row.qty_over else ""
    return (
        f"{row.shipped_on}  {row.delivery_no}  line {row.line_no}: "
        f"{plain_number(row.qty + row.qty_over)}{beyond}" + (f" ({by})" if by else "")
    )


def _fault(fault: Any) -> str:
    where = f"line {fault.line_no}: " if fault.line_no else ""
    end = ""
    if fault.waived_by:
        end = f" (waived by {fault.waived_by}: {fault.waived_reason})"
    elif fault.resolved_on:
        end = f" (gone since {fault.resolved_on})"
    rule = f"{fault.code} ({fault.severity}, {fault.owner})"
    return f"{fault.found_on}  {rule}: {where}{said(fault)}{end}"


def _event(event: Any) -> str:
    reason = f": {event.reason}" if event.reason else ""
    change = f"change {event.entity_id} " if event.entity == "amendment" else ""
    return f"{local_minute(event.at)}  {change}{event.what} by {event.actor}{reason}"
