"""How late can a payment term fall due, and on which base dates does it not work?

The law caps terms in days (Spain 60, rules-of-the-trade B.1), while a term counts in
months and month ends: only its worst day tells. A term is checked when it is entered.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from adv_domain.rules.money import ZERO
from adv_domain.rules.terms.term_dates import discount_date, due_dates
from adv_domain.rules.terms.term_form import term_from_form
from adv_domain.rules.terms.terms import PaymentTerm, Share, TermError, TermLine

# four years hold every month length, leap day and weekday at a month's end that
# the steps can meet; holidays are left out, for they differ by place and year
_FIRST_ON = date(2023, 1, 1)
_DAYS = 4 * 365 + 1


@dataclass(frozen=True, slots=True)
class Reach:
    """The most days from base date to last due date, and the base date of it.

    refused_on is the first base date on which the term gives no due date, with the
    reason; None where it always works.
    """

    longest_days: int
    longest_on: date | None
    refused_on: date | None
    refused_because: TermError | None = None


def base_dates() -> Iterator[date]:
    """Yield the base dates on which a term is tried."""
    return (_FIRST_ON + timedelta(days=offset) for offset in range(_DAYS))


def reach(term: PaymentTerm) -> Reach:
    """Try the term on every base date of four years; about 10 ms a line, once."""
    lines = tuple(TermLine(Share.REMAINDER, ZERO, line.due) for line in term.lines)
    return _reach(replace(term, lines=lines, early_discount=None))


def entered_term(form: object) -> PaymentTerm:
    """Read a term that somebody enters; it must work on every base date.

    Raises TermError naming the line, also where from some day on (31 January, day 10 of
    that month) it would fall due before it.
    """
    term = term_from_form(form)
    refused = _refused(term)
    if refused is not None:
        raise TermError(line_no=refused.line_no, detail=refused.detail)
    return term


@lru_cache(maxsize=1024)
def _refused(term: PaymentTerm) -> TermError | None:
    try:
        for base_on in base_dates():
            discount_date(term=term, base_on=base_on)
    except TermError as error:
        return error
    return reach(term).refused_because


# what a line is worth does not matter here, so that few terms are tried
@lru_cache(maxsize=1024)
def _reach(term: PaymentTerm) -> Reach:
    longest, longest_on = 0, None
    refused_on, because = None, None
    for base_on in base_dates():
        try:
            last_on = max(due_dates(term=term, base_on=base_on))
        except TermError as error:
            if refused_on is None:
                refused_on, because = base_on, error
            continue
        if (last_on - base_on).days > longest:
            longest, longest_on = (last_on - base_on).days, base_on
    return Reach(longest, longest_on, refused_on, because)
