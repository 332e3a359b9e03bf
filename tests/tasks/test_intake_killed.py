"""A process killed in the middle of a file leaves nothing that a re-run doubles."""

import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path
from time import monotonic

from sqlalchemy import func, select

from adv_domain.store import tables
from adv_domain.store.engine import reading
from flows.direct import run_directly
from tasks.resources import resources
from tests.files.order_samples import a_file, a_row

ORDERS = 300
_SCRIPT = (
    "from datetime import date; from flows.direct import run_directly; "
    "run_directly('intake', on=date(2024, 6, 3))"
)


def _batches(progress: Path) -> int:
    return progress.read_text().count('"batch"') if progress.exists() else 0


def _kill_after(batches: int, progress: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", _SCRIPT], cwd=Path.cwd())
    until = monotonic() + 60
    while _batches(progress) < batches and process.poll() is None:
        assert monotonic() < until, "the run made no progress"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def test_file_killed_twice_ends_complete_and_numbered_without_gap(
    sqlite_home, tmp_path, monkeypatch
):
    progress = tmp_path / "progress.jsonl"
    monkeypatch.setenv("ADV_BATCH_SIZE", "2")
    monkeypatch.setenv("ADV_PROGRESS", str(progress))
    inbox = sqlite_home / "inbox/orders"
    rows = [a_row(customer_ref=f"R{number}") for number in range(ORDERS)]
    (inbox / "a.csv").write_bytes(a_file(*rows))
    for batches in (5, 40):
        _kill_after(batches, progress)
        assert (inbox / "a.csv").exists()
    [end] = run_directly("intake", on=date(2024, 6, 3))
    assert end.outcome.done == {"files": 1, "orders": ORDERS}
    assert not (inbox / "a.csv").exists()
    with reading(resources().engine) as connection:
        last, count = connection.execute(
            select(func.max(tables.sales_order.c.order_no), func.count())
        ).one()
        lines = connection.execute(
            select(func.count()).select_from(tables.order_line)
        ).scalar_one()
    assert (last, count, lines) == (f"S{ORDERS:08d}", ORDERS, ORDERS)
