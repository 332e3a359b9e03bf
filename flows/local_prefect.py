"""How do a Prefect server, all deployments and a worker run on one machine?

The same deployments/prefect.yaml as in production, so that a worker on another machine
can join later. Every process is a child of `adv up` and ends with it.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from adv_domain.bundled import bundled_path
from flows.prefect_home import is_healthy, prefect_folder

POOL = "adv"
_ZONE_IN_FILE = "Europe/Madrid"
_START_SECONDS = 240
_STOP_SECONDS = 30
_MOST_RUNS_AT_ONCE = "4"


class PrefectBroke(Exception):
    """A part of Prefect did not start or ended by itself."""

    def __init__(self, *, part: str, log: Path) -> None:
        super().__init__(f"{part} ended; its last words are in {log}:\n{_tail(log)}")
        self.part = part


@dataclass(frozen=True, slots=True)
class Part:
    """A running child process and its log."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def check(self) -> None:
        """Raise PrefectBroke if the process has ended."""
        if self.process.poll() is not None:
            raise PrefectBroke(part=self.name, log=self.log)


@contextmanager
def server(
    *, home: Path, host: str, port: int, environment: Mapping[str, str]
) -> Iterator[Part]:
    """Run a Prefect server until the block ends; raises PrefectBroke."""
    arguments = ["server", "start", "--host", host, "--port", str(port)]
    with _part("server", arguments, home=home, environment=environment) as part:
        _wait_until_healthy(part, address=environment["PREFECT_API_URL"])
        yield part


@contextmanager
def worker(*, home: Path, environment: Mapping[str, str]) -> Iterator[Part]:
    """Run a worker of the pool until the block ends."""
    arguments = [
        *("--no-prompt", "worker", "start", "--pool", POOL, "--type", "process"),
        *("--name", f"adv-up-{os.getpid()}", "--limit", _MOST_RUNS_AT_ONCE),
    ]
    with _part("worker", arguments, home=home, environment=environment) as part:
        yield part


@contextmanager
def receiver(
    *, home: Path, port: int, environment: Mapping[str, str]
) -> Iterator[Part]:
    """Take stock's news over HTTP on this machine until the block ends."""
    arguments = ["receive", "--port", str(port)]
    with _part(
        "receiver", arguments, home=home, environment=environment, module="flows.cli"
    ) as part:
        yield part


def deploy_all(*, home: Path, zone: str, environment: Mapping[str, str]) -> None:
    """Create the work pool if need be and every deployment, schedules in the zone.

    Raises PrefectBroke.
    """
    if not _succeeds(["work-pool", "inspect", POOL], home, environment):
        created = ["--no-prompt", "work-pool", "create", POOL, "--type", "process"]
        _must_succeed(created, home, environment)
    text = (bundled_path("deployments") / "prefect.yaml").read_text(encoding="utf-8")
    file = prefect_folder(home) / "prefect.yaml"
    file.write_text(text.replace(_ZONE_IN_FILE, zone), encoding="utf-8")
    _must_succeed(
        ["--no-prompt", "deploy", "--prefect-file", str(file), "--all"],
        home,
        environment,
    )


def _wait_until_healthy(part: Part, *, address: str) -> None:
    until = monotonic() + _START_SECONDS
    while not is_healthy(address):
        part.check()
        if monotonic() > until:
            raise PrefectBroke(part=part.name, log=part.log)
        sleep(0.5)


@contextmanager
def _part(
    name: str,
    arguments: list[str],
    *,
    home: Path,
    environment: Mapping[str, str],
    module: str = "prefect",
) -> Iterator[Part]:
    log = prefect_folder(home) / f"{name}.log"
    with log.open("ab") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env=dict(environment),
            cwd=prefect_folder(home),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            # Ctrl-C in the terminal is ours to pass on, worker first, server last
            start_new_session=True,
        )
    try:
        yield Part(name=name, process=process, log=log)
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask to end, wait, then end it with all its children."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _succeeds(arguments: list[str], home: Path, environment: Mapping[str, str]) -> bool:
    with _setup_log(home).open("ab") as stream:
        done = subprocess.run(
            [sys.executable, "-m", "prefect", *arguments],
            env=dict(environment),
            cwd=prefect_folder(home),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            check=False,
        )
    return done.returncode == 0


def _must_succeed(
    arguments: list[str], home: Path, environment: Mapping[str, str]
) -> None:
    if not _succeeds(arguments, home, environment):
        raise PrefectBroke(part="prefect " + " ".join(arguments), log=_setup_log(home))


def _setup_log(home: Path) -> Path:
    return prefect_folder(home) / "setup.log"


def _tail(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-15:])
