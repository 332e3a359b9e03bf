"""Does a run ask a person first, since it would do so much more than usual?

A stop is a row with its figures and a task; a person's yes holds for that business
date and for figures within the policy's tolerance. What the day's earlier runs
did counts with what is left, so that a resumed run asks nothing new.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from adv_domain.policies import Policy
from adv_domain.policy_brake import Brake
from adv_domain.rules.brake import NOTHING, Limits, Volume, is_covered, limits_of_day
from adv_domain.rules.counted import counted
from adv_domain.rules.exchange import NoExchangeRate, converted
from adv_domain.rules.money import ZERO, plain_amount
from adv_domain.store import brake as store
from adv_domain.store.engine import reading, writing
from adv_domain.store.exchange import read_exchange_rates
from adv_domain.store.leases import keep_lease
from adv_domain.store.runs import (
    FailedDocument,
    Happening,
    record_events,
    record_failures,
    resolve_failures,
)
from adv_domain.store.worklist import (
    PersonTask,
    close_task,
    close_tasks_about,
    open_tasks,
)
from tasks.authority import check_role
from tasks.resources import now, resources
from tasks.step import Outcome, RunRef

DUNNING = "dunning"
_KIND = "run_brake"
_WHOLE_RUN = "the whole run"
_ASKED = "a person is asked first"
# as many days of one kind (weekends) lie within four times as many days
_DAYS_PER_KIND = 4


class NothingToConfirm(LookupError):
    """No run of the step waits for a person's yes on this date."""

    def __init__(self, step: str, on: date) -> None:
        super().__init__(
            f"no run of {step} for {on} waits for a yes; what waits: "
            f"adv tasks --kind {_KIND}"
        )


@dataclass(frozen=True, slots=True)
class Stop:
    """What a run would have come to, and against which usual it was stopped."""

    planned: Volume
    limits: Limits


def braked(
    run: RunRef, *, waiting: Callable[[Connection, date], Volume]
) -> Outcome | None:
    """Return how a run ends that must ask first; None where it may go on.

    The stop stands among the failures as the whole run: once it is known it waits.
    A dry run says so and writes nothing. What waits is counted while others may write.
    """
    with reading(resources().engine) as connection:
        stop = stop_of(connection, run, waiting=waiting)
    if run.dry_run:
        return None if stop is None else _said(run, stop)
    with writing(resources().engine) as connection:
        keep_lease(connection, run.lease, now=now())
        if stop is None:
            _went_on(connection, run)
            return None
        _ask_person(connection, run, stop)
        failed = FailedDocument(_WHOLE_RUN, "run_brake", stop_text(run, stop))
        fresh = record_failures(
            connection,
            step=run.step,
            run_id=run.run_id,
            owner=resources().policy.owner_of_step(run.step),
            failed=[failed],
            now=now(),
        )
    return Outcome(
        skipped={_ASKED: stop.planned.documents},
        waiting=1 - len(fresh),
        failed=tuple(fresh),
    )


def _said(run: RunRef, stop: Stop) -> Outcome:
    told = {"stopped": stop_text(run, stop)}
    return Outcome(skipped={_ASKED: stop.planned.documents}, details=(told,))


def stop_of(
    connection: Connection,
    run: RunRef,
    *,
    waiting: Callable[[Connection, date], Volume],
) -> Stop | None:
    """Tell whether the run must ask first; None where it may go on.

    What waits is counted only where there is a limit: it may cost as much as the run.
    """
    policy = brake_of(resources().policy, run.step)
    if not policy.on:
        return None
    rule = policy.rule
    history = store.volumes_by_day(
        connection, run.step, until=run.on, days=rule.days * _DAYS_PER_KIND
    )
    limits = limits_of_day(history, on=run.on, rule=rule)
    if limits.are_none:
        return None
    left = waiting(connection, run.on)
    planned = left + history.get(run.on, NOTHING)
    if left == NOTHING or not limits.are_passed_by(planned):
        return None
    confirmed = store.confirmed_volumes(connection, run.step, on=run.on)
    if any(is_covered(planned, confirmed=one, rule=rule) for one in confirmed):
        return None
    return Stop(planned, limits)


def brake_of(policy: Policy, step: str) -> Brake:
    """Return the policy's limits for a step."""
    return policy.dunning.brake if step == DUNNING else policy.brake


def volume_text(step: str, volume: Volume) -> str:
    """Say what a run of the step comes to, in the words of what it makes."""
    currency = resources().policy.company.currency
    amount = f"{plain_amount(volume.amount, currency)} {currency}"
    if step == DUNNING:
        return f"{counted(volume.documents, 'reminders')} of {amount}"
    return f"{counted(volume.documents, 'documents')} of {amount} net"


def yes_text(step: str, on: date, confirmed: Volume) -> str:
    """Say what the step may do now that a person has said yes."""
    verb = "send" if step == DUNNING else "post"
    return f"{step} for {on} may {verb} {volume_text(step, confirmed)}"


def stop_text(run: RunRef, stop: Stop) -> str:
    """Say what the run would do, what is usual, and what to do now."""
    usual = stop.limits.usual
    known = (
        f"usual is {volume_text(run.step, usual)}"
        if usual
        else "the policy asks before so much"
    )
    return (
        f"{run.step} for {run.on} would come to "
        f"{volume_text(run.step, stop.planned)}; {known}. "
        f"Nothing was done: look with adv run {run.step} --date {run.on} --dry-run, "
        f"then adv confirm-run {run.step} --date {run.on}"
    )


def _ask_person(connection: Connection, run: RunRef, stop: Stop) -> None:
    """Write the stop and open its task; the same figures again change nothing."""
    day = store.RunDay(run.run_id, run.step, run.on)
    store.note_stop(connection, day, stop.planned, usual=stop.limits.usual, now=now())
    known = resources().policy
    noted = store.open_stop(connection, run.step, on=run.on)
    task = PersonTask(
        task_key=_task_key(run.step, run.on, stop.planned),
        kind=_KIND,
        team=known.owner_of_step(run.step),
        text=stop_text(run, stop),
        entity=_KIND,
        entity_id=noted.id if noted else None,
        amount=stop.planned.amount,
        currency=known.company.currency,
    )
    open_tasks(connection, [task], opened_on=run.on)


def _went_on(connection: Connection, run: RunRef) -> None:
    """Drop the questions of the step: what they asked about is being done."""
    resolve_failures(connection, step=run.step, documents={_WHOLE_RUN}, now=now())
    stops = store.stop_ids(connection, run.step)
    close_tasks_about(connection, _KIND, stops, kinds=(_KIND,), by=run.actor, now=now())


def confirm_run(*, step: str, on: date, by: str, reason: str) -> Volume:
    """Let the stopped run of a date go on, up to the figures that it stopped at.

    Returns them. Raises NothingToConfirm and BeyondAuthority.
    """
    with writing(resources().engine) as connection:
        stop = store.open_stop(connection, step, on=on)
        if stop is None:
            raise NothingToConfirm(step, on)
        check_role(
            resources().policy, person=by, action="confirm_run", amount=stop.amount
        )
        confirmed = store.figures(stop)
        store.confirm_stop(connection, stop.id, by=by, reason=reason, now=now())
        key = _task_key(step, on, confirmed)
        close_task(connection, key, by=by, result=f"confirmed: {reason}", now=now())
        told = f"{step} for {on}, {volume_text(step, confirmed)}: {reason}"
        record_events(
            connection,
            [Happening(_KIND, stop.id, "run confirmed", by, reason=told)],
            business_date=on,
            now=now(),
        )
    return confirmed


def worth(
    connection: Connection, by_currency: Mapping[str, Decimal], *, on: date
) -> Decimal:
    """Sum amounts in the company's currency; one without a rate counts nothing."""
    target = resources().policy.company.currency
    total = by_currency.get(target, ZERO)
    foreign = {code: one for code, one in by_currency.items() if code != target}
    if not foreign:
        return total
    rates = read_exchange_rates(connection, currencies=[target, *foreign], on=on)
    for code, amount in foreign.items():
        try:
            total += converted(amount, source=code, target=target, on=on, rates=rates)
        except NoExchangeRate:
            continue
    return total


def _task_key(step: str, on: date, planned: Volume) -> str:
    return f"run-brake:{step}:{on}:{planned.documents}:{planned.amount:f}"
