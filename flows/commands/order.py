"""`adv order`: where is this order, what happened to it, and why is it there?"""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from adv_domain.rules.money import rounded_to_minor
from flows.commands.advances_view import advances_view
from flows.commands.amendments import amendment_document
from flows.commands.message_lines import message_document
from flows.commands.milestones_view import plan_view
from flows.commands.order_screen import order_screen
from flows.commands.order_why import why_of
from flows.commands.output import (
    Day,
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
    from adv_domain.store.orders.finding import FoundOrder
    from adv_domain.store.orders.view import OrderRecord
    from tasks.orders.phone_answer import PhoneAnswer


@click.command()
@click.argument("order_no")
@click.option("--all", "is_whole", is_flag=True, help="Every line, mail and event.")
@click.option("--date", "on", type=Day(), help="As seen on this day (default: today).")
@language_option
@home_option
@json_option
def order(*, order_no: str, is_whole: bool, on: date | None, as_json: bool) -> None:
    """Show an order by its number, or by the customer's reference, however spelled.

    Where each line is and when it comes, why it is late, what the customer was told,
    what is invoiced and paid, what its milestones wait for, and who must act. JSON
    holds all of it.
    """
    need_home()
    # the database loads only in commands that need it
    from adv_domain.store.engine import reading
    from adv_domain.store.orders.view import read_order
    from tasks.advances.milestone_plans import read_plan
    from tasks.billing.next_invoice import billing_waits
    from tasks.orders.phone_answer import phone_answer
    from tasks.resources import business_day, now, resources
    from tasks.stock.goods import explained_lines

    day = on or business_day(now())
    with reading(resources().engine) as connection:
        record = read_order(connection, _meant(connection, order_no))
        said_of_dates = explained_lines(
            connection, record.head.id, policy=resources().policy, on=day
        )
        plan = read_plan(connection, record.head.id, on=day)
        waits = billing_waits(connection, record, plan, on=day)
    answer = phone_answer(record, on=day, explanations=said_of_dates, plan=plan)
    why = why_of(record, waits)
    if as_json:
        say_json(_document(record) | answer_document(record, answer) | {"why": why})
        return
    screen = order_screen(
        record,
        answer,
        why=why,
        hold_lines=[_hold_line(one, record) for one in record.holds],
        is_whole=is_whole,
    )
    click.echo("\n".join(screen))


def _meant(connection: Any, name: str) -> int:
    """Return the id of the order meant; ends 1 where it is none or one of several."""
    from adv_domain.store.orders.finding import orders_like, orders_meant

    found = orders_meant(connection, name)
    if len(found) == 1:
        return found[0].id
    if found:
        fail(f"several orders go by {name!r}: {_named(found)}", status=1)
    alike = orders_like(connection, name)
    hint = f"; do you mean {_named(alike)}?" if alike else ""
    fail(f"there is no order {name!r}{hint}", status=1)
    return None


def _named(orders: "list[FoundOrder]") -> str:
    return ", ".join(
        f"{one.order_no} ({one.customer_code} {one.customer_ref}, {one.ordered_on}, "
        f"{one.state})"
        for one in orders
    )


_LINE_FIELDS = (
    "line_no product_code description qty unit asked_price asked_discount_rate "
    "unit_price discount_rate price_source "
    "net requested_on first_confirmed_on confirmed_on state qty_shipped qty_cancelled "
    "qty_invoiced qty_over qty_returned qty_given_up last_shipped_on"
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
_DELIVERY_FIELDS = (
    "delivery_no shipped_on carrier tracking line_no qty qty_over"
).split()
_BILL_FIELDS = (
    "invoice_no kind issued_on currency gross open due_on settled_on reason"
).split()
_MOVE_FIELDS = "line_no old_on new_on known_on cause note".split()
_TOLD_FIELDS = "kind to_address state day sent_at outbox_key".split()
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
        "charges": head.charges or [],
        "source": {"file": head.source_name, "row": head.source_row},
        "lines": _lines(record),
        "faults": [
            {**_picked(one, _FAULT_FIELDS), "detail": said(one)}
            for one in record.faults
        ],
        "holds": [_hold(one, record) for one in record.holds],
        "deliveries": [_picked(one, _DELIVERY_FIELDS) for one in record.deliveries],
        "delay_notices": [_picked(one, _NOTICE_FIELDS) for one in record.delay_notices],
        "stock_messages": [message_document(one) for one in record.messages],
        "amendments": [amendment_document(one) for one in record.amendments],
        "mails": [_picked(one, _MAIL_FIELDS) for one in record.mails],
        "timeline": [_picked(one, _EVENT_FIELDS) for one in record.timeline],
    }


def _lines(record: "OrderRecord") -> list[dict[str, Any]]:
    return [
        {
            **_picked(one, _LINE_FIELDS),
            "net": _money(one.net, record.head.currency),
            "price_detail": said_source(one),
        }
        for one in record.lines
    ]


def answer_document(record: "OrderRecord", answer: "PhoneAnswer") -> dict[str, Any]:
    """Add to the document what the screen tells beyond the rows."""
    shown = {one.row.id: one for one in answer.lines}
    advances = record.advances and advances_view(record.advances)
    lines = [
        {
            **line,
            "where": shown[row.id].standing.where,
            "comes": shown[row.id].standing.comes,
            "days_late": shown[row.id].standing.days_late,
            "is_silent": shown[row.id].standing.is_silent,
            "cause": shown[row.id].cause,
            "cause_note": shown[row.id].note,
            "explanation": shown[row.id].explanation,
        }
        for row, line in zip(record.lines, _lines(record), strict=True)
    ]
    return {
        "lines": lines,
        "date_changes": [_picked(one, _MOVE_FIELDS) for one in record.date_changes],
        "told": [
            {
                **_picked(one, _TOLD_FIELDS),
                "lines": [
                    {"line_no": number, "date": day} for number, day in one.line_dates
                ],
            }
            for one in answer.told
        ],
        "money": {
            "currency": record.head.currency,
            "invoiced": answer.invoiced,
            "paid": answer.invoiced - answer.unpaid,
            "open": answer.unpaid,
        },
        "milestones": [plan_view(one) for one in answer.plan],
        "payment_requests": advances["requests"] if advances else [],
        "advances": advances,
        "invoices": [_picked(one, _BILL_FIELDS) for one in answer.bills],
        "who_must_act": [
            _picked(one, ["team", "what", "since"]) for one in answer.acts
        ],
    }


def _money(amount: Decimal | None, currency: str) -> Decimal | None:
    return None if amount is None else rounded_to_minor(amount, currency)


def _picked(row: Any, names: list[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


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
