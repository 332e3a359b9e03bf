"""Does a payment term that comes in give more time than the law allows?

The law of the customer's country counts. What no agreement can give is refused when it
is entered; what stands already, or what the parties may agree on, is only told.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from adv_domain.policies import Policy
from adv_domain.rules.faults import LONG_TERMS, FieldFault
from adv_domain.rules.terms.legal_cap_table import BUSINESS
from adv_domain.rules.terms.legal_caps import (
    Excess,
    beyond_strict_laws,
    excess,
    excess_words,
    legal_cap,
    limit_words,
)
from adv_domain.rules.terms.terms import PaymentTerm
from adv_domain.store.intake.customers import StandingCustomer, holders_of_terms
from adv_domain.store.intake.payment_terms import term_codes, term_definitions
from tasks.intake.checked_rows import CheckedRow
from tasks.orders.terms import readable_terms

_BUYER = ("payment_terms", "country", "party_kind")


def beyond_the_law(
    connection: Connection,
    rows: Sequence[CheckedRow],
    standing: Mapping[str, StandingCustomer],
    on: date,
) -> list[FieldFault | None]:
    """Tell for each customer whether his term, given or standing, is too long."""
    buyers = [_buyer(row, given, standing.get(row["code"])) for row, given in rows]
    terms = readable_terms(term_definitions(connection, {code for code, *_ in buyers}))
    found: list[FieldFault | None] = []
    for (row, _), buyer in zip(rows, buyers, strict=True):
        code, country, party_kind = buyer
        cap = legal_cap(country, party_kind, on)
        beyond = excess(terms[code], cap) if cap and code in terms else None
        stands = buyer == _of_standing(standing.get(row["code"]))
        found.append(_fault(code, beyond, stands=stands) if beyond else None)
    return found


def _buyer(
    row: Mapping[str, Any], given: Collection[str], standing: StandingCustomer | None
) -> tuple[str, ...]:
    """Return term, country and kind as they will be once the row is written."""
    return tuple(
        row[name] if standing is None or name in given else getattr(standing, name)
        for name in _BUYER
    )


def _of_standing(standing: StandingCustomer | None) -> tuple[str, ...] | None:
    if standing is None:
        return None
    return tuple(getattr(standing, name) for name in _BUYER)


def _fault(code: str, beyond: Excess, *, stands: bool) -> FieldFault:
    told = f"{code} {excess_words(beyond)}"
    if beyond.cap.can_be_agreed:
        message = f"{told}, more only by express agreement: keep it on file"
        return "payment_terms", LONG_TERMS, message
    message = f"{told}: give the customer a shorter term"
    return "payment_terms", LONG_TERMS if stands else "terms_over_cap", message


def long_terms(
    connection: Connection, rows: Sequence[CheckedRow], on: date
) -> list[FieldFault | None]:
    """Tell in which countries no business may be given a term that comes in.

    One that changes is refused where a customer who has it may not be given so long.
    """
    forms = {row["code"]: row["definition"] for row, _ in rows}
    terms = readable_terms(forms)
    before = term_definitions(connection, list(forms))
    changed = [code for code in terms if code in before and before[code] != forms[code]]
    holders = holders_of_terms(connection, changed)
    return [
        _held_too_long(terms.get(row["code"]), holders.get(row["code"], ()), on)
        or _told(terms.get(row["code"]), on)
        for row, _ in rows
    ]


def _held_too_long(
    term: PaymentTerm | None, holders: Iterable[tuple[str, str]], on: date
) -> FieldFault | None:
    for country, party_kind in holders:
        cap = legal_cap(country, party_kind, on)
        beyond = excess(term, cap) if term and cap else None
        if beyond and not beyond.cap.can_be_agreed:
            message = (
                f"line {beyond.line_no} {excess_words(beyond)}, and customers there "
                "have this term: import the longer one under a code of its own"
            )
            return "definition", "terms_over_cap", message
    return None


def _told(term: PaymentTerm | None, on: date) -> FieldFault | None:
    beyond = beyond_strict_laws(term, on=on) if term else []
    if not beyond:
        return None
    limits = ", ".join(
        f"{one.cap.law.country} {limit_words(one.cap)}" for one in beyond
    )
    message = (
        f"leaves up to {beyond[0].days} days to pay, which the law does not allow in "
        f"{limits}: give it to no customer there"
    )
    return "definition", LONG_TERMS, message


def wrong_default(connection: Connection, policy: Policy, *, on: date) -> str | None:
    """Tell what is wrong with the term that stands in where a file names none."""
    code = policy.intake.default_payment_terms
    if code not in term_codes(connection):
        return f"{code} is not known: adv import payment_terms FILE, or name another"
    return unlawful_default(connection, policy, on=on)


def unlawful_default(connection: Connection, policy: Policy, *, on: date) -> str | None:
    """Tell why no business in the company's country may be given the term that stands
    in where a file names none."""
    code = policy.intake.default_payment_terms
    term = readable_terms(term_definitions(connection, [code])).get(code)
    cap = legal_cap(policy.company.country, BUSINESS, on)
    beyond = excess(term, cap) if term and cap else None
    if beyond is None or beyond.cap.can_be_agreed:
        return None
    return f"{code} {excess_words(beyond)}: name a shorter term"
