"""Which customers hear that their goods come later, and which silences are asked about?

A slip beyond the threshold is told once for each line and new date, in one mail for
each order and run. Where a confirmed day passed in silence nobody knows a new date:
a person asks stock.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from adv_domain.mail.labels import labels_of
from adv_domain.mail.order_views import DelayedLine, OrderHead, delay_view
from adv_domain.mail.render import mail_templates
from adv_domain.rules.stock.delays import Delay, OpenLine, delay_of, silent_lines
from adv_domain.store.engine import writing
from adv_domain.store.leases import keep_lease
from adv_domain.store.outbox import OutboxMail, queue_mails
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.stock.delays import (
    LateLine,
    LateOrder,
    NewNotice,
    close_answered_questions,
    latest_causes,
    orders_gone_silent,
    orders_that_slipped,
    read_late_orders,
    write_notices,
)
from adv_domain.store.worklist import PersonTask, open_tasks
from tasks.batches import BatchResult, Claimed, decided, work_through
from tasks.mail.letterheads import letterhead_to
from tasks.resources import now, resources
from tasks.step import Call, Outcome, RunRef, StepFlow, step

KIND = "delay_notice"
SILENCE = "silent_delay"
_Claim = Callable[..., list[tuple[int, str]]]


@dataclass(frozen=True, slots=True)
class _Told:
    """What an order's customer is told now; without mail he has no address."""

    notices: tuple[NewNotice, ...]
    mail: OutboxMail | None


@step(name="tell delays", retries=3, run_name="delays {run.on}")
def tell_delays(run: RunRef) -> Outcome:
    """Decide notices and questions; keys: line and new date, line and silent day."""
    policy = resources().policy.delivery
    answered = _close_answered(run)
    silent = answered + work_through(
        run,
        claim=partial(_claim, partial(orders_gone_silent, on=run.on)),
        handle=partial(_ask, run),
    )
    if not policy.notify:
        return silent + Outcome(skipped={"notices are off by policy": 1})
    claim = partial(_claim, orders_that_slipped)
    return work_through(run, claim=claim, handle=partial(_tell, run)) + silent


def _close_answered(run: RunRef) -> Outcome:
    """Close the questions whose line left, was given up, or has a new date."""
    if run.dry_run:
        return Outcome()
    with writing(resources().engine) as connection:
        keep_lease(connection, run.lease, now=now())
        closed = close_answered_questions(
            connection, kind=SILENCE, on=run.on, by=run.actor, now=now()
        )
    return Outcome(done={"silences answered": closed})


def _claim(
    orders: _Claim, connection: Connection, *, after: int | None, limit: int
) -> Sequence[Claimed]:
    found = orders(connection, after=after, limit=limit)
    return [Claimed(key=order_id, name=order_no) for order_id, order_no in found]


def _tell(
    run: RunRef, connection: Connection, claimed: Sequence[Claimed]
) -> BatchResult:
    result = BatchResult()
    order_ids = [one.key for one in claimed]
    orders = _read(connection, order_ids)
    reasons = latest_causes(connection, order_ids)
    rule = partial(_told, run, reasons=reasons, words=_reason_words(orders))
    pairs = decided(orders, rule, name_of=lambda order: order.order_no, result=result)
    told = [said for _, said in pairs if said is not None]
    notices = [notice for said in told for notice in said.notices]
    mails = [said.mail for said in told if said.mail]
    write_notices(connection, notices, told_on=run.on)
    queue_mails(connection, mails, business_date=run.on, now=now(), run_id=run.run_id)
    without = [said.notices[0].order for said in told if not said.mail]
    open_tasks(connection, [_no_address(run, one) for one in without], opened_on=run.on)
    _record(run, connection, told)
    result.done["delays told"] += len(notices)
    result.done["mails queued"] += len(mails)
    result.skipped["no mail address, a person tells"] += len(without)
    result.skipped["within the threshold"] += len(pairs) - len(told)
    return result


def _ask(
    run: RunRef, connection: Connection, claimed: Sequence[Claimed]
) -> BatchResult:
    """Open a question to stock for each line whose confirmed day passed."""
    result = BatchResult()
    questions = []
    for order in _read(connection, [one.key for one in claimed]):
        lines = {line.facts.line_id: line for line in order.lines}
        silent = silent_lines([line.facts for line in order.lines], on=run.on)
        questions += [
            _question(run, order, lines[facts.line_id], facts) for facts in silent
        ]
    result.done["silences asked about"] += open_tasks(
        connection, questions, opened_on=run.on
    )
    return result


def _read(connection: Connection, order_ids: Sequence[int]) -> list[LateOrder]:
    threshold = resources().policy.delivery.delay_threshold_days
    return read_late_orders(connection, order_ids, threshold_days=threshold)


def _told(
    run: RunRef,
    order: LateOrder,
    *,
    reasons: Mapping[int, str],
    words: Mapping[str, Mapping[str, str]],
) -> _Told | None:
    late = [(line, delay) for line in order.lines if (delay := delay_of(line.facts))]
    if not late:
        return None
    codes = {reasons.get(delay.line_id, "") for _, delay in late}
    reason = words[order.language].get(codes.pop(), "") if len(codes) == 1 else ""
    key = _outbox_key(run, order, [delay for _, delay in late])
    mail = _mail(order, late, key, reason) if order.email else None
    outbox_key = key if mail else None
    notices = tuple(NewNotice(order, delay, outbox_key) for _, delay in late)
    return _Told(notices, mail)


def _outbox_key(run: RunRef, order: LateOrder, delays: Sequence[Delay]) -> str:
    told = repr([(delay.line_id, delay.new_on.isoformat()) for delay in delays])
    digest = hashlib.sha256(told.encode()).hexdigest()[:12]
    return f"{KIND}:{order.order_no}:{run.on}:{digest}"


def _mail(
    order: LateOrder,
    late: Sequence[tuple[LateLine, Delay]],
    key: str,
    reason: str,
) -> OutboxMail:
    lines = [
        DelayedLine(
            product=line.product,
            description=line.description,
            qty=line.facts.qty_open,
            confirmed_on=delay.old_on,
            new_on=delay.new_on,
        )
        for line, delay in late
    ]
    head = OrderHead(order.order_no, order.customer_ref)
    letterhead = letterhead_to(
        order.customer_name, language=order.language, policy=resources().policy
    )
    context = delay_view(lines, order=head, letterhead=letterhead, reason=reason)
    return OutboxMail(
        outbox_key=key,
        kind=KIND,
        to_address=order.email or "",
        template=KIND,
        language=order.language,
        context=context,
        customer_id=order.customer_id,
        entity="order",
        entity_id=order.order_id,
        reply_to=resources().policy.mail.reply_to or None,
    )


def _reason_words(orders: Sequence[LateOrder]) -> dict[str, Mapping[str, str]]:
    """Return what each reason is called in the customers' languages."""
    templates = mail_templates(resources().settings.home)
    languages = {order.language for order in orders}
    return {
        language: labels_of(templates, language).get("delay_reason", {})
        for language in languages
    }


def _no_address(run: RunRef, order: LateOrder) -> PersonTask:
    return PersonTask(
        task_key=f"delay-address:{order.order_no}:{run.on}",
        kind="missing_address",
        team=resources().policy.owner_of_step(run.step),
        text=f"order {order.order_no} of {order.customer_name} is delayed and the "
        "customer has no mail address: tell him and complete his master record",
        customer_id=order.customer_id,
        entity="order",
        entity_id=order.order_id,
    )


def _question(
    run: RunRef, order: LateOrder, line: LateLine, facts: OpenLine
) -> PersonTask:
    return PersonTask(
        task_key=f"silent-delay:{facts.line_id}:{facts.confirmed_on}",
        kind=SILENCE,
        team=resources().policy.owner_of_step(run.step),
        text=f"order {order.order_no} line {line.line_no} was confirmed for "
        f"{facts.confirmed_on} and stock has said nothing since: ask for a new date",
        customer_id=order.customer_id,
        entity="order_line",
        entity_id=facts.line_id,
    )


def _record(run: RunRef, connection: Connection, told: Sequence[_Told]) -> None:
    happenings = []
    for said in told:
        order = said.notices[0].order
        dates = ", ".join(
            f"{one.delay.old_on} to {one.delay.new_on}" for one in said.notices
        )
        happenings.append(
            Happening(
                entity="order",
                entity_id=order.order_id,
                what=KIND,
                actor=run.actor,
                reason=f"{dates}; {'mail queued' if said.mail else 'no mail address'}",
            )
        )
    record_events(
        connection, happenings, business_date=run.on, now=now(), run_id=run.run_id
    )


NOTICES = StepFlow(
    name="notices",
    plan=lambda run: [Call(tell_delays, {"run": run})],
    has_dry_run=True,
)
