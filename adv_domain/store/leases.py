"""Who works on a step right now, and is that run still alive?

One lease per (step, shard), renewed and fence-checked inside each batch's
transaction (design P11). A dead process on the same host is taken over at once,
another host's after 120 seconds without renewal.
"""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects import postgresql, sqlite

from adv_domain.store.engine import is_sqlite
from adv_domain.store.tables import lease

_STALE_AFTER = timedelta(seconds=120)


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a step, as long as the fence stands."""

    step: str
    shard: int
    fence: int


class LeaseHeld(RuntimeError):
    """Another run holds the step."""

    def __init__(self, *, step: str, owner: str, host: str, pid: int) -> None:
        super().__init__(
            f"another run holds {step}: {owner} (process {pid} on {host}); "
            "wait for it to end, or stop it and run again"
        )
        self.step = step


class LeaseLost(RuntimeError):
    """Another run took the step over while this one was away."""

    def __init__(self, *, step: str) -> None:
        super().__init__(
            f"the lease of {step} was taken over by another run; nothing of this "
            "batch was written, the other run does what is left"
        )
        self.step = step


def take_lease(
    connection: Connection, *, step: str, shard: int, owner: str, now: datetime
) -> Lease:
    """Take the step's lease, also from a dead run; raises LeaseHeld."""
    standing = connection.execute(
        select(lease)
        .where(lease.c.step == step, lease.c.shard == shard)
        .with_for_update()
    ).one_or_none()
    holder = {
        "owner": owner,
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "pid_started": _process_started(os.getpid()),
        "renewed_at": now,
        "released_at": None,
    }
    if standing is None:
        if _is_first(connection, {"step": step, "shard": shard, "fence": 1, **holder}):
            return Lease(step=step, shard=shard, fence=1)
        return take_lease(connection, step=step, shard=shard, owner=owner, now=now)
    if not _is_free(standing, now):
        raise LeaseHeld(
            step=step, owner=standing.owner, host=standing.host, pid=standing.pid
        )
    fence = standing.fence + 1
    connection.execute(
        update(lease)
        .where(lease.c.step == step, lease.c.shard == shard)
        .values(fence=fence, **holder)
    )
    return Lease(step=step, shard=shard, fence=fence)


def _is_first(connection: Connection, row: dict[str, Any]) -> bool:
    """Write the step's first lease; False where another run has just written it.

    There is no row to lock yet: on PostgreSQL the second insert waits for the first
    transaction and must then find the row, not fail on its key.
    """
    insert = sqlite.insert if is_sqlite(connection) else postgresql.insert
    written = connection.execute(
        insert(lease).values(row).on_conflict_do_nothing().returning(lease.c.fence)
    )
    return written.one_or_none() is not None


def keep_lease(connection: Connection, held: Lease, *, now: datetime) -> None:
    """Renew the lease inside a batch's transaction; raises LeaseLost."""
    kept = connection.execute(
        update(lease)
        .where(
            lease.c.step == held.step,
            lease.c.shard == held.shard,
            lease.c.fence == held.fence,
            lease.c.released_at.is_(None),
        )
        .values(renewed_at=now)
    )
    if kept.rowcount != 1:
        raise LeaseLost(step=held.step)


def release_lease(connection: Connection, held: Lease, *, now: datetime) -> None:
    """Give the lease back; harmless when another run has taken it over."""
    connection.execute(
        update(lease)
        .where(
            lease.c.step == held.step,
            lease.c.shard == held.shard,
            lease.c.fence == held.fence,
        )
        .values(released_at=now)
    )


def _is_free(standing: Row[Any], now: datetime) -> bool:
    if standing.released_at is not None:
        return True
    if standing.host == socket.gethostname():
        return bool(_process_started(standing.pid) != standing.pid_started)
    return bool(now - standing.renewed_at > _STALE_AFTER)


def _process_started(pid: int) -> str:
    """Return when the process began, as the kernel counts; '' when it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return _is_running_elsewhere(pid)
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]


def _is_running_elsewhere(pid: int) -> str:
    """Answer for systems without /proc: only whether the process exists."""
    if Path("/proc").is_dir():
        return ""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        return "running"
    return "running"
