"""Is the sender of a file answered by mail?"""

from collections.abc import Iterable
from enum import StrEnum

from adv_domain.rules.faults import NOT_TAKEN, UNKNOWN_COLUMN, UNREAD_CELLS, FileFault

_FOR_OPERATIONS = frozenset({UNKNOWN_COLUMN, UNREAD_CELLS, NOT_TAKEN})
"""What is told about the layout of a file, day after day the same."""


class AnswerFiles(StrEnum):
    """Which files are answered by policy."""

    ALWAYS = "always"
    FAULTS = "faults"
    NEVER = "never"


def is_answered(faults: Iterable[FileFault], *, policy: AnswerFiles) -> bool:
    """Tell whether the sender hears of a file: always, never, or where he has
    something to mend or to know."""
    if policy is AnswerFiles.FAULTS:
        return any(fault.code not in _FOR_OPERATIONS for fault in faults)
    return policy is AnswerFiles.ALWAYS
