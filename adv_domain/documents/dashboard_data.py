"""Which facts does the dashboard tell? Plain values, nothing formatted yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from adv_domain.rules.figures.kpi_trends import Trend

ATTENTION_KINDS = (
    "held",
    "delays",
    "review",
    "failures",
    "unknown",
    "tasks",
    "at_risk",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionRow:
    """One thing that waits for a person.

    document is what to look up, party whom it concerns, reasons are codes of the
    catalogue or plain words, who is the team that acts. old_on and new_on are set
    for a moved date only.
    """

    document: str
    party: str = ""
    reasons: tuple[str, ...] = ()
    who: str = ""
    amount: Decimal | None = None
    currency: str = ""
    since: date | None = None
    old_on: date | None = None
    new_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionGroup:
    """All that waits for one kind of action; rows are the most urgent of them.

    amount is in the company's currency, None where money is not the point.
    """

    kind: str
    count: int
    amount: Decimal | None
    rows: tuple[AttentionRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How new the newest data of a kind is; is_stale says that it is too old."""

    kind: str
    newest_on: date | None
    is_stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """How the last run of a step ended."""

    step: str
    business_date: date
    state: str
    ended_at: datetime | None
    done: int
    waiting: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """Everything on the page, as of the close of one business day."""

    company: str
    currency: str
    language: str
    time_zone: str
    as_of: date
    made_at: datetime
    days: tuple[date, ...]
    attention: tuple[AttentionGroup, ...]
    trends: Mapping[str, Trend]
    freshness: tuple[Freshness, ...]
    runs: tuple[LastRun, ...]
    smallest_sample: int
