"""What does one look at the installation find?"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One look: grade is ok, warn or bad; remedy says what to do."""

    name: str
    grade: str
    detail: str
    remedy: str = ""
