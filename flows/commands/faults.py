"""How does a command end when the ground under it gives way?"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import click

from flows.commands.output import say_failure

_T = TypeVar("_T")
_OF_CONFIGURATION = {
    "SettingWrong",
    "InvalidPolicy",
    "UnknownFlow",
    "SchemaOutdated",
    "DateAhead",
    "LogoUnusable",
}


@contextmanager
def told() -> Iterator[None]:
    """End with one line instead of a traceback: the cause, and what to do.

    Settings, policy mistakes and a missing logo end with 2; a held step, a database
    or a disk fault with 1, and nothing of the batch at hand was written. So does a mail
    server, or stock's system, that refuses our settings: all messages stay queued.
    """
    try:
        yield
    except (click.exceptions.Exit, SystemExit, KeyboardInterrupt, BrokenPipeError):
        raise
    except Exception as error:
        status = _status_of(error)
        if status is None:
            raise
        say_failure(_line(error), status=status)
        raise SystemExit(status) from error


def _status_of(error: Exception) -> int | None:
    names = {one.__name__ for one in type(error).__mro__}
    if names & _OF_CONFIGURATION:
        return 2
    if names & {
        "LeaseHeld",
        "LeaseLost",
        "DBAPIError",
        "OSError",
        "MailConfigurationError",
        "EndpointMisconfigured",
    }:
        return 1
    return None


def _line(error: Exception) -> str:
    if hasattr(error, "mistakes"):
        return str(error)  # a mistake of the policy stands on a line of its own
    cause = getattr(error, "orig", None) or error
    line = " ".join(str(cause).split()) or type(error).__name__
    return f"{line}; {_remedy(error, line)}" if _remedy(error, line) else line


def _remedy(error: Exception, line: str) -> str:
    """Say what to do where the disk, not the data, stands in the way."""
    if isinstance(error, PermissionError | FileExistsError | NotADirectoryError):
        return "name a folder that you may write to with --home, or correct its rights"
    if "readonly database" in line or "unable to open database file" in line:
        return (
            f"the folder of {_database_path()} must exist and be writable: "
            "correct its rights, or name another home with --home"
        )
    return ""


def _database_path() -> str:
    from adv_domain.settings import read_settings

    return read_settings(os.environ).database_url.partition(":///")[2]


def end_quietly_on_a_closed_pipe(run: Callable[[], _T]) -> _T:
    """Run a command; a reader who has seen enough (head, less) ends it with 0."""
    try:
        return run()
    except BrokenPipeError:
        _discard_output()
        raise SystemExit(0) from None
    finally:
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            _discard_output()


def _discard_output() -> None:
    """Let the interpreter's own last flush go nowhere instead of failing."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
