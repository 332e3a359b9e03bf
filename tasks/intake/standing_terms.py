"""Do the payment terms that stand, and the customers who have them, keep to the law?

What comes in is checked at the door; a law that changes, or a term of an older day, is
seen here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from adv_domain.rules.terms.legal_caps import excess, excess_words, legal_cap
from adv_domain.rules.terms.term_reach import entered_term, reach
from adv_domain.rules.terms.terms import PaymentTerm, TermError
from adv_domain.store.intake.payment_terms import TermHolders, all_terms, term_holders


@dataclass(frozen=True, slots=True)
class StandingTerm:
    """A term with what is wrong with it and what the parties must have agreed on."""

    code: str
    name: str
    longest_days: int
    customers: int
    wrong: list[str]
    told: list[str]


def standing_terms(connection: Connection, *, on: date) -> list[StandingTerm]:
    """Look at every term, those of customers that nobody knows too; two statements."""
    holders: dict[str, list[TermHolders]] = {}
    for one in term_holders(connection):
        holders.setdefault(one.code, []).append(one)
    terms = all_terms(connection)
    known = {row.code for row in terms}
    found = [
        _looked_at(row.code, row.name, row.definition, holders.get(row.code, ()), on)
        for row in terms
    ]
    return found + [
        StandingTerm(code, "", 0, _count(of), ["no such term: import it"], [])
        for code, of in sorted(holders.items())
        if code not in known
    ]


def _looked_at(
    code: str, name: str, form: object, holders: Iterable[TermHolders], on: date
) -> StandingTerm:
    holders = list(holders)
    try:
        term = entered_term(form)
    except TermError as error:
        return StandingTerm(code, name, 0, _count(holders), [str(error)], [])
    found = StandingTerm(code, name, reach(term).longest_days, _count(holders), [], [])
    for one in holders:
        _hold_against(found, term, one, on)
    return found


def _hold_against(
    found: StandingTerm, term: PaymentTerm, of: TermHolders, on: date
) -> None:
    cap = legal_cap(of.country, of.party_kind, on)
    beyond = excess(term, cap) if cap else None
    if beyond is None:
        return
    others = f" and {of.count - 1} more" if of.count > 1 else ""
    whose = f"{of.first_code}{others}"
    text = f"line {beyond.line_no} {excess_words(beyond)}: {whose}"
    if beyond.cap.can_be_agreed:
        found.told.append(f"{text}: keep the express agreement on file")
    else:
        found.wrong.append(text)


def _count(holders: Iterable[TermHolders]) -> int:
    return sum(one.count for one in holders)
