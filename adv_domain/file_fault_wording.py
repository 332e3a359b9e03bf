"""What does a fault of a file say to its sender, in his language: wrong, and to do?"""

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from adv_domain.bundled import bundled_path
from adv_domain.rules.faults import FileFault

_ENGLISH = "en"
_REMEDY_AFTER = "; "


class SaidFault(NamedTuple):
    """A fault in the reader's words: what is wrong, and what to do about it."""

    wrong: str
    todo: str


def said_fault(fault: FileFault, *, language: str) -> SaidFault:
    """Say a fault in es, en or fr (else English).

    Its own message is English and the most precise: where the language has no words
    for its code, that is what is said.
    """
    wrong, found, todo = fault.message.rpartition(_REMEDY_AFTER)
    exact = SaidFault(wrong, todo) if found else SaidFault(fault.message, "")
    if language != _ENGLISH and (words := _words(language).get(fault.code)):
        return SaidFault(words["wrong"], words["todo"])
    if not exact.todo and (words := _words(_ENGLISH).get(fault.code)):
        return SaidFault(exact.wrong, words["todo"])
    return exact


@cache
def _words(language: str) -> Mapping[str, Mapping[str, str]]:
    path = bundled_path("templates") / "file_faults" / f"{language}.toml"
    if not path.is_file():
        return {}
    return tomllib.loads(path.read_text(encoding="utf-8"))
