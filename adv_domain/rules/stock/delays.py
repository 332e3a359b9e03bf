"""Which delays does a customer hear of, which not yet, and which does stock first?

A slip is told once it has stood until the next sending window, so that one corrected
within the hour is never told. A confirmed day that passed in silence is first a
question to stock; where that stands unanswered until the next sending window, the
customer hears that the day was not kept. While nothing at all comes from stock, the
silence may be ours: nobody is told.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from adv_domain.rules.sending_window import SendingWindow
from adv_domain.rules.stock.progress import Progress, Wanted


class Verdict(StrEnum):
    """What becomes of a line that comes later, in an operator's words."""

    TELL = "told"
    TELL_SILENCE = "told that the day was not kept"
    TELL_BACK = "told that it is on time again"
    WAIT = "waits for the next sending window"
    WITHIN = "within the threshold"
    UNWANTED = "not wanted by the customer"
    TOLD_BEFORE = "this date was told before, a person tells again"
    ASK = "stock is asked first"
    ANSWERED = "a person has stock's answer"
    STALE = "nothing comes from stock"


class News(StrEnum):
    """When stock was last heard of: lately, too long ago, or never.

    Who never said a word may still be asked; his silence proves nothing.
    """

    FRESH = "fresh"
    STALE = "stale"
    NONE = "none"


IS_TOLD = frozenset({Verdict.TELL, Verdict.TELL_SILENCE, Verdict.TELL_BACK})


@dataclass(frozen=True, slots=True)
class Question:
    """What stock was asked about a day that passed in silence.

    is_open: no person has answered; is_told: the customer has heard of this silence.
    """

    asked_at: datetime
    is_open: bool
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class OpenLine:
    """An order line with something open, and what the customer was told of it.

    told_on is the date of the last notice, None where there was none; is_told_late:
    that notice told a delay which still counts; is_told_before: a notice has named
    the date that is confirmed now; differs_since: since when the date is another one
    than he knows; threshold_days comes from the customer or, without one of his, the
    policy.
    """

    line_id: int
    qty_open: Decimal
    first_confirmed_on: date | None
    confirmed_on: date | None
    told_on: date | None
    threshold_days: int
    wanted: Wanted
    is_told_late: bool = False
    is_told_before: bool = False
    differs_since: datetime | None = None
    question: Question | None = None

    @property
    def known_on(self) -> date | None:
        """The date that the customer last knew.

        What he was told before he wanted it later himself is no measure any more.
        """
        known = [day for day in (self.told_on, self.first_confirmed_on) if day]
        return max(known, default=None)

    @property
    def awaited_on(self) -> date | None:
        """The day about whose silence stock is asked and the customer told, once each.

        Where he was told a later one than is confirmed now, the one that he was told:
        a date that comes back was asked about before, the one that he waits for not.
        """
        days = [day for day in (self.confirmed_on, self.known_on) if day]
        return max(days, default=None)


@dataclass(frozen=True, slots=True)
class Look:
    """When the lines are looked at, and whether stock's word is to be trusted.

    moment is what the business date stands for.
    """

    on: date
    moment: datetime
    window: SendingWindow
    news: News

    def has_stood(self, since: datetime | None) -> bool:
        """Tell whether a sending window has begun since then."""
        return since is not None and self.window.opening_after(since) <= self.moment


@dataclass(frozen=True, slots=True)
class Finding:
    """What becomes of a line: the date that he knew, the new one, days between.

    new_on is None where the day passed in silence and nobody knows a new one.
    """

    line_id: int
    verdict: Verdict
    old_on: date
    new_on: date | None
    days_late: int


def finding_of(line: OpenLine, *, look: Look) -> Finding | None:
    """Decide what becomes of a line; None where there is nothing to say of it.

    Only a slip of more than threshold_days beyond the date that he last knew is
    told: a recovery is not (unless he asked for that), nor the same date twice
    (features 24 and 25).
    """
    if line.confirmed_on is None or line.known_on is None or line.qty_open <= 0:
        return None
    if line.confirmed_on < look.on:
        return _silence(line, line.confirmed_on, look)
    if line.confirmed_on > line.known_on:
        verdict = _of_slip(line, line.confirmed_on, look)
        return _finding(line, verdict, line.confirmed_on)
    return _recovery(line, line.confirmed_on, look)


def _of_slip(line: OpenLine, confirmed_on: date, look: Look) -> Verdict:
    known_on = line.known_on or confirmed_on
    if (confirmed_on - known_on).days <= line.threshold_days:
        return Verdict.WITHIN
    if Progress.DELAY not in line.wanted:
        return Verdict.UNWANTED
    if line.is_told_before:
        return Verdict.TOLD_BEFORE
    return Verdict.TELL if look.has_stood(line.differs_since) else Verdict.WAIT


def _recovery(line: OpenLine, confirmed_on: date, look: Look) -> Finding | None:
    """Tell who was told a delay that the first date holds again, if he wants it."""
    is_back = line.first_confirmed_on and confirmed_on <= line.first_confirmed_on
    if not (is_back and line.is_told_late and Progress.BACK_ON_TIME in line.wanted):
        return None
    stood = look.has_stood(line.differs_since)
    return _finding(line, Verdict.TELL_BACK if stood else Verdict.WAIT, confirmed_on)


def _silence(line: OpenLine, confirmed_on: date, look: Look) -> Finding | None:
    """Ask stock on the first day; tell the customer beyond his threshold.

    His days count from the date that he knows: it may be a later one than stock's.
    """
    if line.question and line.question.is_told:
        return None
    old_on = line.known_on or confirmed_on
    days = (look.on - old_on).days
    return Finding(line.line_id, _of_silence(line, days, look), old_on, None, days)


def _of_silence(line: OpenLine, days: int, look: Look) -> Verdict:
    if look.news is News.STALE:
        return Verdict.STALE
    if line.question is None:
        return Verdict.ASK
    if not line.question.is_open:
        return Verdict.ANSWERED
    if days <= line.threshold_days:
        return Verdict.WITHIN
    if Progress.DELAY not in line.wanted:
        return Verdict.UNWANTED
    if look.news is News.NONE:
        return Verdict.STALE
    stood = look.has_stood(line.question.asked_at)
    return Verdict.TELL_SILENCE if stood else Verdict.WAIT


def _finding(line: OpenLine, verdict: Verdict, new_on: date) -> Finding:
    old_on = line.known_on or new_on
    return Finding(line.line_id, verdict, old_on, new_on, (new_on - old_on).days)
