"""How does a command end when the ground under it gives way?"""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from flows.commands.output import say_failure

_OF_CONFIGURATION = {
    "SettingWrong",
    "InvalidPolicy",
    "UnknownFlow",
    "SchemaOutdated",
    "DateAhead",
}


@contextmanager
def told() -> Iterator[None]:
    """End with one line instead of a traceback: the cause, and what to do.

    Settings and policy mistakes end with 2; a held step, a database or a disk fault
    with 1, and nothing of the batch at hand was written. So does a mail server that
    refuses our settings: all mails stay queued.
    """
    try:
        yield
    except (click.exceptions.Exit, SystemExit, KeyboardInterrupt):
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
    }:
        return 1
    return None


def _line(error: Exception) -> str:
    if hasattr(error, "mistakes"):
        return str(error)  # a mistake of the policy stands on a line of its own
    cause = getattr(error, "orig", None) or error
    return " ".join(str(cause).split()) or type(error).__name__
