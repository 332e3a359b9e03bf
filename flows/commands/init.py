"""`adv init`: create or upgrade the home and the database."""

import click

from flows.commands.output import fail, home_option, json_option, say_json


@click.command()
@home_option
@json_option
def init(as_json: bool) -> None:
    """Set up or upgrade this installation; harmless when run again."""
    from tasks.setup import DefaultTermsUnlawful, check_default_terms, set_up

    known = set_up()
    try:
        check_default_terms(known)
    except DefaultTermsUnlawful as error:
        fail(str(error))
    database = known.engine.url.render_as_string(hide_password=True)
    if as_json:
        say_json({"home": str(known.settings.home), "database": database})
        return
    click.echo(f"home      {known.settings.home}")
    click.echo(f"database  {database}")
    click.echo("Put order files into inbox/orders, or see: adv import --help")
