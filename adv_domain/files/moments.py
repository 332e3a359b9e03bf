"""At which moment was something said, by the text of a cell?"""

from datetime import UTC, datetime

from adv_domain.files.cells import EARLIEST, LATEST, BadCell
from adv_domain.files.fields import Form

_EXAMPLE = "2026-03-31T14:05:00+02:00"


def moment() -> Form:
    """Read a moment with its time zone."""
    return Form("moment with zone", lambda _: moment_of, _EXAMPLE)


def moment_of(cell: str) -> datetime:
    """Return a moment of ISO 8601; one without its zone could be any of a day's."""
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError:
        moment = None
    if moment is None or moment.utcoffset() is None:
        message = "is no moment with its zone, such as " + _EXAMPLE
        raise BadCell("not_a_moment", message)
    if not EARLIEST < moment.date() < LATEST:
        raise BadCell("out_of_range", f"must lie between {EARLIEST} and {LATEST}")
    return moment.astimezone(UTC)
