"""What did a stretch of work cost: CPU, wall, statements, batches, memory?"""

import json
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

from adv_domain.store.rows import counted_statements
from tasks.resources import resources

_TRANSACTION_WORDS = ("BEGIN",)


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
    """Return the largest resident size of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _batches(progress: Path) -> int:
    if not progress.exists():
        return 0
    lines = progress.read_text(encoding="utf-8").splitlines()
    return sum(json.loads(line)["event"] == "batch" for line in lines)


def _server_seconds() -> float:
    """Return the CPU seconds of PostgreSQL's processes, with those that ended."""
    if resources().engine.dialect.name == "sqlite" or not Path("/proc").is_dir():
        return 0.0
    ticks = 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            ticks += _postgres_ticks(folder)
    return ticks / os.sysconf("SC_CLK_TCK")


def _postgres_ticks(folder: Path) -> int:
    try:
        stat = (folder / "stat").read_text(encoding="utf-8")
    except OSError:
        return 0
    name, _, rest = stat.partition("(")[2].rpartition(")")
    if name != "postgres":
        return 0
    fields = rest.split()
    return sum(int(field) for field in fields[11:15])
