"""Which customers hear that their goods come later, and which silences are asked about?

What is told was decided in rules/stock/delays.py: once for each line and date, in one
mail for each customer and run. A question to stock is closed when the line has left,
was given up, or has a new date.
"""

from collections.abc import Sequence
from functools import cache, partial

from sqlalchemy import Connection

from adv_domain.rules.stock.delays import IS_TOLD, Look, News, Verdict, finding_of
from adv_domain.store.engine import reading, writing
from adv_domain.store.leases import keep_lease
from adv_domain.store.stock.delay_records import close_answered_questions, forget_ended
from adv_domain.store.stock.delays import (
    LateCustomer,
    customers_with_news,
    read_late_customers,
)
from adv_domain.store.stock.late_lines import Usual
from tasks.batches import BatchResult, Claimed, decided, work_through
from tasks.office_hours import moment_on, sending_window
from tasks.resources import now, resources
from tasks.step import Outcome, RunRef
from tasks.stock.customer_mail import LabelsIn, mail_labels, usual_events
from tasks.stock.delay_mails import Found, Told, told_in_mails
from tasks.stock.delay_writes import (
    SILENCE,
    DecidedBatch,
    detail_of,
    write_decided,
)
from tasks.stock.stock_heard import close_when_heard, news_of_stock, tell_operator


def tell_delays(run: RunRef) -> Outcome:
    """Decide notices and questions; keys: line and new date, line and silent day."""
    with reading(resources().engine) as connection:
        look = Look(
            on=run.on,
            moment=moment_on(run.on),
            window=sending_window(),
            news=news_of_stock(connection, moment=moment_on(run.on)),
        )
    usual = Usual(resources().policy.delivery.delay_threshold_days, usual_events())
    outcome = _tidied(run, look) + work_through(
        run,
        claim=partial(_claim, run, usual),
        handle=partial(_handle, run, look, usual),
    )
    return outcome + _told_operator(run, outcome.skipped.get(Verdict.STALE, 0))


def _tidied(run: RunRef, look: Look) -> Outcome:
    """Close the questions whose line waits no longer, and forget its untold date."""
    if run.dry_run:
        return Outcome()
    with writing(resources().engine) as connection:
        keep_lease(connection, run.lease, now=now())
        closed = close_answered_questions(
            connection, kind=SILENCE, on=run.on, by=run.actor, now=now()
        )
        forget_ended(connection)
        if look.news is News.FRESH:
            close_when_heard(connection, run)
    return Outcome(done={"silences answered": closed})


def _told_operator(run: RunRef, silent_lines: int) -> Outcome:
    if run.dry_run or not silent_lines:
        return Outcome()
    with writing(resources().engine) as connection:
        keep_lease(connection, run.lease, now=now())
        told = tell_operator(connection, run, silent_lines=silent_lines)
    return Outcome(done={"tasks about a stock not heard of": told})


def _claim(
    run: RunRef,
    usual: Usual,
    connection: Connection,
    *,
    after: int | None,
    limit: int,
) -> Sequence[Claimed]:
    found = customers_with_news(
        connection, on=run.on, usual=usual, after=after, limit=limit
    )
    return [Claimed(key=customer_id, name=code) for customer_id, code in found]


def _handle(
    run: RunRef,
    look: Look,
    usual: Usual,
    connection: Connection,
    claimed: Sequence[Claimed],
) -> BatchResult:
    result = BatchResult()
    ids = [one.key for one in claimed]
    customers = read_late_customers(connection, ids, on=run.on, usual=usual)
    pairs = decided(
        customers,
        partial(_decide, run, look, cache(mail_labels)),
        name_of=lambda customer: customer.code,
        result=result,
    )
    batch = DecidedBatch(
        customers=[customer for customer, _ in pairs],
        found=[one for _, (found, _) in pairs for one in found],
        told=[one for _, (_, told) in pairs for one in told],
    )
    result.done.update(write_decided(connection, run, look, batch))
    result.skipped.update(
        str(one.finding.verdict)
        for one in batch.found
        if one.finding.verdict not in (*IS_TOLD, Verdict.ASK)
    )
    if run.dry_run:
        result.details += [
            detail_of(customer, one) for customer, (found, _) in pairs for one in found
        ]
    return result


def _decide(
    run: RunRef, look: Look, labels_in: LabelsIn, customer: LateCustomer
) -> tuple[list[Found], list[Told]]:
    found = [
        Found(order, line, finding)
        for order in customer.orders
        for line in order.lines
        if (finding := finding_of(line.facts, look=look))
    ]
    return found, told_in_mails(run, customer, found, labels_in)
