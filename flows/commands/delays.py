"""`adv delays`: which open lines are late, and why?"""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from adv_domain.rules.counted import counted
from adv_domain.rules.plain_numbers import plain_number
from flows.commands.output import Day, home_option, json_option, need_home, say_json

if TYPE_CHECKING:
    from adv_domain.store.figures.late_lines import LateLine
    from tasks.figures.late_orders import Delays
    from tasks.stock.old_counts import OldCounts


@click.command()
@click.option(
    "--cause",
    "causes",
    multiple=True,
    type=click.Choice(["stock", "carrier", "customer", "credit"]),
    help="Of this reason only; may be given again.",
)
@click.option("--date", "on", type=Day(), help="As seen on this day (default: today).")
@home_option
@json_option
def delays(*, causes: tuple[str, ...], on: date | None, as_json: bool) -> None:
    """List the open lines that come later than first confirmed, or whose day passed.

    Summed by reason; an order with lines of two reasons counts with each. Lines that
    will be late: adv stock back-orders --at-risk.
    """
    need_home()
    # the database loads only in commands that need it
    from adv_domain.store.engine import reading
    from adv_domain.store.figures.late_lines import late_lines
    from tasks.figures.late_orders import delays_by_cause
    from tasks.resources import business_day, now, resources
    from tasks.stock.old_counts import old_counts

    day = on or business_day(now())
    with reading(resources().engine) as connection:
        sums = delays_by_cause(connection, on=day)
        lines = late_lines(connection, on=day, causes=causes)
        old = old_counts(connection, policy=resources().policy, on=day)
    shown = [one for one in sums if not causes or one.cause in causes]
    if as_json:
        say_json(_document(shown, lines, day) | {"old_counts": _old(old)})
        return
    told = [str(old)] if old else []
    click.echo("\n".join([*_screen(shown, lines, day), *told]))


def _old(old: "OldCounts | None") -> Any:
    if old is None:
        return None
    return {"products": old.products, "oldest_on": old.oldest_on}


def _document(sums: "list[Delays]", lines: "list[LateLine]", on: date) -> Any:
    return {
        "as_of": on,
        "causes": [
            {
                "cause": one.cause,
                "orders": one.orders,
                "lines": one.lines,
                "silent": one.silent,
                "amount": one.amount,
                "since": one.since,
            }
            for one in sums
        ],
        "lines": [
            {
                "order": one.order_no,
                "customer": one.customer_code,
                "line": one.line_no,
                "product": one.product,
                "qty_open": one.qty.normalize(),
                "first_confirmed_on": one.first_on,
                "confirmed_on": one.now_on,
                "days_late": one.days_late(on),
                "cause": one.cause,
                "note": one.note,
                "is_silent": one.is_silent,
                "is_given_up": one.is_given_up,
                "is_refused": one.is_refused,
                "is_told": one.is_told,
                "told_on": one.told_on,
                "silence_told_on": one.silence_told_on,
            }
            for one in lines
        ],
    }


def _screen(sums: "list[Delays]", lines: "list[LateLine]", on: date) -> list[str]:
    if not lines:
        return [f"no open line is late on {on}"]
    return [
        *(
            f"{one.cause:<9} {counted(one.lines, 'lines')} of "
            f"{counted(one.orders, 'orders')}, {one.silent} without a word of stock"
            for one in sums
        ),
        *(_line(one, on) for one in lines),
    ]


def _line(one: "LateLine", on: date) -> str:
    now = f"{one.now_on} passed" if one.is_passed else f"now {one.now_on}"
    if one.is_given_up:
        now += ", given up by stock"
    elif one.is_refused:
        now += ", stock does not have the order"
    note = f" ({one.note})" if one.note else ""
    return (
        f"  {one.order_no}  {one.customer_code}  line {one.line_no}: "
        f"{plain_number(one.qty)} {one.product}, first {one.first_on or '-'}, {now}, "
        f"{counted(one.days_late(on), 'days late')}: {one.cause}{note}, {_told(one)}"
    )


def _told(one: "LateLine") -> str:
    if one.silence_told_on:
        return f"customer told on {one.silence_told_on} that a date is to follow"
    return f"customer told {one.told_on}" if one.told_on else "customer not told"
