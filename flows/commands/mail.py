"""`adv mail` and `adv stop-mail`: does mail work, and how is all of it halted?"""

import getpass

import click

from flows.commands.output import fail, home_option, json_option, need_home, say_json


@click.group()
def mail() -> None:
    """Try whether mail works."""


@mail.command()
@click.option("--to", "addresses", multiple=True, required=True, help="An address.")
@home_option
@json_option
def test(*, addresses: tuple[str, ...], as_json: bool) -> None:
    """Queue one test message to each address; `adv run mail` sends them."""
    # the database and the mail library load only when a mail is queued
    from adv_domain.mail.message import InvalidAddress
    from tasks.mail.acts import queue_test_mails
    from tasks.resources import business_day, now

    need_home()
    try:
        keys = queue_test_mails(addresses, by=getpass.getuser(), on=business_day(now()))
    except InvalidAddress as error:
        fail(str(error))
    if as_json:
        say_json({"queued": keys})
        return
    for key in keys:
        click.echo(f"queued {key}")
    click.echo("send with: adv run mail")


@click.command()
@click.option("--off", is_flag=True, help="Let mail go again.")
@click.option("--by", default=getpass.getuser, help="Who decides (default: you).")
@click.option("--reason", default="", help="Why; needed to let mail go again.")
@home_option
@json_option
def stop_mail(*, off: bool, by: str, reason: str, as_json: bool) -> None:
    """Halt all sending within a minute; nothing queued is lost."""
    from tasks.mail import acts as mail_actions

    need_home()
    if off and not reason:
        raise click.UsageError("say why mail may go again: --reason TEXT")
    if off:
        mail_actions.let_mail_go(by=by, reason=reason)
    else:
        mail_actions.stop_mail(by=by, reason=reason or "stopped by hand")
    if as_json:
        say_json({"stopped": not off, "by": by, "reason": reason})
    else:
        click.echo("mail may leave again" if off else "all mail is stopped")
