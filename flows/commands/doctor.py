"""`adv doctor`: is this installation fit to run?"""

import click

from flows.commands.output import home_option, json_option, say_json

_MARKS = {"ok": "ok  ", "warn": "WARN", "bad": "BAD "}


@click.command()
@home_option
@json_option
def doctor(as_json: bool) -> None:
    """Check what an operator would check, and say what to do.

    Exit status 1 when something is bad; a warning leaves it 0.
    """
    from dataclasses import asdict

    from tasks.doctor import examine

    checks = examine()
    if as_json:
        say_json([asdict(one) for one in checks])
    else:
        for one in checks:
            click.echo(f"{_MARKS[one.grade]} {one.name:<18} {one.detail}")
            if one.grade != "ok" and one.remedy:
                click.echo(f"     {'':<18} → {one.remedy}")
    raise SystemExit(1 if any(one.grade == "bad" for one in checks) else 0)
