"""What does a text of an order document mean, by the field of ours that it is for?

The same readers as for the cells of a table, so that an order means the same whatever
it came in; documents have one form of numbers and dates, so nothing is escaped or
stated by a mapping.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from adv_domain.files.cells import BadCell, Formats, Parser
from adv_domain.files.fields import Field, day, number, rate, text, whole
from adv_domain.files.order_fields import HEADER_FIELDS, LINE_FIELDS
from adv_domain.files.orders.stated import Given
from adv_domain.rules.faults import FileFault

_SHOWN = 80
_BARE_POINT = re.compile(r"([+-]?)(\d*)\.(\d*)")
_REMEDY = "; correct it and send it again"
_IN_DOCUMENTS = {
    "not_a_number": "is no number such as 1234.50",
    "not_a_date": "is no day such as 2026-03-31",
}
_OTHERS = (
    Field("base_quantity", number(decimals=6)),
    Field("amount", number(decimals=6)),
    Field("charge", number(decimals=3)),
    Field("percent", number(decimals=4)),
    Field("tax_percent", rate()),
    Field("tax_category", text(12)),
    Field("reason", text(400)),
    Field("party_id", text(254)),
    Field("count", whole(high=999_999_999)),
    Field("day", day()),
)
_NAMED: Mapping[str, Field] = {
    field.name: field for field in (*HEADER_FIELDS, *LINE_FIELDS, *_OTHERS)
}


@cache
def _parser(name: str) -> Parser:
    return _NAMED[name].form.make(Formats())


class Values:
    """Reads the values of one document and gathers what is wrong with them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[FileFault] = []

    def read(self, name: str, given: Given | None) -> Any:
        """Return the value of a text by the field's name, None for none or a fault."""
        if given is None:
            return None
        cell = given.text.strip()
        if not cell:
            return None
        try:
            return _parser(name)(cell)
        except BadCell as bad:
            if bad.code == "not_a_number" and (tidy := _with_digits(cell)) != cell:
                return self.read(name, given._replace(text=tidy))
            self.fault(bad.code, _with_remedy(bad), given)
        return None

    def fault(self, code: str, message: str, given: Given) -> None:
        """Note that something is wrong with a text of the document."""
        message = f"{_name_of(given.path)} {message}".lstrip()
        shown = given.text.strip()[:_SHOWN]
        self.faults.append(
            FileFault(self.file, given.row, given.path, code, message, shown)
        )


def _with_remedy(bad: BadCell) -> str:
    """Say what is wrong as it is in documents: they know no [formats]."""
    message = _IN_DOCUMENTS.get(bad.code, bad.message)
    return message if ";" in message else message + _REMEDY


def _name_of(path: str) -> str:
    """Return the last name of a path; the number of a part names nothing alone."""
    last = path.rpartition("/")[2]
    return path if last[:1].isdigit() else last


def _with_digits(cell: str) -> str:
    """Return .5 and 5. with the digits that XML lets a number leave out."""
    found = _BARE_POINT.fullmatch(cell)
    if found is None or not (found[2] or found[3]):
        return cell
    return f"{found[1]}{found[2] or '0'}.{found[3] or '0'}"
