"""Which codes of a partner's cells can be told in ours?"""

from collections.abc import Iterator, Sequence
from functools import cache

from adv_domain.files.suggesting.guesses import Guess
from adv_domain.files.suggesting.looks import look_of
from adv_domain.files.suggesting.names import plain
from adv_domain.rules.countries import COUNTRIES

_LANGUAGES = ("en", "es", "fr")
_MOST = 40
_UNITS = {
    "PCE": "pc pcs pce piece pieces each ea ud uds unidad unidades pieza piezas pza "
    "unite unites u stk",
    "KGM": "kg kgs kilo kilos kilogram kilogramo kilogramme",
    "GRM": "g gr gram gramo gramme",
    "LTR": "l lt ltr litre liter litro litros litres",
    "MTR": "m mt metre meter metro metros metres",
    "BX": "box boxes caja cajas carton cartons boite boites",
    "PR": "pair pairs par pares paire paires",
    "SET": "set sets juego juegos jeu",
    "HUR": "h hour hours hora horas heure heures",
}
# what people write where the standard's names and codes say otherwise
_SPOKEN_COUNTRIES = {
    "GB": "uk england scotland wales inglaterra angleterre",
    "US": "usa",
    "NL": "holland holanda hollande",
}
_UNIT_OF = {word: code for code, words in _UNITS.items() for word in words.split()}


def code_table(guessed: Guess) -> dict[str, str | None]:
    """Return the partner's codes with ours, None for one that nobody can tell.

    Only units and countries are looked at; codes that are ours already are left out.
    """
    theirs = sorted({cell for cell in guessed.column.cells if cell})[:_MOST]
    if guessed.field.name == "unit":
        return dict(_told(theirs, _UNIT_OF, known=frozenset(_UNITS)))
    if look_of(guessed.field) == "country":
        return dict(_told(theirs, _country_names(), known=COUNTRIES))
    return {}


def _told(
    theirs: Sequence[str], names: dict[str, str], *, known: frozenset[str]
) -> Iterator[tuple[str, str | None]]:
    for code in theirs:
        if code.upper() not in known:
            yield code, names.get(plain(code))


@cache
def _country_names() -> dict[str, str]:
    # loads the names of all languages asked: only where a proposal is made
    from babel import Locale

    spoken = {
        word: code
        for code, words in _SPOKEN_COUNTRIES.items()
        for word in words.split()
    }
    official = {
        plain(name): code
        for language in _LANGUAGES
        for code, name in Locale(language).territories.items()
        if code in COUNTRIES
    }
    return spoken | official
