"""`adv orders`: what is in an order file, before anything is stored?"""

import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from adv_domain.rules.counted import counted
from flows.commands.order_export import export

if TYPE_CHECKING:
    from adv_domain.files.order_files import OrderFile
    from adv_domain.rules.faults import FileFault
    from adv_domain.rules.orders.incoming import IncomingLine, IncomingOrder


@click.group()
def orders() -> None:
    """Look into order files; write orders to files."""


orders.add_command(export)


@orders.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--mapping",
    type=click.Path(path_type=Path),
    help="TOML file that says which columns are ours.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def inspect(*, file: Path, mapping: Path | None, as_json: bool) -> None:
    """Show the orders of a FILE of any format; nothing is written.

    Read are CSV (comma, semicolon, tab or bar), XLSX, JSON of our own form, UBL,
    EDIFACT, and Order-X alone or in a PDF, whatever the name of the file. Exit status
    1 where the file has a fault, 2 where it cannot be opened or the mapping is wrong.
    """
    read = _read(file, mapping)
    if as_json:
        click.echo(json.dumps(_document(read), ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(read)))
    if any(not fault.is_warning for fault in read.faults):
        raise SystemExit(1)


def _read(file: Path, mapping: Path | None) -> "OrderFile":
    # the readers load only when a file is read, so that `adv --help` stays quick
    from adv_domain.files.mapping import InvalidMapping
    from adv_domain.files.order_files import read_order_file
    from adv_domain.files.text import CannotOpen

    try:
        return read_order_file(file, mapping)
    except (CannotOpen, InvalidMapping) as problem:
        raise click.UsageError(str(problem)) from problem


def _document(read: "OrderFile") -> dict[str, Any]:
    return {
        "orders": [_order(order) for order in read.orders],
        "faults": [fault.as_dict() for fault in read.faults],
    }


def _order(order: "IncomingOrder") -> dict[str, Any]:
    header = order.header
    return {
        "document": str(header.document),
        "document_ref": header.document_ref,
        "customer_ref": header.customer_ref,
        "buyer": {
            "id": header.customer,
            "name": header.buyer_name or header.ship_to_name,
            "ids": [
                {"scheme": one.scheme, "id": one.value} for one in header.buyer_ids
            ],
        },
        "currency": header.currency,
        "ordered_on": _text(header.ordered_on),
        "requested_on": _text(header.requested_on),
        "lines": [_line(line) for line in order.lines],
        "total": _number(_total(order)),
    }


def _total(order: "IncomingOrder") -> Decimal | None:
    """Return what the document says it comes to, else what its lines come to."""
    stated = order.header.document_total
    return order.total() if stated is None else stated


def _line(line: "IncomingLine") -> dict[str, Any]:
    return {
        "line": line.line_no,
        "product": line.product,
        "gtin": line.gtin,
        "customer_article": line.customer_article,
        "description": line.description,
        "quantity": _number(line.qty),
        "unit": line.unit,
        "price": _number(line.unit_price),
        "discount_percent": _number(line.discount_rate * 100),
        "requested_on": _text(line.requested_on),
    }


def _number(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")


def _text(value: object | None) -> str | None:
    return None if value is None else str(value)


def _kind_of(order: "IncomingOrder") -> str:
    return {"change": "change of ", "cancel": "cancellation of "}.get(
        str(order.header.document), ""
    )


def _element(fault: "FileFault") -> str:
    """Name the element of a document; a column stands in the message already."""
    return f", {fault.field}" if "/" in fault.field or "[" in fault.field else ""


def _lines(read: "OrderFile") -> list[str]:
    lines = [
        f"{_kind_of(order)}{order.header.customer_ref} of {order.header.customer}: "
        f"{counted(len(order.lines), 'lines')}, {_number(_total(order)) or 'no total'} "
        f"{order.header.currency or '(currency of the customer)'}"
        for order in read.orders
    ]
    rows = sum(len(order.lines) for order in read.orders)
    counts = (len(read.orders), "orders"), (rows, "lines"), (len(read.faults), "faults")
    lines.append(", ".join(counted(*one) for one in counts))
    lines += [
        f"{fault.file}, row {fault.row}{_element(fault)}: {fault.message}"
        + (f" (it says {fault.value!r})" if fault.value else "")
        for fault in read.faults
    ]
    return lines
