"""Until which day must a delivery be invoiced, by the law of the seller's country?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from adv_domain.rules.calendar_rules import add_months, end_of_month
from adv_domain.rules.counted import counted

_DAY = 15
_SIX_MONTHS = 6


@dataclass(frozen=True, slots=True)
class IssueDeadline:
    """The last lawful day of an invoice, and the rule in an operator's words."""

    last_on: date
    why: str


def issue_deadline(country: str, *, supplied_on: date) -> IssueDeadline:
    """Return the last day on which a delivery to a business may be invoiced.

    country is the seller's, ISO 3166. Spain: before the 16th of the month after the
    supply (RD 1619/2012 arts. 11 and 13). France: a collecting invoice by the end of
    the month of its supplies (CGI art. 289 I 3). Italy: by the 15th of the next month
    (DPR 633/1972 art. 21.4). Germany: within six months (UStG § 14 (2)). Elsewhere what
    the Directive says of supplies to other member states (2006/112/EC art. 222): by
    the 15th of the next month.
    """
    return _RULES.get(country, _next_fifteenth)(supplied_on)


def lateness(country: str, *, supplied_on: date, issued_on: date) -> str:
    """Say by how much an invoice is dated after the last lawful day; "" where in time.

    supplied_on is the first day of what it covers.
    """
    deadline = issue_deadline(country, supplied_on=supplied_on)
    late = (issued_on - deadline.last_on).days
    if late <= 0:
        return ""
    return f"{counted(late, 'days')} after the law's last day: {deadline.why}"


def _next_fifteenth(supplied_on: date) -> IssueDeadline:
    last_on = add_months(supplied_on.replace(day=1), months=1).replace(day=_DAY)
    why = f"the law wants it invoiced by {last_on}, the 15th of the month after"
    return IssueDeadline(last_on, why)


def _same_month(supplied_on: date) -> IssueDeadline:
    last_on = end_of_month(supplied_on)
    why = f"the law wants it invoiced by {last_on}, the end of its month"
    return IssueDeadline(last_on, why)


def _six_months(supplied_on: date) -> IssueDeadline:
    last_on = add_months(supplied_on, months=_SIX_MONTHS)
    why = f"the law wants it invoiced by {last_on}, within six months"
    return IssueDeadline(last_on, why)


_RULES: dict[str, Callable[[date], IssueDeadline]] = {
    "DE": _six_months,
    "ES": _next_fifteenth,
    "FR": _same_month,
    "IT": _next_fifteenth,
}
