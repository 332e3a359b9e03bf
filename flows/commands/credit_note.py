"""`adv credit-note`: correct a posted invoice by a document that names it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import click

from flows.commands.credit_reasons import show_reasons
from flows.commands.output import (
    Day,
    fail,
    home_option,
    json_option,
    need_home,
    say_json,
)
from flows.commands.payments import Amount


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What was typed beside the invoices' numbers."""

    reason_code: str
    reason: str
    by: str
    lines: tuple[str, ...]
    line_nets: tuple[str, ...]
    amount: Decimal | None
    net: Decimal | None
    customer: str | None
    first_on: date | None
    last_on: date | None
    currency: str | None
    on: date | None

    @property
    def said(self) -> dict[str, str]:
        return {
            "reason_code": self.reason_code,
            "reason": self.reason,
            "by": self.by,
        }


@click.command(name="credit-note")
@click.argument("numbers", nargs=-1, metavar="[NUMBER]...")
@click.option("--line", "lines", multiple=True, help="LINE=QTY; all without it.")
@click.option(
    "--line-net",
    "line_nets",
    multiple=True,
    help="LINE=AMOUNT, an amount before tax off one line, such as 2=15.00: no quantity "
    "of it counts as given back; a discount in per cent on the whole invoice goes back "
    "with it.",
)
@click.option(
    "--amount",
    type=Amount(),
    help="An amount with tax, such as 24.20, in place of lines: it is split over the "
    "tax rates of the invoices; no quantity counts as given back.",
)
@click.option("--net", type=Amount(), help="The same before tax.")
@click.option("--customer", help="A rebate for all that this customer was invoiced.")
@click.option("--from", "first_on", type=Day(), help="The first day of its period.")
@click.option("--to", "last_on", type=Day(), help="The last day of its period.")
@click.option("--currency", help="Where the period was invoiced in several.")
@click.option(
    "--reason-code",
    default="",
    help="What kind of correction it is; `adv credit-note reasons` lists them.",
)
@click.option("--reason", default="", help="In your words; printed on the note.")
@click.option("--by", default="", help="Your name.")
@click.option("--date", "on", type=Day(), help="Business date (default: today's).")
@home_option
@json_option
def credit_note(numbers: tuple[str, ...], *, as_json: bool, **typed: Any) -> None:
    """Post a credit note: for one invoice, several, or a rebate's period.

    For invoice NUMBER whole, by line (a quantity or an amount) or of an amount, never
    above what is left of any line, tax rate or the whole. For several NUMBERs of one
    customer all that is left of them, or an amount split over them by what is left.
    With --customer, --from and --to a rebate that names its period in place of the
    invoices; without an amount it is what the agreement has accrued (adv rebates).

    The word `reasons` in place of NUMBER lists the reason codes, with what each does.
    """
    need_home()
    if numbers == ("reasons",):
        show_reasons(as_json=as_json)
        return
    wanted = _Wanted(**typed)
    _check(numbers, wanted)
    from adv_domain.rules.authority import BeyondAuthority
    from adv_domain.rules.billing.creditable import CreditRefused
    from adv_domain.rules.billing.rebates import RebateUnclear
    from adv_domain.store.billing.crediting import InvoiceUnknown
    from tasks.act_day import DayAhead, not_ahead
    from tasks.resources import business_day, now

    try:
        day = not_ahead(wanted.on or business_day(now()))
        if len(numbers) == 1 and wanted.net is None:
            note_no = _alone(numbers[0], wanted, day)
        else:
            note_no = _together(numbers, wanted, day)
    except (
        InvoiceUnknown,
        CreditRefused,
        DayAhead,
        BeyondAuthority,
        RebateUnclear,
    ) as error:
        fail(str(error), status=1)
    _say(note_no, numbers, wanted, as_json=as_json)


def _check(numbers: tuple[str, ...], wanted: _Wanted) -> None:
    """End with what is wrong with the command as it was typed."""
    for name, value in wanted.said.items():
        if not value.strip():
            fail(f"a credit note needs --{name.replace('_', '-')}")
    by_line = wanted.lines or wanted.line_nets
    ways = [wanted.lines or None, wanted.line_nets or None, wanted.amount, wanted.net]
    period = (wanted.customer, wanted.first_on, wanted.last_on)
    if len([one for one in ways if one is not None]) > 1:
        fail("give --line, --line-net, --amount or --net, not both")
    if numbers and (any(period) or wanted.currency):
        fail("give invoice numbers, or --customer with --from and --to, not both")
    if not numbers and not all(period):
        fail("give an invoice NUMBER, or --customer, --from and --to")
    if by_line and len(numbers) != 1:
        by = "--line" if wanted.lines else "--line-net"
        fail(f"{by} is for one invoice; several are credited whole or by amount")
    if len(set(numbers)) < len(numbers):
        fail("an invoice is named twice")


def _alone(number: str, wanted: _Wanted, day: date) -> str:
    from tasks.billing.credit_notes import credit_amount, credit_invoice, credit_lines

    nets = _by_line(wanted.line_nets, "--line-net wants LINE=AMOUNT, such as 2=15.00")
    if nets is not None:
        return credit_lines(invoice_no=number, nets=nets, on=day, **wanted.said)
    if wanted.amount is not None:
        return credit_amount(
            invoice_no=number, amount=wanted.amount, on=day, **wanted.said
        )
    quantities = _by_line(wanted.lines, "--line wants LINE=QTY, for example --line 2=5")
    return credit_invoice(
        invoice_no=number, quantities=quantities, on=day, **wanted.said
    )


def _together(numbers: tuple[str, ...], wanted: _Wanted, day: date) -> str:
    from adv_domain.rules.billing.joint_credits import JointCredit
    from tasks.billing.joint_notes import RebatePeriod, credit_period, credit_together

    asked = JointCredit(
        wanted.reason_code, wanted.reason, day, gross=wanted.amount, net=wanted.net
    )
    if numbers:
        return credit_together(invoice_nos=numbers, asked=asked, by=wanted.by)
    if not (wanted.customer and wanted.first_on and wanted.last_on):
        fail("give --customer, --from and --to")
    period = RebatePeriod(
        wanted.customer, wanted.first_on, wanted.last_on, wanted.currency
    )
    return credit_period(period=period, asked=asked, by=wanted.by)


def _say(
    note_no: str, numbers: tuple[str, ...], wanted: _Wanted, *, as_json: bool
) -> None:
    if not as_json:
        period = f"{wanted.customer} from {wanted.first_on} to {wanted.last_on}"
        click.echo(f"{note_no} credits {', '.join(numbers) or period}")
    elif len(numbers) == 1:
        say_json({"credit_note": note_no, "invoice": numbers[0]})
    elif numbers:
        say_json({"credit_note": note_no, "invoices": numbers})
    else:
        say_json(
            {
                "credit_note": note_no,
                "customer": wanted.customer,
                "from": wanted.first_on,
                "to": wanted.last_on,
            }
        )


def _by_line(typed: tuple[str, ...], remedy: str) -> dict[int, Decimal] | None:
    if not typed:
        return None
    found: dict[int, Decimal] = {}
    for one in typed:
        line_no, _, value = one.partition("=")
        try:
            number, given = int(line_no), Decimal(value)
        except (ValueError, ArithmeticError):
            fail(remedy)
        if not given.is_finite():
            fail(remedy)
        if number in found:
            fail(f"line {number} is named twice")
        found[number] = given
    return found
