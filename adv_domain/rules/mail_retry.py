"""When is a mail that could not be delivered tried again, and when given up?"""

import hashlib
from datetime import datetime, timedelta

_LONGEST = timedelta(hours=6)
_JITTER_STEPS = 256


def next_attempt_at(
    *, key: str, attempts: int, failed_at: datetime, first_wait: timedelta
) -> datetime:
    """Return when to try again: the wait doubles, at most six hours.

    Up to a quarter is taken off, by the key, so that the mails of one night do not
    all come back in the same second, and yet a rerun decides the same.
    """
    doubled = first_wait * (1 << min(attempts - 1, 16))
    wait = min(doubled, max(_LONGEST, first_wait))
    step = hashlib.sha256(f"{key} {attempts}".encode()).digest()[0]
    return failed_at + wait - wait * step / (4 * _JITTER_STEPS)


def is_given_up(*, queued_at: datetime, failed_at: datetime, days: int) -> bool:
    """Tell whether a mail has been tried for too long (RFC 5321, 4.5.4.1: 4–5 days)."""
    return failed_at - queued_at >= timedelta(days=days)
