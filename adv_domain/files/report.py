"""What is told to the sender and to operations about a file that was taken?"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from adv_domain.files.csv_out import csv_bytes
from adv_domain.rules.faults import FileFault

_COLUMNS = ("file", "row", "field", "code", "value", "message")


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of a file: counts of its rows and every fault."""

    kind: str
    name: str
    outcome: str
    counts: Sequence[tuple[str, int]]
    faults: Sequence[FileFault]


def report_csv(report: FileReport) -> bytes:
    """Write one row per fault: where, which value, what is wrong, what to do."""
    return csv_bytes(
        _COLUMNS,
        (
            (each.file, each.row, each.field, each.code, each.value, each.message)
            for each in report.faults
        ),
    )


def report_html(report: FileReport, *, frame: str) -> bytes:
    """Fill the frame, a page with $title, $summary, $faults, by escaped text."""
    counts = ", ".join(f"{_escaped(name)} {count}" for name, count in report.counts)
    title = _escaped(f"{report.kind}: {report.name}")
    summary = f"{_escaped(report.outcome)} ({counts})"
    rows = "\n".join(_row(fault) for fault in report.faults)
    page = frame.replace("$title", title)
    page = page.replace("$summary", summary).replace("$faults", rows)
    return page.encode("utf-8")


def _row(fault: FileFault) -> str:
    row = str(fault.row or "")
    cells = (fault.file, row, fault.field, fault.value, fault.message)
    return "<tr>" + "".join(f"<td>{_escaped(cell)}</td>" for cell in cells) + "</tr>"


def _escaped(text: str) -> str:
    # a $ in a partner's text must not be taken for a place of the frame
    return escape(text).replace("$", "&#36;")
