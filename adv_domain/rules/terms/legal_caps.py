"""Does a payment term leave the buyer more time than the law of his country does?

A cap counts days, a term days, months and month ends: of a term as it is entered only
its worst day tells (term_reach); of an invoice, its own dates do. At entry days off do
not count: a due date that rolls over one is no longer term.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from adv_domain.rules.terms.date_steps import DateStep, StepKind, moved
from adv_domain.rules.terms.legal_cap_table import BUSINESS, LEGAL_CAPS, LegalCap
from adv_domain.rules.terms.term_dates import Bounds, due_dates
from adv_domain.rules.terms.term_reach import base_dates, reach
from adv_domain.rules.terms.terms import PaymentTerm, Roll, TermBase, TermError

_Steps = tuple[DateStep, ...]


@dataclass(frozen=True, slots=True)
class Excess:
    """A term that goes beyond a cap: which line, how long its wait is at the worst, in
    days, and on which day."""

    cap: LegalCap
    days: int
    base_on: date | None
    line_no: int


@lru_cache(maxsize=4096)
def legal_cap(country: str, buyer: str, on: date) -> LegalCap | None:
    """Return the cap in force for a kind of buyer, None where we know of none."""
    for cap in LEGAL_CAPS:
        law = cap.law
        if (
            (law.country, cap.buyer) == (country, buyer)
            and law.valid_from <= on
            and (law.valid_to is None or on < law.valid_to)
        ):
            return cap
    return None


# a file of customers names few terms, and each is tried on four years of days
@lru_cache(maxsize=1024)
def excess(term: PaymentTerm, cap: LegalCap) -> Excess | None:
    """Return how far the term goes beyond the cap, None where it never does.

    Each line is held against the cap by itself; told is the one that waits longest.
    """
    found = []
    for line_no, line in enumerate(term.lines, start=1):
        alone = replace(term, lines=(line,), roll=Roll.NONE)
        longest = reach(alone)
        if longest.longest_days <= cap.days:
            continue
        if not any(_always_within(alone, steps) for steps in _month_ends(cap)):
            days, on = longest.longest_days, longest.longest_on
            found.append(Excess(cap, days, on, line_no))
    return max(found, key=lambda one: one.days, default=None)


def beyond_strict_laws(term: PaymentTerm, *, on: date) -> list[Excess]:
    """Return how far a term goes beyond the laws that no agreement can pass.

    By country, for a business as buyer: of a term alone nobody knows whose it will be.
    """
    countries = sorted({cap.law.country for cap in LEGAL_CAPS})
    caps = [legal_cap(country, BUSINESS, on) for country in countries]
    found = [excess(term, cap) for cap in caps if cap and not cap.can_be_agreed]
    return [each for each in found if each is not None]


def limit_words(cap: LegalCap) -> str:
    """Say for operations what a cap allows."""
    if cap.month_end_days is None:
        return f"{cap.days} days"
    return f"{cap.days} days, or {cap.month_end_days} days and the end of the month"


def excess_words(beyond: Excess) -> str:
    """Say for operations what a term leaves and what the law allows."""
    law = beyond.cap.law
    return (
        f"leaves up to {beyond.days} days to pay; in {law.country} the law allows "
        f"{limit_words(beyond.cap)} ({law.name})"
    )


def latest_lawful_on(
    cap: LegalCap, base_on: date, *, is_periodic: bool = False
) -> date:
    """Return the last due date that the cap allows, counted from one base date."""
    if is_periodic and cap.periodic_days is not None:
        return _limit_on(base_on, _days(cap.periodic_days))
    ways = (_days(cap.days), *_month_ends(cap))
    return max(_limit_on(base_on, steps) for steps in ways)


@lru_cache(maxsize=4096)
def bounds_of(
    cap: LegalCap | None, *, issued_on: date, first_supplied_on: date, supplied_on: date
) -> Bounds:
    """Return between which days the due dates of an invoice may lie.

    Where the law counts from the delivery, the first one counts: so each is paid in
    time. One over deliveries of several days is a periodic invoice.
    """
    if cap is None:
        return Bounds(earliest_on=issued_on)
    is_periodic = first_supplied_on < supplied_on
    of_delivery = cap.law.counts_from is TermBase.DELIVERY
    base_on = first_supplied_on if of_delivery else issued_on
    allowed = limit_words(cap)
    if is_periodic and cap.periodic_days is not None:
        allowed = f"{cap.periodic_days} days for deliveries of several days"
    what = "delivery" if of_delivery else "invoice"
    return Bounds(
        earliest_on=issued_on,
        latest_on=latest_lawful_on(cap, base_on, is_periodic=is_periodic),
        law=f"the law of {cap.law.country} allows {allowed} from the {what} of "
        f"{base_on} ({cap.law.name})",
        can_be_agreed=cap.can_be_agreed,
    )


def _days(count: int) -> _Steps:
    return (DateStep(StepKind.ADD_DAYS, (count,)),)


def _month_ends(cap: LegalCap) -> tuple[_Steps, ...]:
    """Return both lawful readings of so many days end of month, where there are any."""
    if cap.month_end_days is None:
        return ()
    days, end = _days(cap.month_end_days), (DateStep(StepKind.END_OF_MONTH),)
    return days + end, end + days


def _always_within(term: PaymentTerm, limit: _Steps) -> bool:
    for base_on in base_dates():
        try:
            last_on = max(due_dates(term=term, base_on=base_on))
        except TermError:
            continue
        if last_on > _limit_on(base_on, limit):
            return False
    return True


def _limit_on(base_on: date, steps: _Steps) -> date:
    for step in steps:
        base_on = moved(base_on, step)
    return base_on
