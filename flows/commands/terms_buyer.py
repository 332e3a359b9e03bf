"""Whose law and days off does `adv terms preview` count with?"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import click

from adv_domain.rules.calendar_rules import PLAIN_CALENDAR, Calendar
from adv_domain.rules.terms.legal_caps import (
    beyond_strict_laws,
    bounds_of,
    excess,
    excess_words,
    legal_cap,
    limit_words,
)
from adv_domain.rules.terms.term_dates import UNBOUND, Bounds, calendar_years
from adv_domain.rules.terms.terms import PaymentTerm, TermError
from flows.commands.output import need_home


@dataclass(frozen=True, slots=True)
class Buyer:
    """Whose law and days off count, and since when he has the goods."""

    country: str | None
    region: str | None
    kind: str
    supplied_on: date | None


def buyer_of(*, customer: str | None, **given: Any) -> Buyer:
    """Return the buyer as the options say, or as the customer of that code stands."""
    if customer is None:
        return Buyer(**given)
    if given["country"] or given["region"]:
        message = "leave --country and --region out where --customer says whose"
        raise click.UsageError(message)
    # the database loads only when a customer is to be looked up
    from adv_domain.store.engine import reading
    from adv_domain.store.intake.customers import place_of_customer
    from tasks.resources import resources

    need_home()
    with reading(resources().engine) as connection:
        found = place_of_customer(connection, customer)
    if found is None:
        raise click.BadParameter(f"no customer has the code {customer!r}")
    return Buyer(*found, given["supplied_on"])


def legal_notes(term: PaymentTerm, base_on: date, buyer: Buyer) -> list[str]:
    """Tell where the law allows less; raises TermError where the buyer's forbids it."""
    if buyer.country is None:
        return [
            f"more than the law of {one.cap.law.country} allows a business: "
            f"{limit_words(one.cap)} ({one.cap.law.name})"
            for one in beyond_strict_laws(term, on=base_on)
        ]
    cap = legal_cap(buyer.country, buyer.kind, base_on)
    beyond = excess(term, cap) if cap else None
    if beyond is None:
        return []
    told = excess_words(beyond)
    if not beyond.cap.can_be_agreed:
        detail = f"{told}; give a shorter time"
        raise TermError(line_no=beyond.line_no, detail=detail)
    return [f"line {beyond.line_no}: {told}, more only by express agreement"]


def calendar_for(term: PaymentTerm, base_on: date, buyer: Buyer) -> Calendar:
    """Return his days off in the years in which the term falls due."""
    years = calendar_years(term=term, base_on=base_on)
    if buyer.country is None or not years:
        return PLAIN_CALENDAR
    # holidays are 0.2 s to import, and few terms roll
    from adv_domain.calendars import calendar_of

    return calendar_of(buyer.country, buyer.region, years)


def bounds_for(base_on: date, buyer: Buyer) -> Bounds:
    """Return between which days an invoice of the base date may fall due."""
    if buyer.country is None:
        return UNBOUND
    supplied_on = buyer.supplied_on or base_on
    return bounds_of(
        legal_cap(buyer.country, buyer.kind, base_on),
        issued_on=base_on,
        first_supplied_on=supplied_on,
        supplied_on=supplied_on,
    )
