"""What did one check look at, which documents break it, and what is to be done?

A check that meets what nobody could have written is broken, never an exception: the
others still look.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CompoundSelect, Connection, FromClause, Select, func, select
from sqlalchemy.exc import DBAPIError

from adv_domain.store.audit.hints import ANY, HINTS

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How many rows were looked at and broken, and the names of the first few."""

    name: str
    rows: int
    violations: int
    first: tuple[str, ...] = ()

    @property
    def hint(self) -> str:
        """Return what to do about a violation."""
        return HINTS.get(self.name, ANY)


def by_query(
    connection: Connection,
    name: str,
    *,
    looked_at: FromClause | Select[Any],
    broken: Select[Any] | CompoundSelect[Any],
) -> CheckResult:
    """Count the rows looked at, and those that the broken query returns by name."""
    whole = looked_at.subquery() if isinstance(looked_at, Select) else looked_at
    found = broken.subquery()
    rows = violations = 0
    try:
        rows = connection.execute(select(func.count()).select_from(whole)).scalar_one()
        violations = connection.execute(
            select(func.count()).select_from(found)
        ).scalar_one()
        first = _first(connection, found) if violations else ()
    except Exception as error:
        return _stopped(name, rows, violations, (), error)
    return CheckResult(name, rows, violations, first)


def _first(connection: Connection, found: FromClause) -> tuple[str, ...]:
    named = connection.execute(select(found).order_by(*found.c).limit(MOST_NAMED))
    return tuple(" ".join(str(part) for part in row) for row in named)


def by_rule(name: str, findings: Iterable[str | None]) -> CheckResult:
    """Count what a rule found row by row: None for a sound row, else its name."""
    rows = violations = 0
    first: list[str] = []
    try:
        for finding in findings:
            rows += 1
            if finding is not None:
                violations += 1
                if len(first) < MOST_NAMED:
                    first.append(finding)
    except Exception as error:
        return _stopped(name, rows, violations, tuple(first), error)
    return CheckResult(name, rows, violations, tuple(first))


def _stopped(
    name: str, rows: int, violations: int, first: tuple[str, ...], error: Exception
) -> CheckResult:
    """Tell that a value ended the check; a lost connection ends the audit."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        raise error
    why = str(error).partition("\n")[0]
    told = f"a value that cannot be read ended this check ({why})"
    return CheckResult(name, rows + 1, max(violations, 1), (*first, told))
