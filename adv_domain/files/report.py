"""What is told to the sender and to operations about a file that was taken?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from adv_domain.file_fault_wording import said_fault
from adv_domain.files.csv_out import csv_bytes
from adv_domain.rules.faults import FileFault

_COLUMNS = ("file", "row", "field", "value", "wrong", "todo", "code", "message")
_SHOWN = 6
Words = Mapping[str, Mapping[str, str]]
"""The words of a report in one language: counts, outcome, head, kind."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of a file: counts of its rows by name, and every fault.

    language is the reader's; their_names are what he calls the columns of ours.
    """

    kind: str
    name: str
    outcome: str
    counts: Mapping[str, int]
    faults: Sequence[FileFault]
    language: str = "en"
    their_names: Mapping[str, str] = field(default_factory=dict)


def report_csv(report: FileReport, words: Words) -> bytes:
    """Write one row per fault: where, which value, what is wrong, what to do.

    Code and the precise English message stand last, for who asks further.
    """
    head = [words["head"][name] for name in _COLUMNS]
    return csv_bytes(head, (fault_cells(each, report) for each in report.faults))


def report_html(report: FileReport, words: Words, *, frame: str) -> bytes:
    """Fill the frame, a page with $language, $title, $summary, $head and $faults, by
    escaped text."""
    kind = words["kind"].get(report.kind, report.kind)
    counts = ", ".join(
        f"{words['counts'][name]} {count}" for name, count in report.counts.items()
    )
    outcome = words["outcome"][report.outcome]
    head = [words["head"][name] for name in _COLUMNS[:_SHOWN]]
    rows = [fault_cells(each, report)[:_SHOWN] for each in report.faults]
    places = {
        "$language": _escaped(report.language),
        "$title": _escaped(f"{kind}: {report.name}"),
        "$summary": _escaped(f"{outcome} ({counts})"),
        "$head": _cells("th", head),
        "$faults": "\n".join(f"<tr>{_cells('td', row)}</tr>" for row in rows),
    }
    for place, text in places.items():
        frame = frame.replace(place, text)
    return frame.encode("utf-8")


def fault_cells(fault: FileFault, report: FileReport) -> tuple[str, ...]:
    """Return what is told of a fault: file, row, field, value, what is wrong, what to
    do, code, message."""
    said = said_fault(fault, language=report.language)
    return (
        fault.file,
        str(fault.row or ""),
        report.their_names.get(fault.field, fault.field),
        fault.value,
        said.wrong,
        said.todo,
        fault.code,
        fault.message,
    )


def _cells(tag: str, texts: Sequence[str]) -> str:
    return "".join(f"<{tag}>{_escaped(text)}</{tag}>" for text in texts)


def _escaped(text: str) -> str:
    # a $ in a partner's text must not be taken for a place of the frame
    return escape(text).replace("$", "&#36;")
