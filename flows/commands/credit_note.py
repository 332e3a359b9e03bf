"""`adv credit-note`: correct a posted invoice by a document that names it."""

from typing import TYPE_CHECKING, Any

import click

from flows.commands.credit_reasons import show_reasons
from flows.commands.output import (
    Day,
    fail,
    home_option,
    json_option,
    need_home,
    say_json,
    yes_future_option,
)
from flows.commands.payments import Amount

if TYPE_CHECKING:
    from tasks.credits.credit_wanted import CreditWanted


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
@yes_future_option
@home_option
@json_option
def credit_note(
    numbers: tuple[str, ...], *, yes_future: bool, as_json: bool, **typed: Any
) -> None:
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
    # the database loads only in commands that need it
    from adv_domain.rules.authority import BeyondAuthority
    from adv_domain.rules.credits.creditable import CreditRefused
    from adv_domain.rules.credits.rebates import RebateUnclear
    from adv_domain.store.credits.crediting import InvoiceUnknown
    from tasks.credits.credit_wanted import CreditUnclear, CreditWanted, issue_credit
    from tasks.dates import DayAhead, not_ahead
    from tasks.resources import business_day, now

    try:
        on = not_ahead(typed.pop("on") or business_day(now()), is_meant=yes_future)
        wanted = CreditWanted(invoice_nos=numbers, on=on, **typed)
        note_no = issue_credit(wanted)
    except CreditUnclear as error:
        fail(str(error))
    except (
        InvoiceUnknown,
        CreditRefused,
        DayAhead,
        BeyondAuthority,
        RebateUnclear,
    ) as error:
        fail(str(error), status=1)
    _say(note_no, wanted, as_json=as_json)


def _say(note_no: str, wanted: "CreditWanted", *, as_json: bool) -> None:
    from tasks.credits.credit_wanted import freed_again, told_freed

    freed = freed_again(note_no)
    numbers = wanted.invoice_nos
    if not as_json:
        period = f"{wanted.customer} from {wanted.first_on} to {wanted.last_on}"
        click.echo(f"{note_no} credits {', '.join(numbers) or period}")
        for one in freed:
            click.echo(told_freed(*one))
    elif len(numbers) == 1:
        deducts_less = [{"invoice": number, "net": net} for number, net in freed]
        said = {"credit_note": note_no, "invoice": numbers[0]}
        say_json(said | ({"deducts_less": deducts_less} if freed else {}))
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
