"""`adv orders export`: orders on record as files, as their customers placed them."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.commands.output import fail, home_option, need_home

if TYPE_CHECKING:
    from adv_domain.files.order_export import ExportedFile

_FORMATS = ("csv", "xlsx", "json", "ubl", "edifact", "orderx")


@click.command()
@click.argument("orders", nargs=-1, required=True, metavar="NO...")
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    default="json",
    show_default=True,
    help="What to write; UBL and Order-X hold one order a file.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="File to write, or folder for several files; without it, standard output.",
)
@home_option
def export(*, orders: tuple[str, ...], form: str, out: Path | None) -> None:
    """Write orders, by number or by the customer's reference, to a file.

    What is written is what was asked for, by our codes: taken in again it is known as
    the same order. Exit status 1 where an order is not there, 2 where the file cannot
    be written.
    """
    need_home()
    files = _files(list(dict.fromkeys(orders)), form)
    if out is None:
        _print(files, form)
        return
    try:
        written = _write(files, out)
    except OSError as error:
        fail(f"{out} cannot be written: {error.strerror or error}")
    click.echo("\n".join(f"written: {path}" for path in written))


def _files(names: list[str], form: str) -> "list[ExportedFile]":
    # the database and the writers load only in commands that need them
    from adv_domain.files.order_export import exported
    from adv_domain.files.orders.texts_out import Seller
    from tasks.orders.export import NotOneOrder, company_name, orders_named
    from tasks.resources import business_day, now

    try:
        found = orders_named(names)
    except NotOneOrder as wrong:
        fail(str(wrong), status=1)
    return exported(form, found, Seller(company_name(), business_day(now())))


def _print(files: "list[ExportedFile]", form: str) -> None:
    if len(files) > 1:
        raise click.UsageError(
            f"{form} holds one order a file: name a folder for several with --out"
        )
    if form == "xlsx":
        raise click.UsageError("a workbook is no text: name a file with --out")
    sys.stdout.buffer.write(files[0].data)


def _write(files: "list[ExportedFile]", out: Path) -> list[Path]:
    """Write one file as it is named, several into a folder of that name."""
    if len(files) == 1 and not out.is_dir():
        out.write_bytes(files[0].data)
        return [out]
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for file in files:
        path = out / file.name
        path.write_bytes(file.data)
        written.append(path)
    return written
