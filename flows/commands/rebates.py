"""`adv rebates`: which year-end rebates have accrued, as of any day?"""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.commands.output import (
    fail,
    home_option,
    json_option,
    need_home,
    say_json,
)
from flows.commands.report import report_options, write_report

if TYPE_CHECKING:
    from adv_domain.rules.credits.rebates import RebateStanding
    from tasks.credits.rebates import RebateReport


@click.command()
@report_options
@home_option
@json_option
def rebates(*, as_of: date | None, csv_file: Path | None, as_json: bool) -> None:
    """Show what each customer's year-end rebate comes to at the close of a day.

    By what was invoiced to him before tax, less credit notes (those that give a rebate
    apart), at the rate that is reached; and what it will come to if he goes on as so
    far. Agreements come with `adv import rebates FILE`; those of the last year too.
    """
    need_home()
    # the database loads only in commands that need it
    from adv_domain.rules.credits.rebates import RebateUnclear
    from tasks.credits.rebates import rebates_as_of, rebates_csv, report_rows
    from tasks.resources import business_day, now

    try:
        report = rebates_as_of(as_of or business_day(now()))
    except RebateUnclear as error:
        fail(str(error), status=1)
    if csv_file:
        write_report(csv_file, rebates_csv(report))
    if as_json:
        say_json(
            {
                "as_of": report.as_of_on,
                "totals": report.totals(),
                "rebates": report_rows(report),
            }
        )
        return
    click.echo("\n".join(_screen(report)))
    if csv_file:
        click.echo(f"written to {csv_file}")


def _screen(report: "RebateReport") -> list[str]:
    if not report.standings:
        return [f"no rebate is agreed at {report.as_of_on}: adv import rebates FILE"]
    return [
        f"rebates accrued at the close of {report.as_of_on}",
        *(_line(one) for one in report.standings),
        *(
            f"{amount:>14,f} {currency} in all"
            for currency, amount in report.totals().items()
        ),
    ]


def _line(one: "RebateStanding") -> str:
    agreed, earned = one.agreement, one.earned
    rate = (earned.rate * 100).normalize()
    missing = ""
    if earned.missing is not None:
        missing = f", {earned.missing:,.2f} short of {earned.next_threshold:,.0f}"
    return (
        f"  {agreed.customer_code:<10} from {agreed.valid_from} to {agreed.last_on}: "
        f"{earned.amount:,f} {agreed.currency}, {rate:f}% of {earned.turnover:,.2f}"
        f"{' by bands' * (agreed.basis == 'band')}{missing}; "
        f"{one.projected.amount:,f} if it goes on so"
    )
