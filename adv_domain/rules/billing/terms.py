"""Into which instalments, due when, does a payment term split an amount?

A term is an ordered list of lines, each a share of the amount and a list of
date steps applied left to right to the base date; the last line takes the
remainder, so that the parts always sum to the whole.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from adv_domain.rules.billing.date_steps import DateStep, moved, step_text
from adv_domain.rules.calendar_rules import (
    NO_HOLIDAYS,
    working_day_from,
    working_day_until,
)
from adv_domain.rules.money import rounded_to_minor


class Share(StrEnum):
    PERCENT_OF_TOTAL = "percent_of_total"
    PERCENT_OF_REMAINDER = "percent_of_remainder"
    FIXED = "fixed"
    REMAINDER = "remainder"


class TermBase(StrEnum):
    """The date from which a term counts."""

    INVOICE = "invoice"
    DELIVERY = "delivery"
    ORDER = "order"


class Roll(StrEnum):
    """What happens to a due date on a non-working day."""

    NONE = "none"
    NEXT = "next"
    PREVIOUS = "previous"


class DiscountBase(StrEnum):
    """The amount of which an early payer keeps a part."""

    GROSS = "gross"
    NET = "net"


class TermError(ValueError):
    """A payment term is wrong; line_no 0 means the term as a whole."""

    def __init__(self, *, line_no: int, detail: str) -> None:
        where = f"line {line_no}" if line_no else "payment term"
        super().__init__(f"{where}: {detail}")
        self.line_no = line_no
        self.detail = detail


@dataclass(frozen=True, slots=True)
class TermLine:
    """A share of the amount and the way from the base date to its due date.

    value is a fraction for percentages (0.30), an amount for fixed lines and
    zero for the remainder.
    """

    share: Share
    value: Decimal
    due: tuple[DateStep, ...]


@dataclass(frozen=True, slots=True)
class EarlyDiscount:
    """What an early payer may keep: a fraction of the gross or net amount."""

    discount_rate: Decimal
    due: tuple[DateStep, ...]
    base: DiscountBase = DiscountBase.GROSS


@dataclass(frozen=True, slots=True)
class PaymentTerm:
    lines: tuple[TermLine, ...]
    base: TermBase = TermBase.INVOICE
    roll: Roll = Roll.NONE
    early_discount: EarlyDiscount | None = None


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of the amount; steps say in words how date and amount came about."""

    due_on: date
    amount: Decimal
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EarlyPayment:
    """Paying amount until that date settles the whole; discount is what is kept."""

    until: date
    amount: Decimal
    discount: Decimal


def instalments(
    *,
    term: PaymentTerm,
    total: Decimal,
    currency: str,
    base_on: date,
    holidays: frozenset[date] = NO_HOLIDAYS,
) -> tuple[Instalment, ...]:
    """Split the total, one instalment per line of the term, in the term's order.

    The amounts sum to the total exactly and none has the other sign; a line for
    which nothing is left is an instalment of zero. base_on is the date that
    term.base names. Raises TermError where a due date lies before the base date
    or outside of the calendar, ValueError where the total has more decimals than
    the currency.
    """
    amounts = shares(term=term, total=total, currency=currency)
    ways = _ways(term, base_on, holidays)
    return tuple(
        Instalment(
            way[-1],
            amount,
            (_share_text(line, amount, currency), *_way_texts(line, term, way)),
        )
        for line, amount, way in zip(term.lines, amounts, ways, strict=True)
    )


def due_dates(
    *, term: PaymentTerm, base_on: date, holidays: frozenset[date] = NO_HOLIDAYS
) -> list[date]:
    """Return when each line of the term falls due, for callers in hot loops.

    The dates hang on nothing but the arguments, so that a batch may keep them
    per term and date; shares gives the amounts. Raises TermError.
    """
    return [way[-1] for way in _ways(term, base_on, holidays)]


def shares(*, term: PaymentTerm, total: Decimal, currency: str) -> list[Decimal]:
    """Split the total over the term's lines: the amounts without their dates.

    Raises ValueError where the total has more decimals than the currency.
    """
    if total != rounded_to_minor(total, currency):
        raise ValueError(f"{total} has more decimals than {currency} allows")
    left = whole = abs(total)
    amounts = []
    for line in term.lines:
        part = _share(line, whole, left, currency)
        left -= part
        amounts.append(rounded_to_minor(part if total >= 0 else -part, currency))
    return amounts


def early_discount(
    *,
    term: PaymentTerm,
    total: Decimal,
    currency: str,
    base_on: date,
    net: Decimal | None = None,
) -> EarlyPayment | None:
    """Return until when and with how much an early payer settles the total.

    The one formula: round(total − discount rate × base), where base is the total
    or, for a discount on net, the net amount (the total where none is given).
    Return None where the term grants no discount. Raises TermError where the
    discount ends before the base date.
    """
    rule = term.early_discount
    if rule is None:
        return None
    until = _way(rule.due, base_on, 0)[-1]
    if until < base_on:
        raise TermError(
            line_no=0, detail=f"the early discount ends {until}, before {base_on}"
        )
    of_net = rule.base is DiscountBase.NET and net is not None
    discounted = net if of_net and net is not None else total
    amount = rounded_to_minor(total - discounted * rule.discount_rate, currency)
    return EarlyPayment(until, amount, total - amount)


def _share(line: TermLine, whole: Decimal, left: Decimal, currency: str) -> Decimal:
    """Return the line's part of a magnitude, never more than what is left."""
    match line.share:
        case Share.REMAINDER:
            return left
        case Share.FIXED:
            part = line.value
        case Share.PERCENT_OF_TOTAL:
            part = whole * line.value
        case Share.PERCENT_OF_REMAINDER:
            part = left * line.value
    return min(rounded_to_minor(part, currency), left)


def _ways(
    term: PaymentTerm, base_on: date, holidays: frozenset[date]
) -> list[list[date]]:
    """Return per line the base date, the date after each step, and the due date."""
    ways = []
    for line_no, line in enumerate(term.lines, start=1):
        way = _way(line.due, base_on, line_no)
        if way[-1] < base_on:
            raise TermError(
                line_no=line_no,
                detail=f"the due date {way[-1]} lies before the base date {base_on}; "
                "add a month or use next_day_of_month",
            )
        way.append(_rolled(way[-1], term.roll, base_on, holidays))
        ways.append(way)
    return ways


def _way(due: tuple[DateStep, ...], base_on: date, line_no: int) -> list[date]:
    """Return the base date and the date after each step."""
    way = [base_on]
    try:
        for step in due:
            way.append(moved(way[-1], step))
    except (ValueError, OverflowError) as error:
        detail = f"a date step from {base_on} leads out of the calendar"
        raise TermError(line_no=line_no, detail=detail) from error
    return way


def _rolled(due_on: date, roll: Roll, base_on: date, holidays: frozenset[date]) -> date:
    """Roll over non-working days; backwards never past the base date."""
    if roll is Roll.NONE:
        return due_on
    if roll is Roll.PREVIOUS:
        rolled_on = working_day_until(due_on, holidays=holidays)
        if rolled_on >= base_on:
            return rolled_on
    return working_day_from(due_on, holidays=holidays)


def _share_text(line: TermLine, amount: Decimal, currency: str) -> str:
    match line.share:
        case Share.REMAINDER:
            share = "the remainder"
        case Share.FIXED:
            share = f"fixed {line.value}"
        case Share.PERCENT_OF_TOTAL:
            share = f"{_percent(line.value)} % of the total"
        case Share.PERCENT_OF_REMAINDER:
            share = f"{_percent(line.value)} % of the remainder"
    return f"{share}: {amount} {currency}"


def _percent(rate: Decimal) -> str:
    """Show a fraction as a percentage for an operator, 0.125 as 12.5."""
    return f"{(rate * 100).normalize():f}"


def _way_texts(line: TermLine, term: PaymentTerm, way: list[date]) -> list[str]:
    """Say the base date, each step with the date it reaches, and the roll."""
    texts = [f"{term.base} date {way[0]}"]
    texts += [
        f"{step_text(step)}: {reached_on}"
        for step, reached_on in zip(line.due, way[1:-1], strict=True)
    ]
    if way[-1] != way[-2]:
        texts.append(f"not a working day, moved to {way[-1]}")
    return texts
