"""What would a policy have sent over past data?

The same decision as every night's, run day by day: every notice counts as sent on
its run, and what was settled on a run day is paid. Customers on whom no level can
fall due are passed over, so that a year of many invoices replays in seconds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from adv_domain.rules.dunning.decisions import decide
from adv_domain.rules.dunning.items import (
    ChasedItem,
    Debtor,
    InvoiceMail,
    NotChasedReason,
    RunFacts,
)
from adv_domain.rules.dunning.outcome import Decision
from adv_domain.rules.dunning.policy import Channel, DunningPolicy
from adv_domain.rules.money import ZERO

_ASLEEP = frozenset(
    {
        NotChasedReason.PAID,
        NotChasedReason.DISPUTED,
        NotChasedReason.BELOW_MINIMUM,
        NotChasedReason.ALL_LEVELS_DONE,
        NotChasedReason.CREDIT_BALANCE,
    }
)


@dataclass(frozen=True, slots=True)
class PastItem:
    """An instalment of the past: what was due, and when its money came.

    payments are (day, amount); settled_on is the day from which nothing is open.
    """

    invoice: str
    customer: str
    due_on: date
    amount: Decimal
    currency: str
    settled_on: date | None = None
    is_disputed: bool = False
    payments: tuple[tuple[date, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class ReplayedNotice:
    """A level that an item would have reached on a run."""

    run_on: date
    customer: str
    invoice: str
    level: int
    channel: Channel
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Replay:
    """All notices in the order of their runs, and how many mails carried them."""

    notices: tuple[ReplayedNotice, ...]
    mails: int


@dataclass(slots=True)
class _Progress:
    """Where one item stands in the replay, and when it needs another look."""

    past: PastItem
    last_level: int = 0
    completed_on: date | None = None
    wake_on: date = date.min


@dataclass(slots=True)
class _Run:
    policy: DunningPolicy
    notices: list[ReplayedNotice] = field(default_factory=list)
    mails: int = 0


def replay(
    items: Iterable[PastItem], *, policy: DunningPolicy, run_days: Sequence[date]
) -> Replay:
    """Return what the policy would have sent on the run days, in their order."""
    by_customer: dict[str, list[_Progress]] = {}
    for item in items:
        by_customer.setdefault(item.customer, []).append(_Progress(item))
    run = _Run(policy)
    for run_on in sorted(set(run_days)):
        for code in sorted(by_customer):
            progress = by_customer[code]
            if any(each.wake_on <= run_on for each in progress):
                by_customer[code] = _one_customer(run, code, progress, run_on)
    return Replay(tuple(run.notices), run.mails)


def shared_payments(
    items: Sequence[PastItem], payments: Iterable[tuple[str, date, Decimal]]
) -> list[tuple[tuple[date, Decimal], ...]]:
    """Share (invoice, day, amount) out over the items of each invoice by due date.

    Returns the payments of each item in the order of the items. An invoice that
    is not among them, and what is paid beyond its amount, is left out.
    """
    by_invoice: dict[str, list[int]] = {}
    for at in sorted(range(len(items)), key=lambda at: items[at].due_on):
        by_invoice.setdefault(items[at].invoice, []).append(at)
    rest = [item.amount for item in items]
    shares: list[list[tuple[date, Decimal]]] = [[] for _ in items]
    for invoice, paid_on, paid in sorted(payments, key=lambda each: each[1]):
        left = paid
        for at in by_invoice.get(invoice, ()):
            share = max(min(left, rest[at]), rest[at] - items[at].amount)
            if share:
                shares[at].append((paid_on, share))
                rest[at] -= share
                left -= share
    return [tuple(each) for each in shares]


def _one_customer(
    run: _Run, code: str, progress: list[_Progress], run_on: date
) -> list[_Progress]:
    """Decide one customer's run; returns the items that are not yet settled."""
    left = [each for each in progress if not _is_settled(each.past, run_on)]
    live = _concerned(left, run_on)
    chased = tuple(_chased(at, each, run_on) for at, each in enumerate(live))
    debtor = Debtor(customer_id=0, code=code, items=chased)
    decision = decide(debtor, policy=run.policy, facts=RunFacts(on=run_on))
    _sleep(live, decision, run_on)
    for notice in decision.notices:
        item = live[notice.item.instalment_id]
        item.last_level = notice.level.level
        item.completed_on = run_on
        run.notices.append(
            ReplayedNotice(
                run_on=run_on,
                customer=code,
                invoice=notice.item.invoice,
                level=notice.level.level,
                channel=notice.channel,
                amount=notice.amount,
                currency=notice.item.currency,
            )
        )
    run.mails += len(decision.reminders)
    return left


def _concerned(left: list[_Progress], run_on: date) -> list[_Progress]:
    """Return the items that the run's decision can depend on.

    An item that sleeps is only listed, and what is listed counts only where there
    is credit to net.
    """
    if any(each.past.amount < ZERO for each in left):
        return left
    return [each for each in left if each.wake_on <= run_on]


def _is_settled(past: PastItem, on: date) -> bool:
    return past.settled_on is not None and past.settled_on <= on


def _chased(at: int, each: _Progress, run_on: date) -> ChasedItem:
    past = each.past
    paid = sum((amount for on, amount in past.payments if on <= run_on), ZERO)
    open_amount = past.amount - paid
    return ChasedItem(
        instalment_id=at,
        invoice=past.invoice,
        instalment_no=at + 1,
        currency=past.currency,
        due_on=past.due_on,
        open_amount=open_amount,
        last_level=each.last_level,
        last_completed_on=each.completed_on,
        disputed_amount=max(open_amount, ZERO) if past.is_disputed else ZERO,
        invoice_mail=InvoiceMail.NOT_NEEDED,
    )


def _sleep(live: list[_Progress], decision: Decision, run_on: date) -> None:
    """Set the day of each item's next look: only a level that falls due wakes it."""
    tomorrow = run_on + timedelta(days=1)
    for each in live:
        each.wake_on = tomorrow
    for left_out in decision.not_chased:
        item = live[left_out.item.instalment_id]
        if left_out.reason is NotChasedReason.LEVEL_NOT_DUE:
            item.wake_on = left_out.until or tomorrow
        elif left_out.reason in _ASLEEP:
            item.wake_on = _next_reversal_on(item.past, run_on)


def _next_reversal_on(past: PastItem, after: date) -> date:
    """Return the day on which money goes back, which alone opens an item again."""
    days = [on for on, amount in past.payments if on > after and amount < ZERO]
    return min(days, default=date.max)
