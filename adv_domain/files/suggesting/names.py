"""Which of our columns may a partner's column name mean?"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from adv_domain.bundled import bundled_path

_LANGUAGES = {"en": "English", "es": "Spanish", "fr": "French"}
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_FILLERS = frozenset(
    "de du des d la le les l el los las del the of a en por par".split()
)
_ONE_WORD = {
    **dict.fromkeys(("n", "num", "nr", "nro", "number", "numero", "numer"), "no"),
    **dict.fromkeys(("reference", "referencia", "referencias"), "ref"),
}
# a sum over lines or the whole order is no price of one
_SUMS = frozenset("total subtotal sum importe montant amount ttc gross".split())
_LONGEST = 80
_ALIKE = 0.84


@dataclass(frozen=True, slots=True)
class NameGuess:
    """How well a column's name fits a column of ours, from 0 to 1, and why."""

    score: float
    why: str


NO_GUESS = NameGuess(0.0, "")


@cache
def _words() -> Mapping[str, Mapping[str, Mapping[str, list[str]]]]:
    path = bundled_path("deployments") / "mappings" / "column_words.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def plain(name: str) -> str:
    """Return the words of a name as they are compared."""
    letters = unicodedata.normalize("NFKD", _apart(name)[:_LONGEST]).casefold()
    bare = "".join(sign for sign in letters if not unicodedata.combining(sign))
    words = (_ONE_WORD.get(word, word) for word in _NOT_A_WORD.split(bare) if word)
    return " ".join(word for word in words if word not in _FILLERS)


def _apart(name: str) -> str:
    # OrderDate and orderDate are two words, SKU is one
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)


def known_names(kind: str, field: str) -> Iterator[tuple[str, str]]:
    """Yield (name, language) of what a column of ours is called by partners."""
    for table in (kind, "any"):
        for language, names in _words().get(table, {}).get(field, {}).items():
            for name in names:
                yield name, _LANGUAGES[language]


def guess(kind: str, field: str, name: str) -> NameGuess:
    """Tell how well a column's name fits one of ours."""
    theirs = plain(name)
    if not theirs:
        return NO_GUESS
    if theirs == plain(field):
        return NameGuess(1.0, "has our name")
    best = NO_GUESS
    for at, (known, language) in enumerate(known_names(kind, field)):
        found = _compared(theirs, plain(known), known, language)
        # of equal ones, the first that the list names
        score = found.score - at / 10_000
        if found.score and score > best.score:
            best = NameGuess(score, found.why)
    return best


def _compared(theirs: str, known: str, shown: str, language: str) -> NameGuess:
    if theirs == known:
        return NameGuess(0.98, f'is {language} for it ("{shown}")')
    their_words, words = set(theirs.split()), set(known.split())
    if (their_words ^ words) & _SUMS:
        return NO_GUESS
    if their_words == words:
        return NameGuess(0.95, f'is like {language} "{shown}"')
    ratio = SequenceMatcher(None, theirs, known).ratio()
    if ratio >= _ALIKE:
        return NameGuess(0.7 + 0.2 * ratio, f'is spelled like {language} "{shown}"')
    if words < their_words:
        share = len(known) / len(theirs)
        return NameGuess(0.6 + 0.3 * share, f'contains {language} "{shown}"')
    return NO_GUESS
