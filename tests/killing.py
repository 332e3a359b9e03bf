"""How does a test kill a run: at something that it does, or by the clock?

A run does things that last or that others see: statements, commits, files, mails. A
doomed process counts them and ends itself with SIGKILL at one of them, so that a seed
chooses the moment; or its parent kills it from outside, wherever it is.
"""

import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool

_FORK = get_context("forkserver")  # what it has imported costs the doomed nothing
_LONGEST = 120


def wait_for_batches(path, count):
    """Wait until the progress file tells of so many committed batches."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if path.exists() and path.read_text().count('"batch"') >= count:
            return
        time.sleep(0.005)
    raise AssertionError("the run made no progress")


def ready_to_fork(*modules: str) -> None:
    """Let processes start with these modules already imported."""
    _FORK.set_forkserver_preload(list(modules))


def run_doomed(
    work: Callable[[], None],
    *,
    environment: Mapping[str, str],
    log: Path,
    at: tuple[str, int] | None = None,
    after: float | None = None,
) -> str | None:
    """Run the work in a process of its own; tell what it was doing when it was killed.

    It dies at the n-th thing of a kind that it does, or after so many seconds (by the
    "clock"). None means that it came to its end before, and its log counts what it
    did; a run that ends badly is an AssertionError.
    """
    process = start_doomed(work, environment=environment, log=log, at=at)
    process.join(_LONGEST if after is None else after)
    if process.is_alive():
        process.kill()
        process.join()
    code, killed = process.exitcode, -signal.SIGKILL
    process.close()
    if code == killed:
        assert after is not None or at is not None, "the run took too long"
        return "clock" if at is None else at[0]
    assert code == 0, f"the run ended with {code}"
    return None


def start_doomed(
    work: Callable[[], None],
    *,
    environment: Mapping[str, str],
    log: Path,
    at: tuple[str, int] | None = None,
) -> BaseProcess:
    """Start the work in a process of its own, to die at the n-th thing of a kind."""
    log.unlink(missing_ok=True)
    process = _FORK.Process(target=_doomed, args=(work, dict(environment), log, at))
    process.start()
    return process


def things_done(log: Path) -> dict[str, int]:
    """Return how many things of each kind an undisturbed run did."""
    done: dict[str, int] = json.loads(log.read_text())
    return done


class _Doom:
    """Counts what the process does and ends it at the chosen thing."""

    def __init__(self, log: Path, at: tuple[str, int] | None) -> None:
        self.log, self.at, self.done = str(log), at, Counter[str]()

    def does(self, what: str) -> None:
        self.done[what] += 1
        if (what, self.done[what]) == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


def _doomed(
    work: Callable[[], None],
    environment: dict[str, str],
    log: Path,
    at: tuple[str, int] | None,
) -> None:
    for name in [name for name in os.environ if name.startswith("ADV_")]:
        del os.environ[name]
    os.environ.update(environment)
    doom = _Doom(log, at)
    event.listen(Engine, "before_cursor_execute", lambda *_: doom.does("statement"))
    event.listen(Engine, "commit", lambda _: doom.does("before a commit"))
    event.listen(Pool, "checkin", lambda *_: doom.does("after a commit"))
    _watch_files(doom)
    _watch_mails(doom)
    work()
    log.write_text(json.dumps(doom.done))


def _watch_files(doom: _Doom) -> None:
    def _see(name: str, given: tuple[Any, ...]) -> None:
        if name == "os.rename":
            doom.does("before a rename")
        elif name == "open" and str(given[0]).endswith(".part"):
            doom.does("before a file")

    sys.addaudithook(_see)


def _watch_mails(doom: _Doom) -> None:
    from tasks.mail import step

    real = step.attempt

    def _attempt(*given: Any, **named: Any) -> Any:
        doom.does("before a mail")
        result = real(*given, **named)
        doom.does("after a mail")
        return result

    step.attempt = _attempt  # of this process alone
