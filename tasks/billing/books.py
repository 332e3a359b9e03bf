"""What does posting look up, and when does a document fall due by it?"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row

from adv_domain.calendars import calendar_of
from adv_domain.rules.billing.posting import Draft, Due, term_base_of
from adv_domain.rules.calendar_rules import PLAIN_CALENDAR, Calendar
from adv_domain.rules.terms.legal_caps import bounds_of, legal_cap
from adv_domain.rules.terms.term_dates import (
    calendar_years,
    discount_date,
    explained_dates,
)
from adv_domain.rules.terms.term_form import term_from_text
from adv_domain.rules.terms.terms import PaymentTerm
from adv_domain.store.billing import posting as store
from adv_domain.store.company import COMPANY_ID
from tasks.resources import resources


class _Conditions(NamedTuple):
    """All that the due dates of an invoice hang on."""

    terms: str
    country: str
    region: str | None
    party_kind: str
    base_on: date
    issued_on: date
    first_supplied_on: date
    supplied_on: date


class TermUnknown(ValueError):
    """A customer or order names payment terms that do not exist."""

    def __init__(self, code: str) -> None:
        super().__init__(
            f"payment terms {code!r} are not known; enter them with "
            "adv import payment_terms FILE, then run invoicing again"
        )


class TermsOverCap(ValueError):
    """A document's due dates go beyond the law, and the policy lets none pass."""

    def __init__(self, *, code: str, shortened: str) -> None:
        super().__init__(
            f"payment terms {code!r} go beyond the law: {shortened}; give the order or "
            "customer shorter ones, or let the policy shorten them "
            "([invoicing] terms_over_cap), then run invoicing again"
        )


@dataclass(frozen=True, slots=True)
class Books:
    """What every posting of a batch looks up, read once; terms are parsed once, and
    what falls due on equal conditions is computed once."""

    company: Row[Any]
    buyers: Mapping[int, Row[Any]]
    terms: Mapping[str, Row[Any]]
    parsed: dict[str, PaymentTerm] = field(default_factory=dict)
    dated: dict[_Conditions, Due] = field(default_factory=dict)


def read_books(connection: Connection, customer_ids: Sequence[int]) -> Books:
    """Read what posting to these customers looks up, in three statements."""
    return Books(
        company=store.read_company(connection, COMPANY_ID),
        buyers=store.read_buyers(connection, list(set(customer_ids))),
        terms=store.read_terms(connection),
    )


def term_of(books: Books, code: str) -> PaymentTerm:
    """Return the parsed payment term; raises TermUnknown and TermError."""
    if (known := books.parsed.get(code)) is not None:
        return known
    row = books.terms.get(code)
    if row is None:
        raise TermUnknown(code)
    term = books.parsed[code] = term_from_text(json.dumps(row.definition))
    return term


def due_of(books: Books, draft: Draft, *, issued_on: date) -> Due:
    """Return when an invoice of that date falls due, the law regarded.

    Raises TermUnknown, TermError where a due date lies before the base date, and
    TermsOverCap where the policy sets aside what the law shortens.
    """
    term, buyer = term_of(books, draft.payment_terms), books.buyers[draft.customer_id]
    asked = _Conditions(
        draft.payment_terms,
        buyer.country,
        buyer.calendar_region,
        buyer.party_kind,
        term_base_of(draft, term=term, issued_on=issued_on),
        issued_on,
        draft.first_supplied_on,
        draft.supplied_on,
    )
    if (known := books.dated.get(asked)) is None:
        known = books.dated[asked] = _due(term, asked)
    return known


def _due(term: PaymentTerm, asked: _Conditions) -> Due:
    dates = explained_dates(
        term=term,
        base_on=asked.base_on,
        calendar=_calendar(term, asked),
        bounds=bounds_of(
            legal_cap(asked.country, asked.party_kind, asked.issued_on),
            issued_on=asked.issued_on,
            first_supplied_on=asked.first_supplied_on,
            supplied_on=asked.supplied_on,
        ),
    )
    shortened = next((due.shortened for due in dates if due.shortened), "")
    if shortened and resources().policy.invoicing.terms_over_cap == "set_aside":
        raise TermsOverCap(code=asked.terms, shortened=shortened)
    early = discount_date(term=term, base_on=asked.base_on, earliest_on=asked.issued_on)
    return Due(dates, early, shortened)


def _calendar(term: PaymentTerm, asked: _Conditions) -> Calendar:
    years = calendar_years(term=term, base_on=asked.base_on)
    return calendar_of(asked.country, asked.region, years) if years else PLAIN_CALENDAR
