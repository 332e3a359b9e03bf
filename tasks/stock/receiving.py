"""What becomes of a message of stock that came over HTTP: it becomes a file.

It lands in inbox/deliveries under a name made from its id, and is taken from there by
the delivery step like any other: there is one way in.
"""

from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from adv_domain.files.inbox_drop import drop_file
from adv_domain.files.mapping import OWN, InvalidMapping, Mapping
from adv_domain.files.sources import load_mapping
from adv_domain.files.stock_feedback import FEEDBACK_COLUMNS
from adv_domain.files.stock_feedback_formats import is_json, is_xml
from adv_domain.files.text import CannotOpen
from adv_domain.store.engine import reading
from adv_domain.store.intake.source_files import known_file
from tasks.intake.aside import mapping_path
from tasks.intake.inbox import safe_name
from tasks.resources import resources
from tasks.stock.feedback_intake import KIND, content_key

_LONGEST_NAME = 100
_LONGEST_ID = 200


class Receipt(StrEnum):
    """What was done with a message."""

    TAKEN = "taken"
    AGAIN = "again"
    OTHER_CONTENT = "other content"


class BadMessageId(ValueError):
    """A message's id cannot name it."""

    def __init__(self) -> None:
        super().__init__(
            f"the message id must be 1 to {_LONGEST_ID} characters that can be printed"
        )


def receive(body: bytes, *, message_id: str) -> Receipt:
    """Put the message into the inbox, unless it is there or was booked in full.

    One that was taken and of which rows were refused is taken again: what was booked
    counts as duplicate. Raises BadMessageId, OSError.
    """
    if not 0 < len(message_id) <= _LONGEST_ID or not message_id.isprintable():
        raise BadMessageId
    if _was_booked(body):
        return Receipt.AGAIN
    folder = resources().settings.home / "inbox" / KIND
    name = _file_name(message_id, body)
    if drop_file(folder, name, body):
        return Receipt.TAKEN
    return _beside(folder / name, body)


def _beside(path: Path, body: bytes) -> Receipt:
    """Say whether what waits under the name is the same."""
    try:
        waits = path.read_bytes()
    except FileNotFoundError:  # taken by the delivery step a moment ago
        return Receipt.AGAIN
    return Receipt.AGAIN if waits == body else Receipt.OTHER_CONTENT


def _was_booked(body: bytes) -> bool:
    with reading(resources().engine) as connection:
        known = known_file(connection, kind=KIND, sha256=content_key(body, _mapping()))
    return known is not None and known.state == "archived" and not known.rejected


def _mapping() -> Mapping:
    """Return the inbox's mapping; the delivery step tells of one that is wrong."""
    try:
        return load_mapping(mapping_path(KIND), fields=FEEDBACK_COLUMNS)
    except (InvalidMapping, CannotOpen):
        return OWN


def _file_name(message_id: str, body: bytes) -> str:
    """Make a harmless name; ids that differ in other signs keep names of their own."""
    ending = "json" if is_json(body) else "xml" if is_xml(body) else "csv"
    digest = sha256(message_id.encode()).hexdigest()[:8]
    return f"http-{safe_name(message_id)[:_LONGEST_NAME]}-{digest}.{ending}"
