"""`adv confirm-run`: may a run that would do far more than usual go on?"""

from datetime import date

import click

from flows.commands.output import (
    Day,
    fail,
    home_option,
    json_option,
    need_home,
    say_json,
)


@click.command(name="confirm-run")
@click.argument("flow", type=click.Choice(["invoicing", "dunning"]))
@click.option("--date", "on", type=Day(), required=True, help="The run's date.")
@click.option("--by", required=True, help="Your name.")
@click.option("--reason", required=True, help="Why so much is right; it is logged.")
@home_option
@json_option
def confirm_run(flow: str, on: date, by: str, reason: str, *, as_json: bool) -> None:
    """Say yes to the run of FLOW that was stopped; run it again afterwards.

    The yes holds for that date and for the figures that the run stopped at, plus the
    policy's tolerance. Exit status 1 where no such run waits, or your role may not.
    """
    need_home()
    if not by.strip() or not reason.strip():
        fail("a yes needs a name and a reason")
    # the database loads only in commands that need it
    from adv_domain.rules.authority import BeyondAuthority
    from tasks.brake import NothingToConfirm, yes_text
    from tasks.brake import confirm_run as confirm

    try:
        confirmed = confirm(step=flow, on=on, by=by.strip(), reason=reason.strip())
    except (NothingToConfirm, BeyondAuthority) as error:
        fail(str(error), status=1)
    if as_json:
        say_json(
            {
                "flow": flow,
                "date": on,
                "documents": confirmed.documents,
                "net": confirmed.amount,
            }
        )
        return
    click.echo(f"{yes_text(flow, on, confirmed)}; now: adv run {flow} --date {on}")
