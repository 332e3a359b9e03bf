"""Which strings does the answer to the sender of a file show?"""

from collections.abc import Sequence
from dataclasses import dataclass

from adv_domain.mail.views import Context, Letterhead, letterhead_view

MOST_FAULTS = 50


@dataclass(frozen=True, slots=True)
class ToldFault:
    """A fault in the reader's words, and where it stands."""

    row: str
    field: str
    value: str
    wrong: str
    todo: str


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """What became of a file; kind and names of the counts are in the reader's words.

    is_taken is false where nothing of it was taken; rejected counts rows.
    """

    file_name: str
    kind: str
    is_taken: bool
    rejected: int
    counts: Sequence[tuple[str, int]]
    faults: Sequence[ToldFault]


def file_answer_view(
    answer: FileAnswer, *, letterhead: Letterhead, most: int = MOST_FAULTS
) -> Context:
    """Return the context of the template file_answer; the first faults are listed."""
    listed = answer.faults[:most]
    more = len(answer.faults) - len(listed)
    return {
        **letterhead_view(letterhead),
        "file_name": answer.file_name,
        "kind": answer.kind,
        "is_taken": answer.is_taken,
        "has_rejected": answer.rejected > 0,
        "rejected": str(answer.rejected),
        "counts": [{"name": name, "rows": str(rows)} for name, rows in answer.counts],
        "faults": [
            {
                "row": fault.row,
                "field": fault.field,
                "value": fault.value,
                "wrong": fault.wrong,
                "todo": fault.todo,
            }
            for fault in listed
        ],
        "more": str(more) if more else "",
    }
