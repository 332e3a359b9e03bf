"""By which milestones is an order invoiced, and how much of it at each?

A plan is written "30% order; 40% Assembly; 30% delivery": a share of the order, or an
amount before tax, each at its acceptance (order), on a day (2026-03-01), or when a
person says that what is named was reached. What is left is invoiced as it is
delivered, and deducts the milestones; so delivery can only stand last, for the rest.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from adv_domain.rules.billing.charges import TaxedAt, bases_by_tax, bases_of_all
from adv_domain.rules.billing.posting import Draft
from adv_domain.rules.money import ZERO, plain_amount, rounded_to_minor, shared_out
from adv_domain.rules.plain_numbers import percentage

FORMS = '"30% order; 40% Assembly; 30% delivery": shares or amounts, each with a name'
AT_ORDER, AT_DELIVERY = "order", "delivery"
_LONGEST_NAME = 60
_ONE = Decimal(1)
ByRate = Mapping[tuple[str, Decimal], Decimal]
"""Amounts before tax by tax category and rate."""


class InvalidMilestones(ValueError):
    """A text is no plan of milestones."""

    def __init__(self, text: str, *, why: str) -> None:
        super().__init__(f"{text!r} is no plan of milestones: {why}; write {FORMS}")
        self.text = text


class PlanBeyondOrder(ValueError):
    """Milestones come to more than their order."""

    def __init__(self, plan: str, *, worth: str, net: str) -> None:
        super().__init__(
            f"the milestones {plan!r} come to {worth} before tax and the order to "
            f"{net}: give it others, adv milestones ORDER --plan"
        )


@dataclass(frozen=True, slots=True)
class Milestone:
    """A part of an order by its name: a rate of it, or an amount before tax.

    due_on is the day on which it is invoiced, where one was agreed.
    """

    name: str
    rate: Decimal | None = None
    amount: Decimal | None = None
    due_on: date | None = None

    @property
    def is_at_order(self) -> bool:
        return self.name == AT_ORDER


def milestones_of(text: str) -> tuple[Milestone, ...]:
    """Read a plan, without what is left for the delivery. Raises InvalidMilestones."""
    parts = [part.split(None, 1) for part in text.split(";") if part.strip()]
    if not parts or any(len(part) != 2 for part in parts):
        raise InvalidMilestones(text, why="each part is a share and a name")
    found = [_milestone(text, share, name.strip()) for share, name in parts]
    whole = sum([one.rate or ZERO for one in found], ZERO)
    if whole > _ONE:
        raise InvalidMilestones(text, why="it comes to more than 100 %")
    names = [one.name.lower() for one in found]
    if len(set(names)) < len(names):
        raise InvalidMilestones(text, why="a name stands twice")
    if AT_DELIVERY not in names:
        return tuple(found)
    if names[-1] != AT_DELIVERY or whole != _ONE or len(found) == 1:
        raise InvalidMilestones(text, why="delivery is the last, and the rest to 100 %")
    return tuple(found[:-1])


def _milestone(text: str, share: str, name: str) -> Milestone:
    if len(name) > _LONGEST_NAME:
        raise InvalidMilestones(text, why=f"{name!r} is longer than {_LONGEST_NAME}")
    try:
        number = Decimal(share.removesuffix("%"))
    except InvalidOperation:
        raise InvalidMilestones(text, why=f"{share!r} is no share") from None
    if not number.is_finite() or number <= 0:
        raise InvalidMilestones(text, why=f"{share!r} is no share")
    is_rate = share.endswith("%")
    places = -6 if is_rate else -3
    if number.as_tuple().exponent < (places + 2 if is_rate else places):  # type: ignore[operator]  # finite
        raise InvalidMilestones(text, why=f"{share!r} has too many decimals")
    known = name.lower() if name.lower() in {AT_ORDER, AT_DELIVERY} else name
    return Milestone(
        known,
        rate=number / 100 if is_rate else None,
        amount=None if is_rate else number,
        due_on=_day(name),
    )


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(name)
    except ValueError:
        return None


def milestone_bases(
    order: Draft,
    invoiced: Collection[Milestone],
    now: Milestone,
    *,
    ahead: ByRate,
    billed: ByRate,
) -> dict[TaxedAt, Decimal]:
    """Return what is invoiced of each tax group at a milestone; nothing for nothing.

    order is the draft of the whole order, invoiced the milestones that stand invoiced:
    with this one they come to their shares of the order as it stands now, to the cent,
    so that the last one takes the rest. ahead is what advance invoices come to, billed
    what all invoices do, both less their credit notes: never more than the order.
    """
    whole = _whole(order)
    net = sum(whole.values(), ZERO)
    wanted = rounded_to_minor(
        sum([_worth(one, net) for one in (*invoiced, now)], ZERO), order.currency
    )
    if not net:
        return {}
    parts = shared_out(min(wanted, net), list(whole.values()), order.currency)
    return _left(dict(zip(whole, parts, strict=True)), whole, ahead, billed)


def _whole(order: Draft) -> dict[TaxedAt, Decimal]:
    """Return what of an order can be invoiced by milestones, by tax group."""
    bases = bases_of_all(
        bases_by_tax(order.inputs, order.amounts.line_nets), order.amounts.charges
    )
    return {group: base for group, base in sorted(bases.items()) if base > 0}


def expect_within(plan: Sequence[Milestone], order: Draft) -> None:
    """Raise PlanBeyondOrder where a plan comes to more than the draft of its order."""
    net = sum(_whole(order).values(), ZERO)
    worth = sum([_worth(one, net) for one in plan], ZERO)
    if rounded_to_minor(worth, order.currency) > net:
        raise PlanBeyondOrder(
            said(plan),
            worth=f"{plain_amount(worth, order.currency)} {order.currency}",
            net=f"{plain_amount(net, order.currency)} {order.currency}",
        )


def short_of(
    order: Draft,
    invoiced: Collection[Milestone],
    now: Milestone,
    *,
    ahead: ByRate,
    drafted: Decimal,
) -> Decimal:
    """Return what a milestone's invoice is short of, before tax, as milestone_bases
    decides it: no more of the order is left."""
    net = sum(_whole(order).values(), ZERO)
    worth = sum([_worth(one, net) for one in (*invoiced, now)], ZERO)
    due = rounded_to_minor(worth, order.currency) - sum(ahead.values(), ZERO)
    return max(due - drafted, ZERO)


def _worth(one: Milestone, net: Decimal) -> Decimal:
    return net * one.rate if one.rate is not None else one.amount or ZERO


def _left(
    wanted: Mapping[TaxedAt, Decimal],
    whole: Mapping[TaxedAt, Decimal],
    ahead: ByRate,
    billed: ByRate,
) -> dict[TaxedAt, Decimal]:
    found = {}
    for group, amount in wanted.items():
        due = amount - ahead.get(group[:2], ZERO)
        left = whole[group] - billed.get(group[:2], ZERO)
        if min(due, left) > 0:
            found[group] = min(due, left)
    return found


def is_due(one: Milestone, *, on: date, reached_on: date | None) -> bool:
    """Tell whether a milestone of an accepted order is invoiced on the day."""
    if one.due_on is not None:
        return one.due_on <= on
    return one.is_at_order or (reached_on is not None and reached_on <= on)


def said(parts: Sequence[Milestone]) -> str:
    """Write a plan as it is kept."""
    return "; ".join(
        f"{percentage(one.rate)}% {one.name}"
        if one.rate is not None
        else f"{one.amount:f} {one.name}"
        for one in parts
    )
