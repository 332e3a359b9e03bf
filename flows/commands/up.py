"""`adv up`: how does everything run on one machine until Ctrl-C?"""

import os
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import sleep
from types import FrameType
from typing import TYPE_CHECKING

import click

from flows.commands.output import fail, home_option

if TYPE_CHECKING:
    from adv_domain.settings import Settings
    from flows.local_prefect import Part

_LOOPBACK = "127.0.0.1"


class _Stop(Exception):
    """The operator or the machine asks to stop."""


@click.command()
@home_option
@click.option("--port", default=4200, show_default=True, help="Port of the Prefect UI.")
@click.option(
    "--feedback-port",
    default=4210,
    show_default=True,
    help="Port for stock's news over HTTP, where ADV_FEEDBACK_SECRET is set.",
)
def up(*, port: int, feedback_port: int) -> None:
    """Start Prefect with every flow, its schedules and a worker; Ctrl-C ends it.

    Uses the server of PREFECT_API_URL where that is set. Where ADV_FEEDBACK_SECRET is
    set, stock's news is taken over HTTP too, as by `adv receive`.
    """
    # the database and Prefect load only for the commands that need them
    from flows.local_prefect import PrefectBroke
    from tasks.setup import set_up

    settings = set_up().settings
    try:
        with _stop_on_signals():
            _run(settings, port=port, feedback_port=feedback_port)
    except _Stop:
        click.echo("Stopped.")
    except PrefectBroke as broke:
        fail(str(broke), status=1)


def _run(settings: "Settings", *, port: int, feedback_port: int) -> None:
    from flows.local_prefect import deploy_all, server, worker
    from flows.prefect_home import forget_server, note_server

    home, zone = settings.home, settings.time_zone.key
    environment, has_own_server = _environment(home, port=port)
    address = environment["PREFECT_API_URL"]
    with ExitStack() as stack:
        parts = []
        if has_own_server:
            click.echo("Starting the Prefect server (half a minute) …")
            running = server(
                home=home, host=_LOOPBACK, port=port, environment=environment
            )
            parts.append(stack.enter_context(running))
            note_server(home, address)
            stack.callback(forget_server, home)
        click.echo("Deploying every flow …")
        deploy_all(home=home, zone=zone, environment=environment)
        parts.append(stack.enter_context(worker(home=home, environment=environment)))
        parts += _receiver(stack, home, environment, port=feedback_port)
        click.echo(f"Prefect UI: {address.removesuffix('/api')}")
        click.echo(f"Schedules in {zone}; files of this company in {home}")
        click.echo(f"Logs in {home / 'prefect'}; stop with Ctrl-C.")
        _watch(parts)


def _receiver(
    stack: ExitStack, home: Path, environment: Mapping[str, str], *, port: int
) -> list["Part"]:
    """Take stock's news over HTTP, if there is a secret that senders know."""
    from adv_domain.receiver_settings import read_receiver_settings
    from flows.local_prefect import receiver

    if read_receiver_settings(environment) is None:
        return []
    if _is_taken(port):
        fail(f"port {port} is in use; choose another with --feedback-port")
    started = receiver(home=home, port=port, environment=environment)
    click.echo(f"Stock's news: http://{_LOOPBACK}:{port}/stock/feedback")
    return [stack.enter_context(started)]


def _environment(home: Path, *, port: int) -> tuple[Mapping[str, str], bool]:
    """Return the children's environment, and whether the server is ours to start."""
    from flows.prefect_home import is_healthy, prepare_environment, running_server

    already = running_server(home)
    environment = dict(os.environ)
    # a worker runs flows in other folders: a relative home would be another one there
    environment["ADV_HOME"] = str(home)
    given = environment.get("PREFECT_API_URL")
    if given is None and already is not None:
        fail(f"Prefect already runs for this home at {already.removesuffix('/api')}")
    if given is not None and not is_healthy(given):
        fail(f"no Prefect server answers at PREFECT_API_URL={given}")
    if given is None and _is_taken(port):
        fail(f"port {port} is in use; choose another with --port")
    environment.setdefault("PREFECT_API_URL", f"http://{_LOOPBACK}:{port}/api")
    prepare_environment(home, environment)
    return environment, given is None


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((_LOOPBACK, port)) == 0


def _watch(parts: list["Part"]) -> None:
    while True:
        for part in parts:
            part.check()
        sleep(0.5)


@contextmanager
def _stop_on_signals() -> Iterator[None]:
    """Turn SIGINT and SIGTERM into _Stop, so that every child is ended in order."""

    def _raise(_number: int, _frame: FrameType | None) -> None:
        # a second Ctrl-C must not break the orderly end
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_IGN)
        raise _Stop

    before = {
        each: signal.signal(each, _raise) for each in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
