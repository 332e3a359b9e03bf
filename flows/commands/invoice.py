"""`adv invoice`: a posted document, how it came about and what became of it."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import click

from flows.commands.output import (
    Day,
    fail,
    home_option,
    json_option,
    need_home,
    say_json,
)


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


@click.command(name="credit-note")
@click.argument("number")
@click.option("--line", "lines", multiple=True, help="LINE=QTY; all without it.")
@click.option("--reason-code", required=True, help="return, price, quantity …")
@click.option("--reason", required=True, help="In your words; printed on the note.")
@click.option("--by", required=True, help="Your name.")
@click.option("--date", "on", type=Day(), help="Business date (default: today's).")
@home_option
@json_option
def credit_note(
    number: str, lines: tuple[str, ...], on: date | None, as_json: bool, **said: str
) -> None:
    """Post a credit note for invoice NUMBER, whole or by line."""
    need_home()
    from adv_domain.rules.crediting import CreditRefused
    from adv_domain.store.crediting import InvoiceUnknown
    from tasks.credit_notes import credit_invoice
    from tasks.resources import business_day, now

    try:
        note_no = credit_invoice(
            invoice_no=number,
            quantities=_quantities(lines),
            reason_code=said["reason_code"],
            reason=said["reason"],
            by=said["by"],
            on=on or business_day(now()),
        )
    except (InvoiceUnknown, CreditRefused) as error:
        fail(str(error), status=1)
    if as_json:
        say_json({"credit_note": note_no, "invoice": number})
    else:
        click.echo(f"{note_no} credits {number}")


def _quantities(lines: tuple[str, ...]) -> dict[int, Decimal] | None:
    if not lines:
        return None
    try:
        pairs = [line.split("=", 1) for line in lines]
        return {int(line_no): Decimal(qty) for line_no, qty in pairs}
    except (ValueError, ArithmeticError):
        fail("--line wants LINE=QTY, for example --line 2=5")


def _show_list(connection: Any, *, as_json: bool) -> None:
    from adv_domain.store.invoice_view import all_instalments, list_invoices

    parts: dict[int, list[Any]] = defaultdict(list)
    for row in all_instalments(connection):
        parts[row.invoice_id].append(row)
    listed = [
        {
            "number": row.invoice_no,
            "kind": row.kind,
            "customer": row.customer_code,
            "orders": [row.order_no] if row.order_no else [],
            "issued_on": row.issued_on,
            "currency": row.currency,
            "gross": row.gross,
            "open": sum((part.open_amount for part in parts[row.id]), Decimal(0)),
            "instalments": [
                {
                    "due_on": part.due_on,
                    "amount": part.amount,
                    "open": part.open_amount,
                }
                for part in parts[row.id]
            ],
        }
        for row in list_invoices(connection)
    ]
    if as_json:
        say_json(listed)
        return
    for one in listed:
        click.echo(
            f"{one['number']:<16} {one['issued_on']}  {one['customer']:<10} "
            f"{one['gross']:>14,.3f} {one['currency']}  open {one['open']:>14,.3f}"
        )
    click.echo(f"{len(listed)} documents")


def _view(connection: Any, number: str) -> dict[str, Any] | None:
    from adv_domain.store.timeline import timeline

    from adv_domain.store import invoice_view as store

    head = store.find_invoice(connection, number)
    if head is None:
        return None
    details = store.details_of(connection, head.id)
    return {
        **_head(head),
        "open": sum((row.open_amount for row in details["instalments"]), Decimal(0)),
        "lines": [_picked(row, _LINE) for row in details["lines"]],
        "taxes": [_picked(row, _TAX) for row in details["taxes"]],
        "instalments": [_picked(row, _INSTALMENT) for row in details["instalments"]],
        "payments": [_picked(row, _ALLOCATION) for row in details["allocations"]],
        "credit_notes": [_picked(row, _CORRECTION) for row in details["corrections"]],
        "reminders": [_picked(row, _NOTICE) for row in details["notices"]],
        "not_chased": [_picked(row, _NOT_CHASED) for row in details["not_chased"]],
        "documents": [_picked(row, _DOCUMENT) for row in details["documents"]],
        "mails": [_picked(row, _MAIL) for row in details["mails"]],
        "failures": [
            _picked(row, _FAILURE) for row in store.open_failures(connection, number)
        ],
        "timeline": timeline(connection, "invoice", head.id),
    }


_LINE = (
    "line_no",
    "product_code",
    "description",
    "qty",
    "unit",
    "unit_price",
    "discount_rate",
    "net",
    "tax_category",
    "tax_rate",
)
_TAX = ("category", "rate", "base", "tax")
_INSTALMENT = ("instalment_no", "due_on", "amount", "open_amount", "steps")
_ALLOCATION = ("allocated_on", "amount", "evidence", "payer_name", "reversed_on")
_CORRECTION = ("invoice_no", "gross", "reason_code")
_NOTICE = ("level", "tone", "channel", "state", "decided_on", "completed_on", "amount")
_NOT_CHASED = ("reason", "detail", "since", "until")
_DOCUMENT = ("kind", "path", "sha256")
_MAIL = ("outbox_key", "kind", "to_address", "state", "sent_at", "last_error")
_FAILURE = ("step", "code", "message", "owner", "attempts")


def _picked(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _head(head: Any) -> dict[str, Any]:
    return {
        "number": head.invoice_no,
        "kind": head.kind,
        "origin": head.origin,
        "customer": head.customer_code,
        "order": head.order_no,
        "issued_on": head.issued_on,
        "date_reason": head.date_reason,
        "supplied_on": head.supplied_on,
        "currency": head.currency,
        "net": head.net,
        "tax": head.tax,
        "gross": head.gross,
        "reference": head.rf_reference,
        "terms": head.payment_terms,
        "early_until": head.early_until,
        "early_amount": head.early_amount,
        "reason": head.reason,
        "hash": head.hash,
    }


def _tell(view: dict[str, Any]) -> None:
    currency = view["currency"]
    click.echo(
        f"{view['number']}  {view['kind'].replace('_', ' ')} of {view['issued_on']} "
        f"for {view['customer']}, order {view['order'] or '-'}"
    )
    click.echo(
        f"  net {view['net']:,.3f} + tax {view['tax']:,.3f} = {view['gross']:,.3f} "
        f"{currency}, open {view['open']:,.3f}; reference {view['reference']}"
    )
    for one in view["lines"]:
        click.echo(
            f"  {one['line_no']:>3} {one['qty']:f} {one['unit']} "
            f"{one['description']} at {one['unit_price']:f} "
            f"less {one['discount_rate']:.2%}: {one['net']:,.3f}"
        )
    for one in view["instalments"]:
        click.echo(
            f"  due {one['due_on']}: {one['amount']:,.3f}, "
            f"open {one['open_amount']:,.3f}"
        )
        for step in one["steps"] or ():
            click.echo(f"      {step}")
    for line in [*_money_lines(view), *_telling_lines(view), *_history_lines(view)]:
        click.echo(f"  {line}")


def _money_lines(view: dict[str, Any]) -> list[str]:
    received = [
        f"{one['allocated_on']} received {one['amount']:,.3f} ({one['evidence']})"
        + (f", undone {one['reversed_on']}" if one["reversed_on"] else "")
        for one in view["payments"]
    ]
    credited = [
        f"credited by {one['invoice_no']} {one['gross']:,.3f}"
        for one in view["credit_notes"]
    ]
    return received + credited


def _telling_lines(view: dict[str, Any]) -> list[str]:
    reminders = [
        f"reminder level {one['level']} {one['state']} {one['decided_on']}"
        for one in view["reminders"]
    ]
    left_out = [
        f"not chased: {one['reason']} since {one['since']}"
        + (f" until {one['until']}" if one["until"] else "")
        for one in view["not_chased"]
    ]
    mails = [f"mail to {one['to_address']}: {one['state']}" for one in view["mails"]]
    return reminders + left_out + mails


def _history_lines(view: dict[str, Any]) -> list[str]:
    files = [f"{one['kind']} {one['path']}" for one in view["documents"]]
    aside = [
        f"SET ASIDE by {one['step']}: {one['message']} ({one['owner']})"
        for one in view["failures"]
    ]
    events = [
        f"{event['business_date']}  {event['what']}  {event['actor']}"
        for event in view["timeline"]
    ]
    return files + aside + events
