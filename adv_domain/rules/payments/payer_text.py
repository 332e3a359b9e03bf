"""Which of our document numbers does a payer's text name?

Payers write numbers with other separators, glued to words and several in one
text. The text is cut into runs of letters and runs of digits; runs that stand
side by side and together spell a number, longest first, name it.
"""

import re
from collections.abc import Collection, Iterator

_RUN = re.compile(r"[A-Z]+|[0-9]+")
_WORD_WITH_DIGIT = re.compile(r"[^\s0-9]*[0-9]\S*")
_EDGES = ".,;:()[]{}<>'\"#*?!"
_LONGEST_NUMBER = 30
_MOST_RUNS = 8
_SHORTEST = 2


def spelled_numbers(
    text: str, known: Collection[str], *, starts: Collection[str]
) -> tuple[str, ...]:
    """Return the known numbers that the text spells, each once, in text order.

    known holds normalised numbers (capital letters and digits only), starts their
    first characters. No run of the text serves two numbers: the longest number
    from the left takes it.
    """
    found: dict[str, None] = {}
    taken = 0
    for start, spelling, stop in _spellings(text.upper(), starts):
        if start >= taken and spelling in known:
            found[spelling] = None
            taken = stop
    return tuple(found)


def spellings_with_prefix(text: str, prefixes: tuple[str, ...]) -> set[str]:
    """Return every spelling that could be a number of a series, for a look-up.

    prefixes are the normalised beginnings of the company's numbers.
    """
    starts = {prefix[:1] for prefix in prefixes}
    return {
        spelling
        for _start, spelling, _stop in _spellings(text.upper(), starts)
        if spelling.startswith(prefixes)
    }


def words_with_digits(text: str) -> set[str]:
    """Return the words that may be a number as it is printed, for a look-up."""
    words = (word.strip(_EDGES) for word in _WORD_WITH_DIGIT.findall(text))
    return {word for word in words if _SHORTEST <= len(word) <= 2 * _LONGEST_NUMBER}


def is_weak_number(number: str) -> bool:
    """Tell whether a number is so plain that a text may hold it by chance.

    Up to eight digits alone can be a date, an order or a customer number.
    """
    return number.isdigit() and len(number) <= 8


def _spellings(text: str, starts: Collection[str]) -> Iterator[tuple[int, str, int]]:
    """Yield (first run, joined runs, run after), longest first from each run."""
    runs = _RUN.findall(text)
    for start, first in enumerate(runs):
        if first[0] not in starts:
            continue
        joined: list[tuple[str, int]] = []
        spelling = ""
        for stop in range(start, min(start + _MOST_RUNS, len(runs))):
            spelling += runs[stop]
            if len(spelling) > _LONGEST_NUMBER:
                break
            if runs[stop].isdigit():
                joined.append((spelling, stop + 1))
        for whole, after in reversed(joined):
            yield start, whole, after
