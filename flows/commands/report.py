"""Which options has a report as of a day, and how is its file written?"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from flows.commands.output import Day, fail

_F = TypeVar("_F", bound=Callable[..., Any])


def report_options(command: _F) -> _F:
    """Add --as-of (as_of), whose default is today, and --csv (csv_file)."""
    csv_option = click.option(
        "--csv",
        "csv_file",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Write the report there as CSV.",
    )
    as_of_option = click.option(
        "--as-of", "as_of", type=Day(), help="The day (default: today's)."
    )
    return as_of_option(csv_option(command))


def write_report(path: Path, data: bytes) -> None:
    """Write the file; ends with status 2 where it cannot be."""
    try:
        path.write_bytes(data)
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror or error}")
