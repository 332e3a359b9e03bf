"""`adv credit-note reasons`: why are invoices corrected, and what does each do?"""

from typing import Any

import click

from flows.commands.output import say_json


def show_reasons(*, as_json: bool) -> None:
    """List the reasons in use with their name in the company's language."""
    # the policy loads only in commands that need it
    from tasks.credits.credit_reasons import reason_names, reasons
    from tasks.resources import resources

    language = resources().policy.company.language
    names = reason_names([language])
    rows = [
        {
            "code": one.code,
            "name": names[one.code, language],
            "entry_error": one.error_type or None,
            "rebill": one.rebills,
            "needs_goods": one.needs_goods,
        }
        for one in reasons().values()
    ]
    if as_json:
        say_json(rows)
        return
    for row in rows:
        click.echo(f"{row['code']:<20} {row['name']}{_does(row)}")


def _does(row: dict[str, Any]) -> str:
    said = [
        f"counts as entry error {row['entry_error']}" if row["entry_error"] else "",
        "a cancelled invoice may be billed anew" if row["rebill"] else "",
        "only for goods that came back" if row["needs_goods"] else "",
    ]
    return "".join(f"; {one}" for one in said if one)
