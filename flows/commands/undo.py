"""`adv undo-run` and `adv rebill`: take an invoicing run back, bill its goods anew."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from adv_domain.rules.counted import counted
from adv_domain.rules.money import plain_amount, rounded_to_minor
from flows.commands.output import (
    Day,
    fail,
    home_option,
    json_option,
    need_home,
    say_json,
    yes_future_option,
)

if TYPE_CHECKING:
    from adv_domain.store.credits.leftovers import AskedAgain, Leftover
    from tasks.credits.undo import Undone

_MOST_RUNS = 20


@click.command(name="undo-run")
@click.argument("run")
@click.option(
    "--reason-code",
    default="cancellation",
    show_default=True,
    help="What kind of mistake it was (adv credit-note reasons); it counts.",
)
@click.option("--reason", help="In your words; printed on every credit note.")
@click.option("--by", help="Your name.")
@click.option(
    "--then",
    "choice",
    type=click.Choice(["asked", "recreate", "ignore"]),
    help="The deliveries: ask for each (default), bill them anew, or never.",
)
@click.option("--date", "on", type=Day(), help="Business date (default: today's).")
@yes_future_option
@home_option
@json_option
def undo_run(
    run: str,
    on: date | None,
    *,
    yes_future: bool,
    as_json: bool,
    **said: str | None,
) -> None:
    """Take invoicing run RUN back: stop its unsent mails, credit each invoice once.

    `adv undo-run list` shows the runs. Called again it goes on with what is left, for
    the reason and with the choice that it was begun with; another choice is made with
    `adv rebill run:RUN`. Invoices of which a part was credited before are asked about
    even with --then recreate. What is out of reach (mails that left, money received,
    earlier credit notes over several invoices) is told with what to do.
    Exit status 1 where an invoice could not be credited, the run not undone, or
    another choice than the one that stands was asked for.
    """
    need_home()
    if run == "list":
        _show_runs(as_json=as_json)
        return
    run_id = _number(run)
    by, reason = (said["by"] or "").strip(), (said["reason"] or "").strip()
    if not by or not reason:
        fail("an undoing needs a name and a reason: --by and --reason")
    # the database loads only in commands that need it
    from adv_domain.rules.authority import BeyondAuthority
    from adv_domain.store.credits.undoing import Undo
    from flows.direct import execute
    from tasks.credits.undo import UndoRefused
    from tasks.credits.undo import undo_run as undo
    from tasks.dates import DayAhead, not_ahead
    from tasks.resources import business_day, now

    try:
        day = not_ahead(on or business_day(now()), is_meant=yes_future)
        code, choice = said["reason_code"] or "", said["choice"] or "asked"
        undone = undo(Undo(run_id, code, reason, choice, by, day), execute=execute)
    except (UndoRefused, BeyondAuthority, DayAhead) as error:
        fail(str(error), status=1)
    _tell(undone, overruled=overruled(undone, said["choice"]), as_json=as_json)


def _number(run: str) -> int:
    if not run.isdecimal():
        fail("RUN is the number of an invoicing run; see: adv undo-run list")
    return int(run)


def _tell(undone: "Undone", *, overruled: str, as_json: bool) -> None:
    outcome, undo = undone.outcome, undone.undo
    if as_json:
        say_json(
            {
                "run": undo.run_id,
                "reason_code": undo.reason_code,
                "reason": undo.reason,
                "then": undo.choice,
                "done": dict(outcome.done),
                "skipped": dict(outcome.skipped),
                "failed": [
                    {"document": one.document, "code": one.code, "message": one.message}
                    for one in outcome.failed
                ],
                "out_of_reach": [_left_row(one) for one in undone.leftovers],
                "credited_before": [_asked_row(one) for one in undone.asked],
                "not_as_asked": overruled or None,
            }
        )
    else:
        click.echo(f"run {undo.run_id}, {undo.reason}: {outcome.message}")
        for one in undone.leftovers:
            for line in remedies(one):
                click.echo(f"  {one.invoice_no} of {one.customer}: {line}")
        for asked in undone.asked:
            click.echo(f"  {asked.invoice_no} of {asked.customer}: {question(asked)}")
        if overruled:
            click.echo(overruled, err=True)
    raise SystemExit(1 if outcome.failed or outcome.waiting or overruled else 0)


def overruled(undone: "Undone", choice: str | None) -> str:
    """Say that another choice stands than the one asked for now, and how to change it;
    nothing where they agree or none was asked for."""
    begun, run_id = undone.begun, undone.undo.run_id
    if begun is None or choice in (None, begun.choice):
        return ""
    if choice == "asked":
        way = f"choose anew with: adv rebill run:{run_id} --choose recreate|ignore"
    else:
        way = f"change it with: adv rebill run:{run_id} --choose {choice}"
    return (
        f"not done as asked: {begun.by} began to undo run {run_id} on {begun.on} with "
        f"--then {begun.choice} ({begun.reason}), and that stands; {way} --by NAME "
        "--reason …"
    )


def question(one: "AskedAgain") -> str:
    """Say what a person must still decide of an invoice, and how."""
    before = plain_amount(one.credited_before, one.currency)
    return (
        f"{before} {one.currency} of it had been credited before, so "
        "nothing is billed anew by itself: "
        f"adv rebill {one.invoice_no} --choose recreate|ignore (a new invoice bills "
        "all that stayed with the customer in full; credit that again after it)"
    )


def _asked_row(one: "AskedAgain") -> dict[str, Any]:
    return {
        "invoice": one.invoice_no,
        "customer": one.customer,
        "currency": one.currency,
        "credited_before": one.credited_before,
        "to_do": question(one),
    }


def _left_row(one: "Leftover") -> dict[str, Any]:
    return {
        "invoice": one.invoice_no,
        "credit_note": one.credit_note,
        "over_several": one.is_joint,
        "given": one.given,
        "customer": one.customer,
        "currency": one.currency,
        "sent_to": one.sent_to,
        "sent_at": one.sent_at,
        "mail": one.mail_state,
        "paid": one.paid,
        "credit_left": -one.credit_left,
        "to_do": remedies(one),
    }


def remedies(one: "Leftover") -> list[str]:
    """Say what is out of reach of an invoice, and what a person can do."""
    lines = []
    if one.is_joint:
        lines.append(
            f"{one.credit_note}, over several invoices or a period, had given "
            f"{_told(one.given, one.currency)} of it back and stays, only the rest was "
            "credited: where its amount hung on this invoice (a rebate: adv rebates), "
            "agree with him on what still holds, for no credit note is taken back"
        )
    if one.mail_state:
        when = f" on {one.sent_at:%Y-%m-%d}" if one.sent_at else ""
        sent = f"its mail to {one.sent_to} is {one.mail_state}{when}"
        lines.append(f"{sent}; {one.credit_note} goes to him with the next documents")
    if one.paid or one.credit_left:
        lines.append(
            f"{_told(one.paid, one.currency)} of it were paid; "
            f"{_told(-one.credit_left, one.currency)} of "
            f"{one.credit_note} stay as his credit: refund them or leave them for his "
            "next invoices"
        )
    return lines


def _told(amount: Decimal, currency: str) -> str:
    return f"{rounded_to_minor(amount, currency):,f} {currency}"


def _show_runs(*, as_json: bool) -> None:
    from adv_domain.store.credits.undoing import recent_runs
    from adv_domain.store.engine import reading
    from tasks.resources import resources

    with reading(resources().engine) as connection:
        rows = recent_runs(connection, limit=_MOST_RUNS)
    if as_json:
        say_json(
            [
                {
                    "run": row.run_id,
                    "date": row.business_date,
                    "invoices": row.documents,
                    "net": row.amount,
                    "state": row.state,
                    "undone_by": row.asked_by,
                }
                for row in rows
            ]
        )
        return
    currency = resources().policy.company.currency
    for row in rows:
        undone = f"  undone by {row.asked_by}" if row.asked_by else ""
        click.echo(
            f"{row.run_id:>8}  {row.business_date}  "
            f"{counted(row.documents, 'invoices'):>16} "
            f"{_told(row.amount, currency):>20} net  {row.state}{undone}"
        )
    if not rows:
        click.echo("no run has posted an invoice yet")


@click.command()
@click.argument("number")
@click.option(
    "--choose",
    "choice",
    required=True,
    type=click.Choice(["recreate", "ignore"]),
    help="Bill the deliveries anew, or never.",
)
@click.option("--by", required=True, help="Who decides; it is logged.")
@click.option("--reason", required=True, help="Why; it is logged.")
@click.option("--date", "on", type=Day(), help="Business date (default: today's).")
@home_option
@json_option
def rebill(
    number: str, on: date | None, *, as_json: bool, choice: str, **said: str
) -> None:
    """Decide on the deliveries of cancelled invoice NUMBER, or of a whole undone run
    with run:N. A choice made before is changed so too, until they are billed anew."""
    need_home()
    by, reason = said["by"].strip(), said["reason"].strip()
    if not by or not reason:
        fail("a decision needs a name and a reason")
    from tasks.credits.rebilling import (
        BilledAnew,
        NothingToRebill,
        Rebilling,
        rebill_named,
    )
    from tasks.dates import DayAhead, not_ahead
    from tasks.resources import business_day, now

    try:
        day = not_ahead(on or business_day(now()))
        count = rebill_named(
            number, choice=Rebilling(choice), by=by, reason=reason, on=day
        )
    except (NothingToRebill, BilledAnew, DayAhead) as error:
        fail(str(error), status=1)
    if as_json:
        say_json({"invoices": count, "choice": choice})
    else:
        then = (
            "are billed with the next run" if choice == "recreate" else "are not billed"
        )
        click.echo(f"the deliveries of {counted(count, 'cancelled invoices')} {then}")
