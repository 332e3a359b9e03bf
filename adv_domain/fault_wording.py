"""What do an order's faults and its prices say, in the reader's language?"""

import tomllib
from collections.abc import Mapping
from functools import cache
from string import Formatter

from adv_domain.bundled import bundled_path
from adv_domain.rules.orders.agreement_name import agreement_parts
from adv_domain.rules.orders.master_data import is_given_term

_FALLBACK = "en"
_BETWEEN = {"fr": " ; "}
_NESTED = {
    "agreement": "",
    "terms": "",
    "dates": "date",
    "weekdays": "weekday",
    "countries": "country",
    "sentences": "",
}


def fault_text(message: str, clash: Mapping[str, str], *, language: str) -> str:
    """Say what is wrong, with the values that clash, in es, en or fr (else English).

    message is the key of the sentence in templates/faults; clash holds plain texts
    (ISO dates, decimals with a point), which the sentence's forms write as the
    language does: {x:money} in the currency that the value currency names,
    {x:money:y} in that of the value y.
    """
    sentence = _sentences(language).get(message) or _sentences(_FALLBACK)[message]
    return _Writer(clash, language).format(sentence)


def price_source_text(source: str, *, language: str) -> str:
    """Say where a line's price comes from (adv_domain/rules/orders/prices.py).

    What an older version wrote is said as it stands.
    """
    origin, _, name = source.partition(" ")
    message = f"price_source.{origin}.{'agreed' if name else 'alone'}"
    if message not in _sentences(_FALLBACK) or (name and not agreement_parts(name)):
        return source
    return fault_text(message, {"agreement": name}, language=language)


def agreement_text(name: str, *, language: str) -> str:
    """Say which agreement it is, and what its discount comes off."""
    parts = agreement_parts(name)
    if parts is None:
        return name
    said = [
        ", ".join(
            fault_text(f"agreement.{kind}", words, language=language) for kind in words
        )
        for words in parts
    ]
    text = said.pop()
    while said:
        chain = {"discount": said.pop(), "base": text}
        text = fault_text("agreement.off", chain, language=language)
    return text


@cache
def _sentences(language: str) -> Mapping[str, str]:
    path = bundled_path("templates") / "faults" / f"{language}.toml"
    if not path.is_file():
        return {} if language == _FALLBACK else _sentences(_FALLBACK)
    return tomllib.loads(path.read_text(encoding="utf-8"))


class _Writer(Formatter):
    """Puts the values of one fault into a sentence."""

    def __init__(self, clash: Mapping[str, str], language: str) -> None:
        self._clash = clash
        self._language = language

    def get_value(self, key: int | str, args: object, kwargs: object) -> str:  # noqa: ARG002  # Formatter's signature
        return self._clash.get(str(key), "?")

    def format_field(self, value: str, form: str) -> str:
        if not form or value == "?":
            return value
        if form in _NESTED:
            return self._nested(value, form)
        # babel costs start-up time, which only a screen with faults pays
        from adv_domain.value_wording import value_text

        form, _, of = form.partition(":")
        currency = self._clash.get(of or "currency", "?")
        return value_text(value, form, currency=currency, language=self._language)

    def _nested(self, value: str, form: str) -> str:
        """Write a value that is made of others: an agreement, sentences, a list."""
        if form == "agreement":
            return agreement_text(value, language=self._language)
        if form == "terms" and is_given_term(value):
            return fault_text("terms.given", {}, language=self._language)
        if form == "terms":
            return value
        parts = value.split(",")
        if form == "sentences":
            said = (
                fault_text(part, self._clash, language=self._language) for part in parts
            )
            return _BETWEEN.get(self._language, "; ").join(said)
        from adv_domain import wording

        locale = wording.locale_of(self._language)
        said_one = [self.format_field(part, _NESTED[form]) for part in parts]
        return wording.listed(said_one, locale=locale)
