"""What exactly is wrong in a policy file, and at which key?"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, ClassVar, TypeVar

from annotated_types import Ge, Le, MinLen

Amount = Annotated[Decimal, Ge(0)]
Rate = Annotated[Decimal, Ge(0), Le(1)]
Days = Annotated[int, Ge(0)]
Count = Annotated[int, Ge(1)]
Name = Annotated[str, MinLen(1)]
Shape = TypeVar("Shape")
_IN_WORDS = {
    "unexpected_keyword_argument": "this key is not known here",
    "missing": "this key is missing",
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


class InvalidPolicy(ValueError):
    """A policy file says what cannot be; carries every mistake at once."""

    def __init__(self, mistakes: tuple[PolicyMistake, ...]) -> None:
        super().__init__("; ".join(f"{each.key}: {each.message}" for each in mistakes))
        self.mistakes = mistakes


def read_toml(data: bytes, shape: type[Shape]) -> Shape:
    """Turn TOML into the given dataclass; raises InvalidPolicy with all mistakes."""
    # pydantic takes 0.1 s to import: only those who bring a file pay for it
    from pydantic import TypeAdapter, ValidationError

    try:
        content = tomllib.loads(data.decode("utf-8-sig"), parse_float=Decimal)
        return TypeAdapter(shape).validate_python(content)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        mistake = PolicyMistake(key="(file)", message=f"not readable as TOML: {error}")
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


def _key_path(location: tuple[int | str, ...]) -> str:
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part + 1}]"
        elif part != "[key]":
            path += f".{part}" if path else part
    return path or "(file)"


def _plain(message: str) -> str:
    sentence = message.removeprefix("Value error, ")
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
