"""For which reasons does the company correct its invoices, and what does each do?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from annotated_types import MaxLen

from adv_domain.policy_file import PolicyMistake, Section
from adv_domain.rules.credits.credit_reasons import (
    BUILT_IN,
    OF_THE_SYSTEM,
    CreditReason,
)

ErrorType = Literal[
    "price",
    "deadline",
    "quantity",
    "customer",
    "product",
    "address",
    "terms",
    "duplicate",
    "currency",
    "tax",
    "none",
]
_Words = Annotated[str, MaxLen(80)]
_CODE = re.compile(r"[a-z][a-z0-9_]{0,19}")
_KEY = "credit_reasons"


@dataclass(frozen=True, slots=True)
class CreditReasons(Section):
    """A reason of the company's own, or what it changes of a built-in one.

    What is left out stays as it is built in.
    """

    es: _Words = ""
    en: _Words = ""
    fr: _Words = ""
    entry_error: ErrorType | None = None
    rebill: bool | None = None
    needs_goods: bool | None = None
    use: bool = True

    @property
    def names(self) -> dict[str, str]:
        given = {"es": self.es, "en": self.en, "fr": self.fr}
        return {language: name for language, name in given.items() if name}


def credit_reasons(own: Mapping[str, CreditReasons]) -> dict[str, CreditReason]:
    """Return the reasons in use by code: the built-in ones first."""
    made = {code: _made(code, own[code]) for code in own if own[code].use}
    left_out = {code for code in own if not own[code].use}
    kept = {code: one for code, one in BUILT_IN.items() if code not in left_out}
    return {**kept, **made}


def reason_mistakes(own: Mapping[str, CreditReasons]) -> list[PolicyMistake]:
    """Return what cannot be of the company's own reasons."""
    found = []
    for code, one in own.items():
        missing = ", ".join(sorted({"es", "en", "fr"} - one.names.keys()))
        if not _CODE.fullmatch(code):
            why = "a code is at most 20 small letters, digits and _, a letter first"
            found.append(PolicyMistake(f"{_KEY}.{code}", why))
        elif code not in BUILT_IN and missing:
            why = f"give it a name in each language; missing: {missing}"
            found.append(PolicyMistake(f"{_KEY}.{code}", why))
        if code in OF_THE_SYSTEM and not one.use:
            why = "credit notes are made for it without a person: it stays in use"
            found.append(PolicyMistake(f"{_KEY}.{code}.use", why))
    return found


def _made(code: str, own: CreditReasons) -> CreditReason:
    known = BUILT_IN.get(code, CreditReason(code))
    error_type = known.error_type if own.entry_error is None else own.entry_error
    return replace(
        known,
        names=own.names,
        error_type="" if error_type == "none" else error_type,
        rebills=known.rebills if own.rebill is None else own.rebill,
        needs_goods=known.needs_goods if own.needs_goods is None else own.needs_goods,
    )
