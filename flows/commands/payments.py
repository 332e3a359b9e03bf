"""`adv payment`: what may a person do with money and claims by hand?"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

import click

from flows.commands.output import (
    Day,
    fail,
    home_option,
    json_option,
    need_home,
    say_json,
)

_F = TypeVar("_F", bound=Callable[..., Any])


class Amount(click.ParamType[Decimal]):
    """An exact amount written 1234.50."""

    name = "amount"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Decimal:
        try:
            amount = Decimal(value)
        except InvalidOperation:
            self.fail(f"{value!r} is not an amount like 1234.50", param, ctx)
        if not amount.is_finite():
            self.fail(f"{value!r} is not an amount like 1234.50", param, ctx)
        return amount


def _act_options(command: _F) -> _F:
    for option in (
        json_option,
        home_option,
        click.option("--date", "on", type=Day(), help="Business date (today's)."),
        click.option("--reason", required=True, help="Why; it is logged."),
        click.option("--by", required=True, help="Who acts; it is logged."),
    ):
        command = option(command)
    return command


@click.group()
def payment() -> None:
    """Record, match and unmatch payments; disputes, promises, pauses."""


@payment.command()
@click.argument("customer")
@click.argument("amount", type=Amount())
@click.option("--currency", default="", help="The customer's own without it.")
@click.option("--booked-on", type=Day(), help="When it came in (business date).")
@click.option("--reference", default="", help="Makes it unique: not recorded twice.")
@click.option("--invoice", "invoices", multiple=True, help="Settle this one; repeat.")
@_act_options
def record(customer: str, amount: Decimal, **said: Any) -> None:
    """Record money of CUSTOMER seen outside a bank file."""
    from tasks.payments.by_hand import ReceivedMoney, record_payment

    on = _day(said)
    money = ReceivedMoney(
        customer=customer,
        amount=amount,
        booked_on=said["booked_on"] or on,
        currency=said["currency"].upper(),
        reference=said["reference"],
        invoices=said["invoices"],
    )
    _tell_match(
        _done(
            lambda: record_payment(money, by=said["by"], reason=said["reason"], on=on)
        ),
        said,
    )


@payment.command()
@click.argument("payment_no", type=int)
@click.argument("invoices", nargs=-1, required=True)
@_act_options
def match(payment_no: int, invoices: tuple[str, ...], **said: Any) -> None:
    """Settle INVOICES with what payment PAYMENT_NO has left."""
    from tasks.payments.by_hand import match_payment

    on = _day(said)
    _tell_match(
        _done(
            lambda: match_payment(
                payment_no,
                invoices=invoices,
                by=said["by"],
                reason=said["reason"],
                on=on,
            )
        ),
        said,
    )


@payment.command()
@click.argument("payment_no", type=int)
@_act_options
def unmatch(payment_no: int, **said: Any) -> None:
    """Take back all that payment PAYMENT_NO settled."""
    from tasks.payments.by_hand import unmatch_payment

    on = _day(said)
    _tell_match(
        _done(
            lambda: unmatch_payment(
                payment_no, by=said["by"], reason=said["reason"], on=on
            )
        ),
        said,
    )


@payment.command()
@click.argument("payment_no", type=int)
@click.argument("order")
@_act_options
def advance(payment_no: int, order: str, **said: Any) -> None:
    """Hold what PAYMENT_NO has left as the advance that ORDER is asked for."""
    from tasks.payments.advance_by_hand import hold_as_advance

    on = _day(said)
    _tell_match(
        _done(
            lambda: hold_as_advance(
                payment_no, order=order, by=said["by"], reason=said["reason"], on=on
            )
        ),
        said,
    )


@payment.command()
@click.argument("invoice")
@click.option("--amount", type=Amount(), help="A part; all that is open without it.")
@click.option("--code", default="other", help="price, quantity, quality, other …")
@click.option("--owner", required=True, help="Who must settle it.")
@_act_options
def dispute(invoice: str, **said: Any) -> None:
    """Keep what is disputed of INVOICE from reminders."""
    from tasks.payments.receivables import Complaint, open_dispute

    on = _day(said)
    complaint = Complaint(invoice, said["code"], said["owner"], said["amount"])
    amount = _done(
        lambda: open_dispute(complaint, by=said["by"], reason=said["reason"], on=on)
    )
    _tell({"invoice": invoice, "disputed": amount}, said)


@payment.command("close-dispute")
@click.argument("invoice")
@_act_options
def close_dispute(invoice: str, **said: Any) -> None:
    """Close the disputes of INVOICE; the reason is the result."""
    from tasks.payments.receivables import close_dispute as close

    on = _day(said)
    closed = _done(lambda: close(invoice, result=said["reason"], by=said["by"], on=on))
    _tell({"invoice": invoice, "closed": closed}, said)


@payment.command()
@click.argument("invoice")
@click.option("--until", "promised_on", type=Day(), required=True, help="Promised day.")
@click.option("--amount", type=Amount(), help="A part; all that is open without it.")
@_act_options
def promise(invoice: str, **said: Any) -> None:
    """Note that the customer promised to pay INVOICE by a day."""
    from tasks.payments.receivables import PromiseToPay, record_promise

    on = _day(said)
    given = PromiseToPay(invoice, said["promised_on"], said["amount"])
    amount = _done(
        lambda: record_promise(given, by=said["by"], reason=said["reason"], on=on)
    )
    _tell({"invoice": invoice, "promised": amount}, said)


@payment.command()
@click.argument("customer")
@click.option("--until", type=Day(), help="Last day of the pause; none ends a pause.")
@_act_options
def pause(customer: str, **said: Any) -> None:
    """Send CUSTOMER no reminders up to a day."""
    from tasks.payments.receivables import pause_customer

    on = _day(said)
    _done(
        lambda: pause_customer(
            customer, until=said["until"], by=said["by"], reason=said["reason"], on=on
        )
    )
    _tell({"customer": customer, "paused_until": said["until"]}, said)


def _day(said: dict[str, Any]) -> date:
    need_home()
    from tasks.dates import DayAhead, not_ahead
    from tasks.resources import business_day, now

    try:
        return not_ahead(said["on"] or business_day(now()))
    except DayAhead as problem:
        fail(str(problem), status=1)


def _done(act: Callable[[], Any]) -> Any:
    from adv_domain.rules.payments.hand_match import MatchRefused

    try:
        return act()
    except MatchRefused as refusal:
        fail(str(refusal), status=1)


def _tell_match(done: Any, said: dict[str, Any]) -> None:
    _tell(
        {
            "payment": done.payment_id,
            "status": done.state,
            "allocated": done.allocated,
            "unapplied": done.unapplied,
        },
        said,
    )


def _tell(document: dict[str, Any], said: dict[str, Any]) -> None:
    if said["as_json"]:
        say_json(document)
    else:
        told = (f"{name} {_plain(value)}" for name, value in document.items())
        click.echo(", ".join(told))


def _plain(value: Any) -> str:
    return f"{value:,f}" if isinstance(value, Decimal) else str(value)
