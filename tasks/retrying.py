"""Which errors pass by themselves? The only retry predicate of the product."""

import random
from collections.abc import Callable
from time import sleep
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, OperationalError

_LOCKED = ("database is locked", "database table is locked", "deadlock detected")
_T = TypeVar("_T")


def is_transient(error: BaseException) -> bool:
    """Tell whether trying again may help: a lost connection, a lock, a time-out."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if isinstance(error, OperationalError):
        return any(words in str(error.orig) for words in _LOCKED)
    return isinstance(error, ConnectionError | TimeoutError)


def delays(retries: int) -> list[float]:
    """Return the seconds before each retry: doubling from one, with jitter."""
    return [2.0**attempt * random.uniform(0.75, 1.25) for attempt in range(retries)]


def with_retries(call: Callable[[], _T], *, retries: int) -> _T:
    """Call again after transient errors, at most so many times."""
    for delay in delays(retries):
        try:
            return call()
        except Exception as error:
            if not is_transient(error):
                raise
            sleep(delay)
    return call()
