"""`adv credit-note`: correct a posted invoice by a document that names it."""

from datetime import date
from decimal import Decimal

import click

from adv_domain.rules.billing.crediting import REASON_CODES
from adv_domain.rules.orders.rule_settings import ENTRY_FAMILIES
from flows.commands.output import (
    Day,
    fail,
    home_option,
    json_option,
    need_home,
    say_json,
)
from flows.commands.payments import Amount


@click.command(name="credit-note")
@click.argument("number")
@click.option("--line", "lines", multiple=True, help="LINE=QTY; all without it.")
@click.option(
    "--amount",
    type=Amount(),
    help="An amount with tax, such as 24.20, in place of --line: it is split over the "
    "invoice's tax rates; no quantity counts as given back.",
)
@click.option(
    "--reason-code",
    required=True,
    help=f"One of {', '.join(REASON_CODES)}; those up to {ENTRY_FAMILIES[-1]} are "
    "mistakes of order entry and count back to the order's day.",
)
@click.option("--reason", required=True, help="In your words; printed on the note.")
@click.option("--by", required=True, help="Your name.")
@click.option("--date", "on", type=Day(), help="Business date (default: today's).")
@home_option
@json_option
def credit_note(
    number: str,
    lines: tuple[str, ...],
    *,
    amount: Decimal | None,
    on: date | None,
    as_json: bool,
    **said: str,
) -> None:
    """Post a credit note for invoice NUMBER: whole, by line or of an amount."""
    need_home()
    if lines and amount is not None:
        fail("give --line or --amount, not both")
    from adv_domain.rules.authority import BeyondAuthority
    from adv_domain.rules.billing.creditable import CreditRefused
    from adv_domain.store.billing.crediting import InvoiceUnknown
    from tasks.act_day import DayAhead, not_ahead
    from tasks.billing.credit_notes import credit_amount, credit_invoice
    from tasks.resources import business_day, now

    try:
        day = not_ahead(on or business_day(now()))
        if amount is None:
            quantities = _quantities(lines)
            note_no = credit_invoice(
                invoice_no=number, quantities=quantities, on=day, **said
            )
        else:
            note_no = credit_amount(invoice_no=number, amount=amount, on=day, **said)
    except (InvoiceUnknown, CreditRefused, DayAhead, BeyondAuthority) as error:
        fail(str(error), status=1)
    if as_json:
        say_json({"credit_note": note_no, "invoice": number})
    else:
        click.echo(f"{note_no} credits {number}")


def _quantities(lines: tuple[str, ...]) -> dict[int, Decimal] | None:
    if not lines:
        return None
    try:
        pairs = [line.split("=", 1) for line in lines]
        return {int(line_no): Decimal(qty) for line_no, qty in pairs}
    except (ValueError, ArithmeticError):
        fail("--line wants LINE=QTY, for example --line 2=5")
