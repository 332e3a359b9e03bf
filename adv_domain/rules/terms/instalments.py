"""Into which instalments does a term split an amount, and what settles it early?

The parts always sum to the whole and none has the other sign. All figures are bare
Decimals of the document's one currency.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from adv_domain.rules.calendar_rules import PLAIN_CALENDAR, Calendar
from adv_domain.rules.money import (
    ZERO,
    minor_unit,
    plain_amount,
    rounded_to_minor,
    shared_out,
)
from adv_domain.rules.plain_numbers import percentage
from adv_domain.rules.terms.term_dates import (
    UNBOUND,
    Bounds,
    DueDate,
    discount_date,
    explained_dates,
)
from adv_domain.rules.terms.terms import (
    DiscountBase,
    EarlyDiscount,
    PaymentTerm,
    Rounding,
    Share,
    TermLine,
)


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
    steps: tuple[str, ...]


def instalments(
    *,
    term: PaymentTerm,
    total: Decimal,
    currency: str,
    base_on: date,
    calendar: Calendar = PLAIN_CALENDAR,
    bounds: Bounds = UNBOUND,
) -> tuple[Instalment, ...]:
    """Split the total, one instalment per line of the term, in the term's order.

    A line for which nothing is left is an instalment of zero. base_on is the date
    that term.base names. Raises TermError where a due date lies before the base date
    or outside of the calendar, ValueError where the total has more decimals than
    the currency.
    """
    dates = explained_dates(
        term=term, base_on=base_on, calendar=calendar, bounds=bounds
    )
    return instalments_on(dates, term=term, total=total, currency=currency)


def instalments_on(
    dates: Sequence[DueDate], *, term: PaymentTerm, total: Decimal, currency: str
) -> tuple[Instalment, ...]:
    """Split the total over the term's lines, whose dates are known; see instalments."""
    amounts = shares(term=term, total=total, currency=currency)
    whole, unit = abs(total), minor_unit(currency)
    return tuple(
        Instalment(
            due.on,
            amount,
            (
                f"{_share_text(line, abs(amount), whole, unit)}: {amount} {currency}",
                *due.steps,
            ),
        )
        for line, amount, due in zip(term.lines, amounts, dates, strict=True)
    )


def shares(*, term: PaymentTerm, total: Decimal, currency: str) -> list[Decimal]:
    """Split the total over the term's lines: the amounts without their dates.

    A fixed line takes the sign of the total, and no line more than is left. Raises
    ValueError where the total has more decimals than the currency.
    """
    if total != rounded_to_minor(total, currency):
        raise ValueError(f"{total} has more decimals than {currency} allows")
    if term.rounding is Rounding.LARGEST_REMAINDER and total:
        return shared_out(total, _magnitudes(term, abs(total)), currency)
    parts = _magnitudes(term, abs(total), rounded_in=currency)
    signed = parts if total >= 0 else [-part for part in parts]
    return [rounded_to_minor(part, currency) for part in signed]


def tax_parts(
    amounts: Sequence[Decimal], *, tax: Decimal, currency: str
) -> list[Decimal]:
    """Tell how much of each instalment is tax: the parts sum to the tax exactly.

    What is left of an instalment is net. Where the instalments come to nothing, the
    last one carries the tax.
    """
    if sum(amounts, ZERO):
        return shared_out(tax, amounts, currency)
    return [*(rounded_to_minor(ZERO, currency) for _ in amounts[1:]), tax]


def early_discount(
    *,
    term: PaymentTerm,
    total: Decimal,
    currency: str,
    base_on: date,
    net: Decimal | None = None,
) -> EarlyPayment | None:
    """Return until when and with how much an early payer settles the total.

    Return None where the term grants no discount. Raises TermError where the
    discount ends before the base date.
    """
    until = discount_date(term=term, base_on=base_on)
    return early_payment(until, term=term, total=total, currency=currency, net=net)


def early_payment(
    until: DueDate | None,
    *,
    term: PaymentTerm,
    total: Decimal,
    currency: str,
    net: Decimal | None = None,
) -> EarlyPayment | None:
    """Return what settles the total until a day that is known.

    The one formula is that of early_amount.
    """
    rule = term.early_discount
    if rule is None or until is None:
        return None
    of_net = rule.base is DiscountBase.NET and net is not None
    base = net if of_net and net is not None else total
    amount = early_amount(rule, total=total, currency=currency, net=net)
    how = (
        f"{_percent(rule.discount_rate)} % of {plain_amount(base, currency)} "
        f"{'net' if of_net else 'gross'}: {total - amount:f} {currency} less"
    )
    return EarlyPayment(until.on, amount, total - amount, (how, *until.steps))


def early_amount(
    rule: EarlyDiscount, *, total: Decimal, currency: str, net: Decimal | None
) -> Decimal:
    """Return what settles the total when paid early, by the one formula.

    round(total − discount rate × base), where base is the total or, for a discount
    on net, the net amount (the total where none is given).
    """
    of_net = rule.base is DiscountBase.NET and net is not None
    base = net if of_net and net is not None else total
    return rounded_to_minor(total - base * rule.discount_rate, currency)


def _magnitudes(
    term: PaymentTerm, whole: Decimal, *, rounded_in: str | None = None
) -> list[Decimal]:
    """Return the lines' parts of a magnitude, exact or each rounded as it is taken."""
    left = whole
    parts = []
    for line in term.lines:
        part = _share(line, whole, left)
        if rounded_in is not None:
            part = rounded_to_minor(part, rounded_in)
        part = min(part, left)
        left -= part
        parts.append(part)
    return parts


def _share(line: TermLine, whole: Decimal, left: Decimal) -> Decimal:
    match line.share:
        case Share.REMAINDER:
            return left
        case Share.FIXED:
            return line.value
        case Share.PERCENT_OF_TOTAL:
            return whole * line.value
        case Share.PERCENT_OF_REMAINDER:
            return left * line.value


def _share_text(line: TermLine, amount: Decimal, whole: Decimal, unit: Decimal) -> str:
    """Say a line's share; one that is cut to what the lines before left says so."""
    match line.share:
        case Share.REMAINDER:
            return "the remainder"
        case Share.PERCENT_OF_REMAINDER:
            return f"{_percent(line.value)} % of the remainder"
        case Share.FIXED:
            asked, share = line.value, f"fixed {line.value}"
        case Share.PERCENT_OF_TOTAL:
            asked = whole * line.value
            share = f"{_percent(line.value)} % of the total"
    return share if asked - amount < unit else f"{share}, no more than is left"


def _percent(rate: Decimal) -> str:
    """Show a fraction as a percentage for an operator, 0.125 as 12.5."""
    return percentage(rate)
