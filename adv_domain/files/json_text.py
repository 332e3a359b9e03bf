"""What does the text of a JSON file say, numbers as they are written?"""

import json
from collections.abc import Sequence
from typing import Any


class UnreadableJson(ValueError):
    """The bytes are no JSON that can be trusted; code and message become the fault."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def parsed_json(data: bytes) -> Any:
    """Return what the JSON says; numbers, NaN among them, are texts.

    Raises UnreadableJson for what is damaged, nested without end, or says a key twice.
    """
    try:
        text = data.decode(json.detect_encoding(data))
        return json.loads(
            text.removeprefix("\ufeff"),
            parse_int=str,
            parse_float=str,
            parse_constant=str,
            object_pairs_hook=_once_each,
        )
    except UnicodeError as error:
        message = "is not text in UTF-8; write it in that encoding"
        raise UnreadableJson("wrong_encoding", message) from error
    except RecursionError as error:
        message = "is nested too deeply; send it in our form"
        raise UnreadableJson("not_json", message) from error
    except json.JSONDecodeError as error:
        message = f"is no sound JSON ({error}); it is damaged or cut off: send it again"
        raise UnreadableJson("not_json", message) from error


def _once_each(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        key.encode()  # half a character, which JSON can escape, is no text
        if key in found:
            message = f"says {key[:80]!r} twice in one object; leave one of them"
            raise UnreadableJson("repeated_key", message)
        found[key] = value
    return found
