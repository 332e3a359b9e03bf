"""What is wrong with a document, said so that a person can mend it?"""

from dataclasses import asdict, dataclass

UNKNOWN_COLUMN = "unknown_column"
_WARNINGS = frozenset((UNKNOWN_COLUMN,))


@dataclass(frozen=True, slots=True)
class FileFault:
    """One thing wrong in a file: where it stands and what to do about it.

    row is 1-based as a person counts it in the file, the header included; 0
    means the file as a whole. message names the remedy in plain words.
    """

    file: str
    row: int
    field: str
    code: str
    message: str
    value: str = ""

    @property
    def is_warning(self) -> bool:
        """Tell whether it is only told: no row is rejected for it, no run fails."""
        return self.code in _WARNINGS

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class OrderFault:
    """One rule that an order breaks; line_no 0 means the order as a whole."""

    code: str
    field: str
    detail: str
    line_no: int = 0
