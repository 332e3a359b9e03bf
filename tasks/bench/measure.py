"""What did a stretch of work cost: CPU, wall, statements, batches, memory?"""

import json
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

from sqlalchemy import func, select

from adv_domain.store.engine import reading
from adv_domain.store.rows import counted_statements
from tasks.resources import resources

_TRANSACTION_WORDS = ("BEGIN",)
_PROCESSES = Path("/proc")


@dataclass(slots=True)
class Cost:
    """The cost of a stage; cpu_seconds include a PostgreSQL server on this machine."""

    documents: int = 0
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    statements: int = 0
    batches: int = 0

    def as_dict(self) -> dict[str, object]:
        return {
            "documents": self.documents,
            "cpu_seconds": round(self.cpu_seconds, 3),
            "wall_seconds": round(self.wall_seconds, 3),
            "statements": self.statements,
            "batches": self.batches,
        }


@contextmanager
def measured(progress: Path) -> Iterator[Cost]:
    """Measure what runs inside; batches are read from the progress file."""
    cost = Cost()
    batches = _batches(progress)
    cpu, server, wall = process_time(), _server_seconds(), perf_counter()
    with counted_statements(resources().engine) as seen:
        yield cost
    cost.wall_seconds += perf_counter() - wall
    cost.cpu_seconds += process_time() - cpu + _server_seconds() - server
    cost.statements += sum(not one.startswith(_TRANSACTION_WORDS) for one in seen)
    cost.batches += _batches(progress) - batches


def peak_rss_mb() -> float:
    """Return the largest resident size of this process so far.

    Linux keeps it by program (VmHWM); getrusage counts a parent's peak before exec too.
    """
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.is_file() else []
    for line in lines:
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _batches(progress: Path) -> int:
    if not progress.exists():
        return 0
    lines = progress.read_text(encoding="utf-8").splitlines()
    return sum(json.loads(line)["event"] == "batch" for line in lines)


def _server_seconds() -> float:
    """Return the CPU seconds of our PostgreSQL server, with its processes that ended.

    None of a server on another machine, nor where there is no /proc.
    """
    if resources().engine.dialect.name == "sqlite" or not _PROCESSES.is_dir():
        return 0.0
    with reading(resources().engine) as connection:
        backend = connection.execute(select(func.pg_backend_pid())).scalar_one()
    known = dict(filter(None, map(_postgres_process, _PROCESSES.iterdir())))
    if backend not in known:
        return 0.0
    postmaster = known[backend].parent
    ticks = sum(
        one.ticks for pid, one in known.items() if postmaster in (pid, one.parent)
    )
    return ticks / os.sysconf("SC_CLK_TCK")


class _Process(NamedTuple):
    parent: int
    ticks: int


def _postgres_process(folder: Path) -> tuple[int, _Process] | None:
    if not folder.name.isdigit():
        return None
    try:
        stat = (folder / "stat").read_text(encoding="utf-8")
    except OSError:
        return None
    name, _, rest = stat.partition("(")[2].rpartition(")")
    if name != "postgres":
        return None
    fields = rest.split()
    ticks = sum(int(field) for field in fields[11:15])
    return int(folder.name), _Process(int(fields[1]), ticks)
