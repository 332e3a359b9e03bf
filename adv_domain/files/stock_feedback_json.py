"""What news does a JSON file of the stock department hold, message by message?"""

from collections.abc import Iterator
from typing import Any

from adv_domain.files.cells import BadCell, Formats
from adv_domain.files.fields import Column
from adv_domain.files.json_text import UnreadableJson, parsed_json
from adv_domain.files.stock_feedback import FEEDBACK_FIELDS, ReadEntry, checked_entry
from adv_domain.files.text import refused
from adv_domain.rules.faults import FileFault

_OF_A_LINE = frozenset({"line", "quantity", "unit", "date", "cause", "note"})
_NAMES = frozenset(field.name for field in FEEDBACK_FIELDS)
_OTHER_NAMES = {
    alias.name: field.name for field in FEEDBACK_FIELDS for alias in field.aliases
}
_Message = dict[str, Any]


def read_feedback_json(name: str, data: bytes) -> Iterator[ReadEntry]:
    """Yield each line of each message; the row number is that of the message.

    Raises FileRefused where the file as a whole is not readable.
    """
    messages = _messages(name, data)
    columns = {field.name: Column(field, Formats()) for field in FEEDBACK_FIELDS}
    return (
        read
        for row_no, message in enumerate(messages, start=1)
        for read in _read_message(name, row_no, message, columns)
    )


def _messages(name: str, data: bytes) -> list[Any]:
    try:
        content = parsed_json(data)
    except UnreadableJson as wrong:
        what = wrong.message.partition("; ")[0]
        raise refused(name, wrong.code, f"{what}; mend it and send it again") from wrong
    messages = content.get("messages") if isinstance(content, dict) else content
    if not isinstance(messages, list):
        raise refused(name, "not_json", "has no list of messages; send it again")
    if not messages:
        raise refused(name, "empty_file", "holds no messages; send it again")
    return messages


def _read_message(
    name: str, row_no: int, message: Any, columns: dict[str, Column]
) -> Iterator[ReadEntry]:
    lines = message.get("lines") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(lines, list | None):
        text = "a message must be an object, its lines a list; correct it"
        yield row_no, None, [FileFault(name, row_no, "lines", "not_json", text)]
        return
    head = {key: value for key, value in message.items() if key != "lines"}
    for at, line in enumerate(lines or [{}], start=1):
        prefix = f"lines[{at}]." if lines else ""
        cells, faults = _cells(name, row_no, head, line, prefix)
        values = _values(cells, columns, faults, (name, row_no, prefix))
        if faults:
            yield row_no, None, faults
        else:
            yield checked_entry(name, row_no, values)


def _cells(
    name: str, row_no: int, head: _Message, line: Any, prefix: str
) -> tuple[dict[str, str], list[FileFault]]:
    """Lay a line over its message as texts; unknown or odd fields are faults."""
    if not isinstance(line, dict):
        text = "a line must be an object; correct it"
        return {}, [FileFault(name, row_no, prefix, "not_json", text)]
    faults = []
    cells = {}
    for where, fields, known in (("", head, _NAMES), (prefix, line, _OF_A_LINE)):
        for given, value in fields.items():
            key = given if given in known else _OTHER_NAMES.get(given, given)
            if key not in known or (key != given and key in fields):
                code, text = "unknown_field", "the field is not known; leave it out"
            elif isinstance(value, bool) or not isinstance(value, str | int | None):
                code, text = "not_a_text", "must be a text or a number; correct it"
            else:
                cells[key] = "" if value is None else str(value)
                continue
            faults.append(FileFault(name, row_no, f"{where}{given}", code, text))
    return cells, faults


def _values(
    cells: dict[str, str],
    columns: dict[str, Column],
    faults: list[FileFault],
    place: tuple[str, int, str],
) -> list[Any]:
    name, row_no, prefix = place
    values = []
    for key, column in columns.items():
        cell = cells.get(key, "")
        try:
            values.append(column[cell])
        except BadCell as bad:
            field = f"{prefix}{key}" if key in _OF_A_LINE else key
            message = f"{key} {bad.message}"
            faults.append(FileFault(name, row_no, field, bad.code, message, cell[:200]))
    return values
