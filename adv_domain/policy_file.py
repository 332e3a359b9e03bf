"""What exactly is wrong in a policy file, and at which key?"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, ClassVar, TypeVar

from annotated_types import Ge, Le, MinLen

Amount = Annotated[Decimal, Ge(0)]
Rate = Annotated[Decimal, Ge(0), Le(1)]
Days = Annotated[int, Ge(0)]
Count = Annotated[int, Ge(1)]
Name = Annotated[str, MinLen(1)]
Shape = TypeVar("Shape")
WHOLE_FILE = "(file)"
_IN_WORDS = {
    "unexpected_keyword_argument": "this key is not known here",
    "missing": "this key is missing",
    "tuple_type": "must be a list: [...], or [[...]] before each section of it",
    "dataclass_type": "must be a section with keys of its own",
    "dict_type": "must be a section with keys of its own",
    "string_type": "must be a text in quotes",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "decimal_type": "must be a number such as 12.50",
    "decimal_parsing": "must be a number such as 12.50",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "string_too_short": "must not be empty",
    "too_short": "must have at least one entry",
}


class Section:
    """A part of the policy; a key that it does not know is a mistake."""

    __slots__ = ()
    __pydantic_config__: ClassVar[Mapping[str, str]] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class PolicyMistake:
    """One thing wrong in a policy file: the path of the key, and the remedy."""

    key: str
    message: str
    value: str = ""

    @property
    def shown_value(self) -> str:
        return f" (is {self.value!r})" if self.value else ""


class InvalidPolicy(ValueError):
    """A policy file says what cannot be; carries every mistake at once.

    Its words are one message for a person: the file, a line for each mistake, and
    what to do. A file that cannot be read at all is one line.
    """

    def __init__(
        self, mistakes: tuple[PolicyMistake, ...], *, path: Path | None = None
    ) -> None:
        super().__init__(_in_words(mistakes, str(path or "the policy")))
        self.mistakes = mistakes
        self.path = path


def _in_words(mistakes: tuple[PolicyMistake, ...], file: str) -> str:
    if [each.key for each in mistakes] == [WHOLE_FILE]:
        return f"{file}: {mistakes[0].message}"
    lines = [f"  {each.key}: {each.message}{each.shown_value}" for each in mistakes]
    count = f"{len(lines)} mistake{'s' if len(lines) > 1 else ''}"
    head = f"{file}: {count} in the policy"
    return "\n".join([head, *lines, f"check it with: adv policy check {file}"])


def read_toml(data: bytes, shape: type[Shape]) -> Shape:
    """Turn TOML into the given dataclass; raises InvalidPolicy with all mistakes."""
    # pydantic takes 0.1 s to import: only those who bring a file pay for it
    from pydantic import TypeAdapter, ValidationError

    try:
        content = tomllib.loads(data.decode("utf-8-sig"), parse_float=Decimal)
        return TypeAdapter(shape).validate_python(content)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        mistake = PolicyMistake(key=WHOLE_FILE, message=_unreadable(error))
        raise InvalidPolicy((mistake,)) from error
    except ValidationError as error:
        found = [
            PolicyMistake(
                key=_key_path(each["loc"]),
                message=_IN_WORDS.get(each["type"], _plain(each["msg"])),
                value=_shown(each["input"]),
            )
            for each in error.errors(include_url=False)
        ]
        raise InvalidPolicy(_causes(found)) from error


def _unreadable(error: Exception) -> str:
    """Begin with the line, as compilers do; the parser names it at the end."""
    text, _, place = str(error).rpartition(" (at ")
    where = re.match(r"line (\d+)", place)
    if where is None:
        return f"not readable as TOML: {error}"
    return f"line {where[1]}: not readable as TOML: {text}"


def _key_path(location: tuple[int | str, ...]) -> str:
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part + 1}]"
        elif part != "[key]":
            path += f".{part}" if path else part
    return path or WHOLE_FILE


def _plain(message: str) -> str:
    sentence = message.removeprefix("Value error, ")
    sentence = sentence.replace("Input should be", "must be", 1)
    return sentence[:1].lower() + sentence[1:]


def _shown(value: object) -> str:
    return "" if isinstance(value, dict | list | tuple) else str(value)


def _causes(found: list[PolicyMistake]) -> tuple[PolicyMistake, ...]:
    """Leave out what is only the echo of a mistake further down the same path."""
    keys = [each.key for each in found]
    return tuple(
        each
        for each in found
        if not any(key.startswith((f"{each.key}.", f"{each.key}[")) for key in keys)
    )
