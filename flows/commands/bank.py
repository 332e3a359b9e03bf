"""`adv bank`: what is in a bank file, before anything is booked?"""

import json
from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from adv_domain.rules.counted import counted

if TYPE_CHECKING:
    from adv_domain.files.bank import BankFile, BankStatement


@click.group()
def bank() -> None:
    """Look into bank files."""


@bank.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def inspect(*, file: Path, as_json: bool) -> None:
    """Show the statements of a bank FILE; nothing is written.

    Exit status 1 where the file has a fault, 2 where it cannot be opened.
    """
    read = _read(file)
    if as_json:
        click.echo(json.dumps(_document(read), ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(read)))
    if read.faults:
        raise SystemExit(1)


def _read(file: Path) -> "BankFile":
    # lxml loads only when a file is read, so that `adv --help` stays quick
    from adv_domain.files.bank import BankFile
    from adv_domain.files.bank_formats import MAX_BYTES, read_bank_file
    from adv_domain.files.text import CannotOpen, FileRefused, read_file

    try:
        data = read_file(file, limit=MAX_BYTES)
    except CannotOpen as problem:
        raise click.UsageError(str(problem)) from problem
    except FileRefused as refusal:
        return BankFile((), (refusal.fault,))
    return read_bank_file(BytesIO(data), name=file.name)


def _document(read: "BankFile") -> dict[str, Any]:
    return {
        "statements": [_statement(statement) for statement in read.statements],
        "faults": [fault.as_dict() for fault in read.faults],
    }


def _statement(statement: "BankStatement") -> dict[str, Any]:
    return {
        "account": statement.account,
        "currency": statement.currency,
        "opening": _amount(statement.opening),
        "closing": _amount(statement.closing),
        "entries": statement.entries,
        "transactions": len(statement.transactions),
        "booked_sum": _amount(statement.booked_sum),
        "balanced": statement.balanced,
    }


def _amount(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount, "f")


def _lines(read: "BankFile") -> Sequence[str]:
    lines = []
    for statement in read.statements:
        check = "balanced" if statement.balanced else "NOT balanced"
        entries = counted(statement.entries, "entries")
        lines.append(
            f"{statement.account} {statement.currency}: opening "
            f"{_amount(statement.opening) or '?'}, {entries} "
            f"({counted(len(statement.transactions), 'transactions')}) "
            f"{_amount(statement.booked_sum)}, closing "
            f"{_amount(statement.closing) or '?'}: {check}"
        )
    lines += [
        f"line {fault.row}: {fault.code}: {fault.message}" for fault in read.faults
    ]
    return lines
