"""Which segments does an EDIFACT interchange hold, by its own signs and encoding?"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from adv_domain.files.orders.stated import Given
from adv_domain.files.text import refused

_UNA_LENGTH = 9
_RELEASE, _KEPT_FOR_LATER = 3, 4
_SYNTAX = re.compile(rb"UNB.([A-Z]{4})", re.DOTALL)
_ENCODINGS = {
    b"UNOC": "iso8859-1",
    b"UNOD": "iso8859-2",
    b"UNOE": "iso8859-5",
    b"UNOF": "iso8859-7",
    b"UNOG": "iso8859-3",
    b"UNOH": "iso8859-4",
    b"UNOI": "iso8859-6",
    b"UNOJ": "iso8859-8",
    b"UNOK": "iso8859-9",
    b"UNOW": "utf-8",
    b"UNOX": "iso2022_jp",
    b"UNOY": "utf-8",
}
_SHOWN = 120


class Segment(NamedTuple):
    """A segment: its tag, its elements as lists of components, its place in the file.

    The place counts segments from 1, the UNA not counted, as EDIFACT itself does.
    """

    tag: str
    elements: list[list[str]]
    place: int

    def part(self, element: int, component: int = 0) -> str:
        """Return a component, empty where the segment ends before it."""
        if element > len(self.elements):
            return ""
        parts = self.elements[element - 1]
        return parts[component].strip() if component < len(parts) else ""

    def given(self, element: int, component: int = 0) -> Given:
        """Return a component with its place: QTY/1.2 is the second of element 1."""
        path = f"{self.tag}/{element}.{component + 1}"
        return Given(self.part(element, component), self.place, path)


def segments_of(name: str, data: bytes) -> Iterator[Segment]:
    """Yield the segments; raises FileRefused for what is no sound EDIFACT."""
    # costs 30 ms at start-up, and most commands read no EDIFACT
    from pydifact.control.characters import Characters
    from pydifact.exceptions import EDISyntaxError
    from pydifact.parser import Parser, TokenIterator
    from pydifact.tokenizer import Tokenizer

    text = _decoded(name, data)
    characters = Characters()  # type: ignore[no-untyped-call]  # untyped there
    if text.startswith("UNA"):
        characters = Characters.from_str(_checked_una(name, text))
        text = text[_UNA_LENGTH:].lstrip()
    # the parser's own way in looks for a UNA in the midst of the text, and would drop
    # all that stands before one that a customer wrote in a note
    tokens = TokenIterator(Tokenizer().get_tokens(text, characters))
    place = 0
    try:
        for place, raw in enumerate(
            Parser().convert_tokens_to_raw_segments(tokens), start=1
        ):
            tag, *elements = (
                [each] if isinstance(each, str) else list(each) for each in raw
            )
            yield Segment(tag[0].strip().upper(), elements, place)
    except EDISyntaxError as error:
        told = str(error)[:_SHOWN]
        message = (
            f"breaks off or is damaged after segment {place} ({told}); "
            "send it again, whole"
        )
        raise refused(name, "not_edifact", message) from error


def _checked_una(name: str, text: str) -> str:
    """Return the UNA; its signs must differ from each other and from what is text."""
    una = text[:_UNA_LENGTH]
    signs = una[3:]
    apart = [sign for at, sign in enumerate(signs) if at != _KEPT_FOR_LATER]
    is_text = any(sign.isalnum() for sign in signs)
    if len(una) < _UNA_LENGTH or is_text or len(set(apart)) < len(apart):
        message = "begins with a UNA whose signs cannot be told apart; correct it"
        raise refused(name, "wrong_signs", message, una)
    # a space as release sign says that there is none
    return una if signs[_RELEASE] != " " else f"{una[:6]}\0{una[7:]}"


def _decoded(name: str, data: bytes) -> str:
    """Decode by the syntax that the UNB names; UNOA and UNOB should be plain ASCII."""
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    syntax = _SYNTAX.search(data[:64])
    encoding = _ENCODINGS.get(syntax[1], "ascii") if syntax else "ascii"
    tried = (encoding, "utf-8", "cp1252") if encoding == "ascii" else (encoding,)
    for one in tried:
        try:
            return data.decode(one)
        except UnicodeError:
            continue
    message = (
        f"is not written in {encoding}, as its UNB says; correct the one or the other"
    )
    raise refused(name, "wrong_encoding", message)
