"""What did one check look at, and which documents break it?"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, FromClause, Select, func, select

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How many rows were looked at and broken, and the names of the first few."""

    name: str
    rows: int
    violations: int
    first: tuple[str, ...] = ()


def by_query(
    connection: Connection,
    name: str,
    *,
    looked_at: FromClause | Select[Any],
    broken: Select[Any],
) -> CheckResult:
    """Count the rows looked at, and those that the broken query returns by name."""
    whole = looked_at.subquery() if isinstance(looked_at, Select) else looked_at
    rows = connection.execute(select(func.count()).select_from(whole)).scalar_one()
    found = broken.subquery()
    violations = connection.execute(
        select(func.count()).select_from(found)
    ).scalar_one()
    first: tuple[str, ...] = ()
    if violations:
        named = connection.execute(select(found).order_by(*found.c).limit(MOST_NAMED))
        first = tuple(" ".join(str(part) for part in row) for row in named)
    return CheckResult(name, rows, violations, first)


def by_rule(name: str, findings: Iterable[str | None]) -> CheckResult:
    """Count what a rule found row by row: None for a sound row, else its name."""
    rows = violations = 0
    first: list[str] = []
    for finding in findings:
        rows += 1
        if finding is not None:
            violations += 1
            if len(first) < MOST_NAMED:
                first.append(finding)
    return CheckResult(name, rows, violations, tuple(first))
