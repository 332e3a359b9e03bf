"""Does a message to stock keep to the schema of the version that we write?"""

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adv_domain.rules.stock.handoff import SCHEMA_VERSION

if TYPE_CHECKING:
    from jsonschema_rs import Validator

FOLDER = Path(__file__).parent


class MessageInvalid(ValueError):
    """A message lacks what stock must know, or says it in no known form."""

    def __init__(self, *, message_id: str, where: str, problem: str) -> None:
        super().__init__(f"message {message_id}: {where}: {problem}")
        self.message_id = message_id
        self.where = where


def schema_of(version: int) -> dict[str, Any]:
    """Return the schema of a version."""
    text = (FOLDER / f"{version}.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def check_message(message: dict[str, Any]) -> None:
    """Raise MessageInvalid naming the first field that breaks the schema."""
    # loads only where messages are written
    from jsonschema_rs import ValidationError

    try:
        _validator(SCHEMA_VERSION).validate(message)
    except ValidationError as error:
        raise MessageInvalid(
            message_id=str(message.get("message_id")),
            where=".".join(str(part) for part in error.instance_path) or "message",
            problem=error.message,
        ) from error


@lru_cache
def _validator(version: int) -> "Validator":
    from jsonschema_rs import validator_for

    return validator_for(schema_of(version))
