"""Which held orders were not answered in time, and to whom did that go on today?"""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import Connection

from adv_domain.documents.dashboard_words import Words
from adv_domain.mail.operations_views import LateAnswer
from adv_domain.rules.working_hours import in_hours, working_time
from adv_domain.store.orders.work_list import Escalated, read_escalated
from tasks.office_hours import moment_on, office_hours
from tasks.orders.work_list import WorkItem, work_list


def late_answers(connection: Connection, *, on: date, words: Words) -> list[LateAnswer]:
    """Return what is overdue by the end of the date, the longest first, and what went
    on to somebody on the date and was answered since."""
    found = list(_overdue(work_list(connection, on=on), words))
    answered = [
        one for one in read_escalated(connection, on=on) if one.closed_at is not None
    ]
    return found + _answered(answered, on=on)


def _overdue(items: Sequence[WorkItem], words: Words) -> Iterator[LateAnswer]:
    for item in items:
        for part in item.parts:
            if part.overdue is not None:
                yield LateAnswer(
                    order=item.order_no,
                    customer=item.customer_name or item.customer_code,
                    owner=part.team,
                    waited=part.waited,
                    value="" if item.value is None else words.money(item.value),
                    told=part.told,
                )


def _answered(steps: Sequence[Escalated], *, on: date) -> list[LateAnswer]:
    """Return a line for each hold, with all that its silence went on to that day."""
    if not steps:
        return []
    hours = office_hours(since=min(one.opened_at for one in steps).date(), until=on)
    told: dict[tuple[str, str], list[str]] = {}
    for one in steps:
        told.setdefault((one.order_no, one.team), []).append(one.told)
    holds = {(one.order_no, one.team): one for one in steps}
    return [
        LateAnswer(
            order=one.order_no,
            customer=one.customer_name or one.customer_code,
            owner=one.team,
            waited=in_hours(
                working_time(one.opened_at, one.closed_at or moment_on(on), hours=hours)
            ),
            told=tuple(told[key]),
            is_answered=True,
        )
        for key, one in holds.items()
    ]
