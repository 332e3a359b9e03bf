"""`adv stock paid`, `expect-return`, `call-off-return`: what else stock must know."""

from datetime import date
from decimal import Decimal, InvalidOperation
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


class _Quantity(click.ParamType[Decimal]):
    """A quantity written 3 or 2.5."""

    name = "quantity"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Decimal:
        try:
            number = Decimal(value)
        except InvalidOperation:
            self.fail(f"{value!r} is no quantity like 3 or 2.5", param, ctx)
        if not number.is_finite() or number != round(number, 6):
            self.fail(f"{value!r} is no quantity of at most six decimals", param, ctx)
        return number


_BY = click.option("--by", required=True, help="Who says so; it is logged.")
_REASON = click.option("--reason", required=True, help="Why; it is logged.")
_ON = click.option("--date", "on", type=Day(), help="Business date.")


@click.command()
@click.argument("order_no")
@_BY
@_REASON
@_ON
@home_option
@json_option
def paid(
    *, order_no: str, by: str, reason: str, on: date | None, as_json: bool
) -> None:
    """Let stock be told of ORDER_NO, which ships after payment: it is paid.

    Exit status 1 where it does not wait for that.
    """
    _expect_words(by, reason)
    # the database loads only in commands that need it
    from tasks.orders.acts.common import UnknownOrder
    from tasks.stock.payment import NothingAwaited, say_paid

    try:
        number = say_paid(name=order_no, by=by, reason=reason, on=on or _today())
    except (NothingAwaited, UnknownOrder) as error:
        fail(str(error), status=1)
    _say({"order": number, "paid": True}, f"order {number} is paid", as_json=as_json)


@click.command()
@click.argument("order_no")
@click.option(
    "--shipping",
    type=click.Choice(["partial", "complete", "after_payment"]),
    help="How it may leave.",
)
@click.option("--priority", type=click.IntRange(1, 9), help="1 goes first.")
@click.option(
    "--advance-percent",
    type=click.IntRange(0, 100),
    help="What is paid of it before stock is told; 0: nothing.",
)
@_BY
@_REASON
@_ON
@home_option
@json_option
def arrange(as_json: bool, **said: Any) -> None:
    """Let ORDER_NO leave otherwise than its customer's orders do.

    Stock is told if it knows the order. Exit status 1 where it is too late.
    """
    _expect_words(said["by"], said["reason"])
    from adv_domain.rules.stock.shipping import ShippingPolicy
    from tasks.orders.acts.common import ActRefused
    from tasks.stock.arranging import Arrangement, arrange_order

    shipping = ShippingPolicy(said["shipping"]) if said["shipping"] else None
    percent = said["advance_percent"]
    advance = None if percent is None else Decimal(percent) / 100
    how = Arrangement(shipping, said["priority"], advance)
    who = {name: said[name] for name in ("by", "reason")}
    try:
        number = arrange_order(said["order_no"], how, on=said["on"] or _today(), **who)
    except ActRefused as error:
        fail(str(error), status=1)
    _say({"order": number, **how.columns}, f"order {number}: {how}", as_json=as_json)


@click.command("expect-return")
@click.argument("order_no")
@click.argument("line_no", type=int)
@click.option("--quantity", required=True, type=_Quantity(), help="How much.")
@click.option("--expected-on", type=Day(), help="When.")
@_BY
@_REASON
@_ON
@home_option
@json_option
def expect_return(as_json: bool, **said: Any) -> None:
    """Tell stock that goods of LINE_NO of ORDER_NO come back.

    Exit status 1 where less of it was shipped.
    """
    _expect_words(said["by"], said["reason"])
    from tasks.stock.returns import ComingBack, ReturnRefused
    from tasks.stock.returns import expect_return as announce

    coming = ComingBack(
        order=said["order_no"],
        line_no=said["line_no"],
        qty=said["quantity"],
        expected_on=said["expected_on"],
        reason=said["reason"],
    )
    try:
        number = announce(coming, by=said["by"], on=said["on"] or _today())
    except ReturnRefused as error:
        fail(str(error), status=1)
    _say({"return": number}, f"return {number} is expected", as_json=as_json)


@click.command("call-off-return")
@click.argument("return_no")
@_BY
@_REASON
@_ON
@home_option
@json_option
def call_off_return(
    *, return_no: str, by: str, reason: str, on: date | None, as_json: bool
) -> None:
    """Tell stock that RETURN_NO does not come.

    Exit status 1 where nothing of it is expected.
    """
    _expect_words(by, reason)
    from tasks.stock.returns import ReturnRefused
    from tasks.stock.returns import call_off_return as call_off

    try:
        call_off(return_no, by=by, reason=reason, on=on or _today())
    except ReturnRefused as error:
        fail(str(error), status=1)
    words = f"return {return_no} is not expected any more"
    _say({"return": return_no}, words, as_json=as_json)


def _expect_words(by: str, reason: str) -> None:
    need_home()
    if not by.strip() or not reason.strip():
        fail("it needs a name and a reason")


def _today() -> date:
    from tasks.resources import business_day, now

    return business_day(now())


def _say(document: dict[str, Any], words: str, *, as_json: bool) -> None:
    if as_json:
        say_json(document)
    else:
        click.echo(words)
