"""Which credit note does a person want, as typed into the command or the form?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from adv_domain.rules.credits.joint_credits import JointCredit
from adv_domain.rules.money import plain_amount
from adv_domain.store.advances.advances import freed_by
from adv_domain.store.engine import reading
from tasks.credits.credit_notes import credit_amount, credit_invoice, credit_lines
from tasks.credits.joint_notes import RebatePeriod, credit_period, credit_together
from tasks.resources import resources


class CreditUnclear(ValueError):
    """What was typed does not say one credit note; the message says what to give."""


@dataclass(frozen=True, slots=True)
class CreditWanted:
    """Invoices, or a customer's period; and lines (LINE=QTY), amounts off lines
    (LINE=AMOUNT), an amount with tax, one before tax, or none of them: all that is
    left. Its errors call each as the command does."""

    reason_code: str
    reason: str
    by: str
    on: date
    invoice_nos: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    line_nets: tuple[str, ...] = ()
    amount: Decimal | None = None
    net: Decimal | None = None
    customer: str | None = None
    first_on: date | None = None
    last_on: date | None = None
    currency: str | None = None

    @property
    def period(self) -> RebatePeriod | None:
        """Return the rebate's period where all of it is given."""
        if not (self.customer and self.first_on and self.last_on):
            return None
        return RebatePeriod(
            self.customer, self.first_on, self.last_on, self.currency or None
        )


def issue_credit(wanted: CreditWanted) -> str:
    """Post the credit note and return its number.

    Raises CreditUnclear, InvoiceUnknown, CreditRefused, BeyondAuthority, RebateUnclear.
    """
    for mistake in _mistakes(wanted):
        raise CreditUnclear(mistake)
    if len(wanted.invoice_nos) == 1 and wanted.net is None:
        return _alone(wanted.invoice_nos[0], wanted)
    asked = JointCredit(
        wanted.reason_code,
        wanted.reason,
        wanted.on,
        gross=wanted.amount,
        net=wanted.net,
    )
    if wanted.period is not None:
        return credit_period(period=wanted.period, asked=asked, by=wanted.by)
    return credit_together(invoice_nos=wanted.invoice_nos, asked=asked, by=wanted.by)


def freed_again(note_no: str) -> list[tuple[str, str]]:
    """Return by advance or milestone what of it, before tax, the note's invoice deducts
    no more."""
    with reading(resources().engine) as connection:
        return [
            (row.number, plain_amount(row.net, row.currency))
            for row in freed_by(connection, note_no)
        ]


def told_freed(number: str, net: str) -> str:
    """Say what becomes of what is deducted no more."""
    return (
        f"{net} before tax of {number} is deducted no more: the order's next invoice "
        "deducts it, or, with nothing more to come, the next invoicing credits it"
    )


def _mistakes(wanted: CreditWanted) -> Iterator[str]:
    for name in ("reason_code", "reason", "by"):
        if not getattr(wanted, name).strip():
            yield f"a credit note needs --{name.replace('_', '-')}"
    ways = (wanted.lines or None, wanted.line_nets or None, wanted.amount, wanted.net)
    if len([one for one in ways if one is not None]) > 1:
        yield "give --line, --line-net, --amount or --net, not both"
    numbers = wanted.invoice_nos
    named = (wanted.customer, wanted.first_on, wanted.last_on, wanted.currency)
    if numbers and any(named):
        yield "give invoice numbers, or --customer with --from and --to, not both"
    if not numbers and wanted.period is None:
        yield "give an invoice NUMBER, or --customer, --from and --to"
    if (wanted.lines or wanted.line_nets) and len(numbers) != 1:
        by = "--line" if wanted.lines else "--line-net"
        yield f"{by} is for one invoice; several are credited whole or by amount"
    if len(set(numbers)) < len(numbers):
        yield "an invoice is named twice"


def _alone(number: str, wanted: CreditWanted) -> str:
    code, reason, by, on = wanted.reason_code, wanted.reason, wanted.by, wanted.on
    said = {"invoice_no": number, "reason_code": code, "reason": reason, "by": by}
    nets = _by_line(wanted.line_nets, "--line-net wants LINE=AMOUNT, such as 2=15.00")
    if nets is not None:
        return credit_lines(nets=nets, on=on, **said)
    if wanted.amount is not None:
        return credit_amount(amount=wanted.amount, on=on, **said)
    quantities = _by_line(wanted.lines, "--line wants LINE=QTY, for example --line 2=5")
    return credit_invoice(quantities=quantities, on=on, **said)


def _by_line(typed: tuple[str, ...], remedy: str) -> dict[int, Decimal] | None:
    if not typed:
        return None
    found: dict[int, Decimal] = {}
    for one in typed:
        line_no, _, value = one.partition("=")
        try:
            number, given = int(line_no), Decimal(value.strip())
        except (ValueError, ArithmeticError) as error:
            raise CreditUnclear(remedy) from error
        if not given.is_finite():
            raise CreditUnclear(remedy)
        if number in found:
            raise CreditUnclear(f"line {number} is named twice")
        found[number] = given
    return found
