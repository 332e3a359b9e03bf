"""Which texts would a spreadsheet run or has it spoilt, and how are they written?

A text that a spreadsheet would run as a formula is written with an apostrophe before
it, and so is one that reading would take for a spoilt cell; reading takes it off again.
"""

import re

from adv_domain.files.cells import BadCell

_ESCAPE = "'"
_RUN = ("=", "+", "-", "@", "\t", "\r")
_ERRORS = frozenset(
    "#N/A #REF! #VALUE! #NAME? #DIV/0! #NULL! #NUM! #SPILL! #CALC! #FIELD! "
    "#BLOCKED! #CONNECT! #UNKNOWN! #BUSY! #GETTING_DATA".split()
)
_SHORTENED = re.compile(r"[+-]?\d[.,]\d+E\+\d+", re.ASCII)
# how Excel users keep the leading zeros of a code in a CSV
_AS_TEXT = re.compile(r'="((?:[^"]|"")*)"')
SUSPECTS = frozenset("'=#+-0123456789")
"""What a text begins with that unescaped() would not return as it is."""


def escaped(text: str) -> str:
    """Return the text as it is written into a cell."""
    is_taken_off = text.startswith(_ESCAPE) and _is_quoted_number(text[1:])
    return _ESCAPE + text if is_taken_off or _would_be_misread(text) else text


def unescaped(cell: str) -> str:
    """Return the text of a written cell; raises BadCell for one without a value."""
    if cell.startswith(_ESCAPE):
        rest = cell[1:]
        return rest if _would_be_misread(rest) or _is_quoted_number(rest) else cell
    quoted = _AS_TEXT.fullmatch(cell)
    if quoted:
        return quoted[1].replace('""', '"').strip()
    if cell.startswith("="):
        message = "is a formula without a value; put its result there as a value"
        raise BadCell("formula", message)
    if cell.upper() in _ERRORS:
        message = "is what a formula that failed leaves; correct it in the spreadsheet"
        raise BadCell("formula_error", message)
    if _SHORTENED.fullmatch(cell):
        message = (
            "was shortened by a spreadsheet and has lost digits; format the column "
            "as text and fill it in again"
        )
        raise BadCell("shortened_number", message)
    return cell


def _is_quoted_number(rest: str) -> bool:
    # '05012: how programs keep the leading nought of a code in a spreadsheet
    return rest.lstrip(_ESCAPE)[:1].isdigit()


def _would_be_misread(text: str) -> bool:
    bare = text.lstrip(_ESCAPE)
    return (
        bare.startswith(_RUN)
        or bare.upper() in _ERRORS
        or _SHORTENED.fullmatch(bare) is not None
    )
