"""Which reminders and tasks does one customer get in this run, and what is left out?

One mail per customer, currency and run, in the tone of the highest level that it
carries, listing every overdue item and netting unapplied credit. What refers to
collection is a task for a person, never a mail. Source: design, section 5.
"""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from adv_domain.rules.dunning.interest import LatePart, RateUnknown, accrued_interest
from adv_domain.rules.dunning.items import (
    ChasedItem,
    Debtor,
    NotChasedReason,
    RunFacts,
)
from adv_domain.rules.dunning.outcome import (
    COMPLETING,
    Decision,
    DunningTask,
    ListedItem,
    NotChased,
    Notice,
    Reminder,
    TaskKind,
)
from adv_domain.rules.dunning.policy import (
    Channel,
    DunningLevel,
    DunningPolicy,
    Effect,
    is_final,
)
from adv_domain.rules.dunning.steps import ItemVerdict, Obstacle, verdict
from adv_domain.rules.money import ZERO, rounded_to_minor

_STILL_LISTED = (
    NotChasedReason.LEVEL_NOT_DUE,
    NotChasedReason.AWAITING_CONFIRMATION,
)
_COMPENSATION_CURRENCY = "EUR"


def decide(debtor: Debtor, *, policy: DunningPolicy, facts: RunFacts) -> Decision:
    """Decide what goes out to the customer, with a reason for all that does not."""
    verdicts = [
        verdict(item, debtor=debtor, policy=policy, facts=facts)
        for item in sorted(debtor.items, key=_in_order)
    ]
    notices: list[Notice] = []
    reminders: list[Reminder] = []
    tasks = _standing_tasks(verdicts)
    for currency, group in _by_currency(verdicts):
        if not any(each.step for each in group):
            continue
        listed = [each for each in group if _is_listed(each, facts)]
        credit = _credit(debtor, currency)
        if sum((each.chased for each in listed), ZERO) - credit < policy.minimum:
            verdicts = [_covered(each, currency) for each in verdicts]
            continue
        found = _notices(group, debtor, facts)
        notices += found
        tasks += _tasks(found, policy)
        reminders += _reminder(found, listed, credit)
    return Decision(
        debtor=debtor,
        notices=tuple(notices),
        reminders=tuple(reminders),
        tasks=tuple(tasks),
        not_chased=tuple(_left_out(verdicts)),
    )


def _in_order(item: ChasedItem) -> tuple[object, ...]:
    return (item.currency, item.due_on, item.invoice, item.instalment_no)


def _by_currency(
    verdicts: list[ItemVerdict],
) -> Iterable[tuple[str, list[ItemVerdict]]]:
    groups: dict[str, list[ItemVerdict]] = {}
    for each in verdicts:
        groups.setdefault(each.item.currency, []).append(each)
    return groups.items()


def _is_listed(each: ItemVerdict, facts: RunFacts) -> bool:
    if each.obstacle is None:
        return True
    return each.item.due_on < facts.on and each.obstacle.reason in _STILL_LISTED


def _credit(debtor: Debtor, currency: str) -> Decimal:
    """Return the customer's money in the currency that no item has used yet."""
    unapplied = sum((held for of, held in debtor.credits if of == currency), ZERO)
    credit_items = (
        item.open_amount
        for item in debtor.items
        if item.currency == currency and item.open_amount < ZERO
    )
    return unapplied - sum(credit_items, ZERO)


def _covered(each: ItemVerdict, currency: str) -> ItemVerdict:
    if each.step is None or each.item.currency != currency:
        return each
    covered = Obstacle(NotChasedReason.COVERED_BY_CREDIT)
    return replace(each, step=None, obstacle=covered)


def _left_out(verdicts: list[ItemVerdict]) -> Iterable[NotChased]:
    for each in verdicts:
        whole = each.item.open_amount
        if each.obstacle is not None:
            yield _not_chased(each.item, whole, each.obstacle)
        elif each.withheld is not None:
            yield _not_chased(each.item, whole - each.chased, each.withheld)


def _not_chased(item: ChasedItem, amount: Decimal, obstacle: Obstacle) -> NotChased:
    return NotChased(item, amount, obstacle.reason, obstacle.until)


def _notices(
    group: list[ItemVerdict],
    debtor: Debtor,
    facts: RunFacts,
) -> list[Notice]:
    notices: list[Notice] = []
    compensated: set[str] = set()
    for each in group:
        if each.step is None:
            continue
        notice = _notice(each, each.step.level)
        if notice.level.interest:
            notice = _with_interest(notice, debtor, facts)
        if notice.item.invoice in compensated:
            notice = replace(notice, compensation=ZERO)
        elif notice.compensation:
            compensated.add(notice.item.invoice)
        notices.append(notice)
    return notices


def _notice(each: ItemVerdict, level: DunningLevel) -> Notice:
    return Notice(
        item=each.item,
        level=level,
        channel=level.channel,
        amount=each.chased,
        interest=None,
        fee=rounded_to_minor(level.fee, each.item.currency),
    )


def _with_interest(notice: Notice, debtor: Debtor, facts: RunFacts) -> Notice:
    """Add what the law gives; the compensation once per invoice, by art. 6(1)."""
    item, law = notice.item, debtor.law
    if law is None or item.due_on >= facts.on:
        return notice
    parts = [LatePart(each.amount, each.paid_on) for each in item.late_payments]
    parts.append(LatePart(notice.amount, facts.on))
    in_euro = item.currency == _COMPENSATION_CURRENCY
    compensation = law.compensation if in_euro else ZERO
    try:
        interest = accrued_interest(
            law, due_on=item.due_on, parts=parts, currency=item.currency
        )
    except RateUnknown:
        return replace(notice, compensation=compensation, is_interest_held=True)
    return replace(notice, compensation=compensation, interest=interest.amount)


def _reminder(
    notices: list[Notice], listed: list[ItemVerdict], credit: Decimal
) -> list[Reminder]:
    by_mail = [each for each in notices if each.channel is Channel.EMAIL]
    if not by_mail:
        return []
    by_item = {each.item.instalment_id: each for each in notices}
    total = sum((each.chased for each in listed), ZERO)
    return [
        Reminder(
            currency=by_mail[0].item.currency,
            level=max((each.level for each in by_mail), key=lambda level: level.level),
            notices=tuple(by_mail),
            listed=tuple(
                ListedItem(each.item, each.chased, by_item.get(each.item.instalment_id))
                for each in listed
            ),
            credit=credit,
            total=total - credit,
        )
    ]


def _standing_tasks(verdicts: list[ItemVerdict]) -> list[DunningTask]:
    wanted = (
        (NotChasedReason.NO_ADDRESS, TaskKind.ADDRESS),
        (NotChasedReason.CUSTOMER_INSOLVENT, TaskKind.INSOLVENT),
    )
    tasks = []
    for reason, kind in wanted:
        for currency, group in _by_currency(verdicts):
            items = tuple(
                each.item
                for each in group
                if each.obstacle is not None and each.obstacle.reason is reason
            )
            if items:
                amount = sum((item.open_amount for item in items), ZERO)
                tasks.append(DunningTask(kind, currency, 0, (), items, amount))
    return tasks


def _tasks(notices: list[Notice], policy: DunningPolicy) -> list[DunningTask]:
    groups: dict[tuple[TaskKind, int], list[Notice]] = {}
    for notice in notices:
        for kind in _task_kinds(notice, policy):
            groups.setdefault((kind, notice.level.level), []).append(notice)
    return [
        DunningTask(
            kind=kind,
            currency=group[0].item.currency,
            level=level,
            notices=tuple(group) if kind in COMPLETING else (),
            items=tuple(each.item for each in group),
            amount=sum((each.amount for each in group), ZERO),
        )
        for (kind, level), group in sorted(groups.items())
    ]


_PROPOSALS = {
    Effect.HOLD_ORDERS: TaskKind.HOLD_ORDERS,
    Effect.STOP_DELIVERIES: TaskKind.STOP_DELIVERIES,
}


def _task_kinds(notice: Notice, policy: DunningPolicy) -> list[TaskKind]:
    level = notice.level
    kinds = [_PROPOSALS[level.effect]] if level.effect in _PROPOSALS else []
    if is_final(policy, level):
        return [TaskKind.COLLECTION, *kinds]
    if notice.channel is Channel.LETTER:
        return [TaskKind.LETTER, *kinds]
    return [TaskKind.CALL, *kinds] if notice.channel is Channel.CALL else kinds
