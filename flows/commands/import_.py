"""`adv import`: take a file in from where it lies, and say what became of its rows."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from adv_domain.rules.faults import WARNINGS
from flows.commands.output import fail, home_option, json_option, need_home, say_json

_KINDS = (
    "customers",
    "products",
    "customer_articles",
    "prices",
    "rebates",
    "stock",
    "receipts",
    "orders",
    "deliveries",
    "acknowledgements",
    "bank",
    "survey",
    "legacy-invoices",
    "tax_rates",
    "payment_terms",
    "exchange_rates",
)
_SHOWN_FAULTS = 50
_COUNTS = ("read", "accepted", "duplicate", "rejected")
_WITHOUT_LINE = (*_COUNTS, "faults", "over_shipped")


_EPILOG = (
    f"KIND is one of {', '.join(_KINDS)}. `adv import KIND --columns` prints the "
    "columns of that kind of file; bank files are camt.053 and have none."
)


@click.command("import", epilog=_EPILOG)
@click.argument("kind", type=click.Choice(_KINDS), metavar="KIND")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--columns", is_flag=True, help="Print the columns of KIND instead.")
@click.option(
    "--mapping",
    type=click.Path(path_type=Path),
    help="TOML file that says which columns are ours.",
)
@click.option(
    "--suggest-mapping",
    "suggests",
    is_flag=True,
    help="Propose a mapping for FILE, ready to save; nothing is written.",
)
@click.option(
    "--answer",
    is_flag=True,
    help="Write the reports, and answer the sender by mail as for a file of the inbox.",
)
@home_option
@json_option
def import_file(
    *,
    kind: str,
    file: Path | None,
    mapping: Path | None,
    as_json: bool,
    **asked: bool,
) -> None:
    """Take the FILE in; it stays where it is.

    Exit status 1 where rows were rejected, 2 where the file cannot be opened or the
    mapping is wrong; a column that is not known is told and changes neither. The same
    file taken twice changes nothing.
    """
    if asked["columns"]:
        _say_columns(kind, as_json=as_json)
        return
    if file is None:
        raise click.UsageError("Missing argument 'FILE'.")
    if asked["suggests"]:
        _say_proposal(kind, file, as_json=as_json)
        return
    need_home()
    if asked["answer"] and kind == "bank":
        fail("nobody is answered for a bank file: leave --answer out")
    document = _taken(kind, file, mapping, answer=asked["answer"])
    if as_json:
        say_json(document)
    else:
        click.echo("\n".join(_lines(kind, document)))
    if any(fault["code"] not in WARNINGS for fault in document["faults"]):
        raise SystemExit(1)


def _say_columns(kind: str, *, as_json: bool) -> None:
    from adv_domain.files.columns import columns_of

    if kind == "bank":
        fail("a bank file is camt.053 XML as the bank sends it: it has no columns")
    found = columns_of(kind)
    if as_json:
        say_json([asdict(one) for one in found])
        return
    for one in found:
        marks = "required" if one.required else ""
        if one.default:
            marks = f"default {one.default}"
        click.echo(f"{one.column:<22} {marks:<24} {one.form}; e.g. {one.example}")


def _say_proposal(kind: str, file: Path, *, as_json: bool) -> None:
    from adv_domain.files.columns import FIELDS
    from adv_domain.files.order_fields import HEADER_FIELDS
    from adv_domain.files.sources import InputFile
    from adv_domain.files.suggesting.proposal import Subject, proposal
    from adv_domain.files.text import CannotOpen, FileRefused, read_file

    if kind == "bank":
        fail("a bank file is camt.053 XML as the bank sends it: it needs no mapping")
    subject = Subject(kind, FIELDS[kind])
    if kind == "orders":
        names = tuple(field.name for field in HEADER_FIELDS)
        subject = Subject(kind, FIELDS[kind], key="customer_ref", of_order=names)
    try:
        found = proposal(subject, InputFile(file.name, read_file(file)))
    except CannotOpen as problem:
        fail(str(problem))
    except FileRefused as problem:
        fail(str(problem), status=1)
    if as_json:
        say_json(
            {
                "mapping": found.text,
                "missing": list(found.missing),
                "unused": list(found.unused),
            }
        )
    else:
        click.echo(found.text.rstrip())


def _taken(
    kind: str, file: Path, mapping: Path | None, *, answer: bool
) -> dict[str, Any]:
    # the readers and the database load only when a file is taken
    from adv_domain.files.mapping import InvalidMapping
    from adv_domain.files.text import CannotOpen, check_regular

    try:
        check_regular(file)
        return _take(kind, file, mapping, answer=answer)
    except (CannotOpen, InvalidMapping) as problem:
        fail(str(problem))


def _take(
    kind: str, file: Path, mapping: Path | None, *, answer: bool
) -> dict[str, Any]:
    from tasks.resources import business_day, now

    on = business_day(now())
    if kind == "bank":
        from tasks.payments.bank_inbox import import_bank_file

        return import_bank_file(file, on=on)
    if kind == "deliveries":
        from tasks.stock.delivery import import_feedback

        booked = import_feedback(file, mapping=mapping, on=on, answer=answer)
        return booked.as_dict() | {"over_shipped": booked.over_shipped}
    from tasks.intake.step import import_file as take_in

    tally = take_in(kind, file, mapping=mapping, on=on, answer=answer)
    document = tally.as_dict()
    if kind == "orders":
        document |= {"orders": tally.orders}
        if tally.amendments:
            document |= {"amendments": tally.amendments}
    return document


def _lines(kind: str, document: dict[str, Any]) -> list[str]:
    counts = ", ".join(f"{document[name]} {name}" for name in _COUNTS)
    lines = [f"{kind}: rows {counts}"]
    lines += [
        f"{name}: {document[name]}" for name in document if name not in _WITHOUT_LINE
    ]
    if over := document.get("over_shipped"):
        lines.append(f"{len(over)} over-shipped: {'; '.join(over)}; see: adv tasks")
    faults = document["faults"]
    lines += [
        f"{fault['file']}, row {fault['row']}: {fault['message']}"
        + (f" (it says {fault['value']!r})" if fault["value"] else "")
        for fault in faults[:_SHOWN_FAULTS]
    ]
    if len(faults) > _SHOWN_FAULTS:
        lines.append(f"and {len(faults) - _SHOWN_FAULTS} more: see them with --json")
    return lines
