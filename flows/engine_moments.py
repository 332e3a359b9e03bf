"""When, in plain UTC, does the engine say that something happened?"""

from datetime import UTC, datetime

from tasks.resources import now


def plain_moment(moment: datetime | None) -> datetime:
    """Return an engine's moment as an aware UTC datetime of the standard library.

    Where the engine knows none, it is now.

    Prefect's own type warns where it is changed (3.9), which is what the store does
    with every moment.
    """
    if moment is None:
        return now()
    return datetime.fromtimestamp(moment.timestamp(), UTC)
