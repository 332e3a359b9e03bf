"""`adv unbilled`: what left and has not been invoiced, as of any day?"""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from adv_domain.rules.counted import counted
from adv_domain.rules.plain_numbers import plain_number
from flows.commands.output import (
    home_option,
    json_option,
    need_home,
    say_json,
)
from flows.commands.report import report_options, write_report

if TYPE_CHECKING:
    from adv_domain.rules.billing.unbilled import DeliveredGoods
    from tasks.billing.unbilled import Unbilled


@click.command()
@report_options
@home_option
@json_option
def unbilled(*, as_of: date | None, csv_file: Path | None, as_json: bool) -> None:
    """List the deliveries not invoiced at the close of a day, with their net value.

    At any day the total is deliveries less invoices. Goods beyond an order never
    count, nor goods that came back before they were invoiced; what came back
    afterwards is its credit note's.
    """
    need_home()
    # the database loads only in commands that need it
    from tasks.billing.unbilled import unbilled_as_of, unbilled_csv
    from tasks.resources import business_day, now

    found = unbilled_as_of(as_of or business_day(now()))
    if csv_file:
        write_report(csv_file, unbilled_csv(found))
    if as_json:
        say_json(_document(found))
    else:
        click.echo("\n".join(_screen(found)))
        if csv_file:
            click.echo(f"written to {csv_file}")


def _document(found: "Unbilled") -> dict[str, Any]:
    from tasks.billing.unbilled import plain

    return {
        "as_of": found.as_of_on,
        "totals": [
            {
                "currency": one.currency,
                "value": one.value,
                "lines": one.lines,
                "without_price": one.unpriced,
                "oldest_on": one.oldest_on,
            }
            for one in found.totals
        ],
        "lines": [
            {
                "customer": one.customer,
                "order": one.order_no,
                "line": one.line_no,
                "delivery": one.delivery_no,
                "shipped_on": one.shipped_on,
                "invoice_by": found.invoice_by(one),
                "product": one.product,
                "qty": plain(one.qty),
                "unit": one.unit,
                "unit_price": plain(one.unit_price),
                "discount_rate": plain(one.discount_rate),
                "value": one.value,
                "currency": one.currency,
            }
            for one in found.goods
        ],
    }


def _screen(found: "Unbilled") -> list[str]:
    if not found.goods:
        return [
            f"nothing is delivered and not invoiced at the close of {found.as_of_on}"
        ]
    return [
        f"delivered and not invoiced at the close of {found.as_of_on}",
        *(_line(one, found) for one in found.goods),
        *(
            f"{one.value:>14,f} {one.currency} in {counted(one.lines, 'lines')} since "
            f"{one.oldest_on}"
            + (f", {one.unpriced} without price" * bool(one.unpriced))
            for one in found.totals
        ),
        *_lateness(found),
    ]


def _lateness(found: "Unbilled") -> list[str]:
    if not found.late:
        return []
    late = counted(len(found.late), "lines")
    return [f"{late} beyond the law's last day for an invoice"]


def _line(one: "DeliveredGoods", found: "Unbilled") -> str:
    value = "no price" if one.value is None else f"{one.value:,f} {one.currency}"
    return (
        f"  {one.shipped_on}  {one.customer:<10} order {one.order_no} line "
        f"{one.line_no}, delivery {one.delivery_no}: {plain_number(one.qty)} "
        f"{one.product}  {value}  invoice by {found.invoice_by(one)}"
    )
