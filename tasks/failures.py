"""What becomes of a failure that no run of its step will ever mend?

A file in quarantine, or news of stock that named a wrong order, is not derived from
the tables: once it is mended by another name, or given up, only a person can say so.
"""

from datetime import date

from adv_domain.store.engine import writing
from adv_domain.store.failures import (
    OpenFailure,
    close_open_failure,
    find_open_failure,
)
from adv_domain.store.runs import Happening, record_events
from tasks.resources import now, resources

# of each step, how the names of the files and entries begin that a person may close
_OF_FILES = {"intake": "", "delivery": "", "payments": "bank/"}


class FailureRefused(ValueError):
    """A failure cannot be closed like this."""


def is_of_a_file(one: OpenFailure) -> bool:
    """Tell whether the failure is of a file or an entry of one, which may be closed."""
    beginning = _OF_FILES.get(one.step)
    return beginning is not None and one.document.startswith(beginning)


def close_failure(
    *, step: str, document: str, by: str, reason: str, on: date
) -> OpenFailure:
    """Close the open failure of a file, or of an entry of one, with an event.

    Returns it as it was. Raises FailureRefused where none is open, nobody says why,
    or the document is derived from the tables, so that the next run tries it again.
    """
    by, reason = by.strip(), reason.strip()
    if not by or not reason:
        raise FailureRefused("closing a failure needs a name and a reason")
    with writing(resources().engine) as connection:
        found = find_open_failure(connection, step=step, document=document)
        if found is None:
            raise FailureRefused(
                f"the step {step} has no open failure of {document}; see: adv failures"
            )
        if not is_of_a_file(found):
            raise FailureRefused(
                f"{document} is taken up by each run of {step}: mend the cause "
                f"({found.message}), then: adv run {step}"
            )
        close_open_failure(connection, found.id, now=now())
        happening = Happening("failure", found.id, "closed", by, reason=reason)
        record_events(connection, [happening], business_date=on, now=now())
    return found
