"""What more than its formula must a reader know of a KPI to trust it?"""

from adv_domain.rules.figures.kpi_catalogue import (
    BY_CREDIT_NOTE,
    ERROR_RATE,
    ERROR_TYPES,
    FOUND_LATE,
    base_name,
)

_ERRORS = (
    "An error counts on the day of its order, once per order and type, whether a rule "
    f"found it ({ERROR_RATE}:TYPE:RULE) or a credit note later "
    f"({ERROR_RATE}:TYPE:{BY_CREDIT_NOTE}; {FOUND_LATE} shows these alone). Types are "
    f"{', '.join(ERROR_TYPES)}; the reason of a credit note names one, and its other "
    "reasons are no entry errors. As of a past day (--as-of) only what was found by "
    "then counts; the table and the dashboard show what is known now."
)
_NOTES = {ERROR_RATE: _ERRORS, FOUND_LATE: _ERRORS}


def note_of(name: str) -> str:
    """Return the note on a KPI or one of its parts, else nothing."""
    return _NOTES.get(base_name(name), "")
