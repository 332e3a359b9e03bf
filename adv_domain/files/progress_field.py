"""Of which events of his orders does a row say that a customer is told?"""

from adv_domain.files.cells import BadCell
from adv_domain.files.fields import Form
from adv_domain.rules.stock.progress import NO_MAILS, Progress


def progress() -> Form:
    """Read the events of which a customer is told, or none."""
    words = f"{NO_MAILS}, or among {', '.join(Progress)}"
    return Form(words, lambda _: progress_of, "confirmation,delay")


def progress_of(cell: str) -> str:
    """Return the events in their order, such as confirmation,delay; or none."""
    words = set(cell.lower().replace(";", ",").replace(" ", ",").split(",")) - {""}
    if words == {NO_MAILS}:
        return NO_MAILS
    if not words or not words <= set(Progress):
        known = ", ".join(Progress)
        raise BadCell("not_events", f"must be {NO_MAILS}, or events among {known}")
    return ",".join(event for event in Progress if event in words)
