"""`adv documents`: how invoices look on this company's paper, and how fast they are."""

from pathlib import Path

import click

from flows.commands.output import fail, home_option, json_option, say_json


@click.group()
def documents() -> None:
    """See what invoices look like, and measure how fast they are drawn."""


@documents.command("specimen")
@click.option(
    "--language",
    default="en",
    show_default=True,
    type=click.Choice(("es", "en", "fr")),
)
@click.option(
    "--to",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The PDF to write (default specimen-LANGUAGE.pdf in the home).",
)
@home_option
@json_option
def specimen(language: str, to: Path | None, as_json: bool) -> None:
    """Draw a made-up invoice with your templates, logo and colour.

    Nothing is posted and no home is needed. Exit status 1, with file and line, where
    a template of yours cannot be used.
    """
    from tasks.documents.specimens import SpecimenFailed, draw_specimen
    from tasks.resources import resources

    home = resources().settings.home
    path = to or home / f"specimen-{language}.pdf"
    try:
        content = draw_specimen(resources(), language=language)
    except SpecimenFailed as error:
        fail(str(error), status=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    if as_json:
        say_json({"path": str(path), "size": len(content)})
    else:
        click.echo(path)


@documents.command("bench")
@click.option("--documents", default=200, show_default=True, type=click.IntRange(1))
@click.option(
    "--workers",
    default=0,
    show_default=True,
    type=click.IntRange(0, 64),
    help="Processes that draw; 0: one for each processor.",
)
@json_option
def bench(documents: int, workers: int, as_json: bool) -> None:
    """Measure the drawing of invoices of 15 lines with logo, QR code and Factur-X."""
    from tasks.bench.documents import measure_drawing

    cost = measure_drawing(documents=documents, workers=workers).as_dict()
    if as_json:
        say_json(cost)
        return
    click.echo(
        f"{cost['documents']} documents by {cost['workers']} processes: "
        f"{cost['documents_per_cpu_second']} a CPU second, "
        f"{cost['documents_per_second']} a second, {cost['peak_rss_mb']} MB at most"
    )
