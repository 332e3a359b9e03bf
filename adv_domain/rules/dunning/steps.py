"""Which level of one item comes next, when, and what stands against it?

The next step is the lowest level not yet completed. It is due on its own test,
but never sooner after the completed one before than the plan has it, and never
on the same day; a level planned before the due date lapses on the due date.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from adv_domain.rules.dunning.items import (
    ChasedItem,
    Debtor,
    InvoiceMail,
    NotChasedReason,
    PaymentRoute,
    RunFacts,
)
from adv_domain.rules.dunning.policy import (
    Channel,
    DunningLevel,
    DunningPolicy,
    LevelTest,
    plan_day,
)
from adv_domain.rules.money import ZERO

_ONE_DAY = timedelta(days=1)
_PENDING_ROUTE = {
    PaymentRoute.DIRECT_DEBIT_PENDING: NotChasedReason.DIRECT_DEBIT,
    PaymentRoute.BILL_PENDING: NotChasedReason.BILL_PENDING,
}
_INVOICE_MAIL = {
    InvoiceMail.NOT_SENT: NotChasedReason.INVOICE_NOT_SENT,
    InvoiceMail.FAILED: NotChasedReason.INVOICE_MAIL_FAILED,
    InvoiceMail.BOUNCED: NotChasedReason.INVOICE_MAIL_BOUNCED,
    InvoiceMail.UNKNOWN: NotChasedReason.INVOICE_MAIL_UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class NextStep:
    """A level and the first day on which it may go out."""

    level: DunningLevel
    due_on: date


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why nothing goes out; until is the first day on which that may change."""

    reason: NotChasedReason
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ItemVerdict:
    """What the run says of one item.

    Exactly one of step and obstacle is set. chased is the amount that may be
    claimed; a withheld part has its own obstacle beside a step.
    """

    item: ChasedItem
    chased: Decimal
    step: NextStep | None = None
    obstacle: Obstacle | None = None
    withheld: Obstacle | None = None


def next_step(item: ChasedItem, *, policy: DunningPolicy, on: date) -> NextStep | None:
    """Return the lowest level not yet completed or lapsed, None after the last."""
    completed: date | None = None
    plan_on: date | None = None
    for level in policy.levels:
        plan_on = plan_day(level, due_on=item.due_on, before_on=plan_on)
        if level.level <= item.last_level:
            completed = plan_on
        elif not plan_on < item.due_on <= on:
            return NextStep(level, _step_on(item, level, plan_on, completed))
    return None


def verdict(
    item: ChasedItem, *, debtor: Debtor, policy: DunningPolicy, facts: RunFacts
) -> ItemVerdict:
    """Decide whether the item's next level goes out in this run, and if not, why."""
    chased, withheld = _claimable(item, policy, facts.on)
    obstacle = _standing_obstacle(item, debtor, facts)
    if obstacle is None and withheld is not None and chased <= ZERO:
        obstacle = withheld
    if obstacle is None:
        obstacle = _claim_obstacle(item, chased, policy)
    if obstacle is not None:
        return ItemVerdict(item, chased, obstacle=obstacle)
    step = next_step(item, policy=policy, on=facts.on)
    if step is None:
        done = Obstacle(NotChasedReason.ALL_LEVELS_DONE)
        return ItemVerdict(item, chased, obstacle=done, withheld=withheld)
    obstacle = _step_obstacle(step, item, debtor, policy, facts)
    if obstacle is not None:
        return ItemVerdict(item, chased, obstacle=obstacle, withheld=withheld)
    return ItemVerdict(item, chased, step=step, withheld=withheld)


def _step_on(
    item: ChasedItem, level: DunningLevel, plan_on: date, completed: date | None
) -> date:
    if completed is None or item.last_completed_on is None:
        return plan_on
    after_gap = item.last_completed_on + max(plan_on - completed, _ONE_DAY)
    if level.test is LevelTest.DAYS_SINCE_PREVIOUS:
        return after_gap
    return max(plan_on, after_gap)


def _claimable(
    item: ChasedItem, policy: DunningPolicy, on: date
) -> tuple[Decimal, Obstacle | None]:
    """Return the amount without its disputed and promised parts, and their reason."""
    chased = item.open_amount
    withheld: Obstacle | None = None
    if item.promised_on is not None and item.promised_amount > ZERO:
        broken_on = item.promised_on + timedelta(days=policy.promise_grace_days + 1)
        if on < broken_on:
            chased -= item.promised_amount
            withheld = Obstacle(NotChasedReason.PROMISED, broken_on)
    if item.disputed_amount > ZERO:
        chased -= item.disputed_amount
        withheld = Obstacle(NotChasedReason.DISPUTED)
    return max(chased, min(item.open_amount, ZERO)), withheld


def _standing_obstacle(
    item: ChasedItem, debtor: Debtor, facts: RunFacts
) -> Obstacle | None:
    if item.open_amount == ZERO:
        return Obstacle(NotChasedReason.PAID)
    if item.open_amount < ZERO:
        return Obstacle(NotChasedReason.CREDIT_BALANCE)
    if facts.is_bank_stale:
        return Obstacle(NotChasedReason.BANK_DATA_STALE)
    if debtor.is_insolvent:
        return Obstacle(NotChasedReason.CUSTOMER_INSOLVENT)
    if debtor.paused_until is not None and facts.on <= debtor.paused_until:
        return Obstacle(NotChasedReason.PAUSED, _day_after(debtor.paused_until))
    reason = _PENDING_ROUTE.get(item.route)
    return None if reason is None else Obstacle(reason)


def _claim_obstacle(
    item: ChasedItem, chased: Decimal, policy: DunningPolicy
) -> Obstacle | None:
    if chased < policy.minimum:
        return Obstacle(NotChasedReason.BELOW_MINIMUM)
    if item.pending_level is not None:
        return Obstacle(NotChasedReason.AWAITING_CONFIRMATION)
    reason = _INVOICE_MAIL.get(item.invoice_mail)
    return None if reason is None else Obstacle(reason)


def _step_obstacle(
    step: NextStep,
    item: ChasedItem,
    debtor: Debtor,
    policy: DunningPolicy,
    facts: RunFacts,
) -> Obstacle | None:
    if facts.on < step.due_on:
        return Obstacle(NotChasedReason.LEVEL_NOT_DUE, step.due_on)
    if item.due_on < facts.on and not _is_covered(item, policy, facts):
        return Obstacle(NotChasedReason.AWAITING_BANK_STATEMENT)
    by_mail = step.level.channel is Channel.EMAIL
    if by_mail and not debtor.has_address:
        return Obstacle(NotChasedReason.NO_ADDRESS)
    return None


def _is_covered(item: ChasedItem, policy: DunningPolicy, facts: RunFacts) -> bool:
    """Say whether the statements would show a payment made on the due date."""
    if facts.bank_covers_until is None:
        return True
    cleared_on = item.due_on + timedelta(days=policy.clearing_days)
    return cleared_on <= facts.bank_covers_until


def _day_after(day: date) -> date:
    return day if day == date.max else day + _ONE_DAY
