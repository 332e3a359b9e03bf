"""What is a case that waits for a person, and how are cases summed by team?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Select


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCase:
    """One case: what to look up, whom it concerns, why, who acts, how much."""

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
class WaitingPart:
    """How many cases of one team and currency wait, their amount, the oldest day."""

    team: str
    count: int
    amount: Decimal | None
    currency: str
    since: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingWork:
    """All cases of a kind: parts hold every one of them, cases the first few."""

    kind: str
    parts: tuple[WaitingPart, ...]
    cases: tuple[WaitingCase, ...]

    @property
    def count(self) -> int:
        return sum(part.count for part in self.parts)


def read_parts(
    connection: Connection, statement: Select[Any]
) -> tuple[WaitingPart, ...]:
    """Read the summed cases: columns team, currency, n, amount, since."""
    return tuple(
        WaitingPart(
            team=row.team or "",
            count=int(row.n),
            amount=row.amount,
            currency=row.currency or "",
            since=_day(row.since),
        )
        for row in connection.execute(statement)
        if row.n
    )


def _day(moment: date | datetime | None) -> date | None:
    return moment.date() if isinstance(moment, datetime) else moment


def counted_parts(cases: Sequence[WaitingCase]) -> tuple[WaitingPart, ...]:
    """Sum cases that have no amount by team."""
    teams = sorted({case.who for case in cases})
    return tuple(
        WaitingPart(
            team=team,
            count=sum(case.who == team for case in cases),
            amount=None,
            currency="",
            since=min(
                (case.since for case in cases if case.who == team and case.since),
                default=None,
            ),
        )
        for team in teams
    )
