"""`adv dunning`: whom would we remind, tonight and in the past?"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import click

from adv_domain.rules.counted import counted
from adv_domain.rules.dunning.outcome import Decision
from adv_domain.rules.dunning.policy import DunningPolicy
from adv_domain.rules.dunning.replay import PastItem, Replay, replay, shared_payments
from adv_domain.rules.faults import FileFault
from adv_domain.rules.money import ZERO, rounded_to_minor
from flows.commands.faults import told
from flows.commands.output import (
    Day,
    fail,
    home_option,
    json_option,
    need_home,
    say_json,
)

_F = TypeVar("_F", bound=Callable[..., Any])
_WEEKDAYS = 5


@click.group()
def dunning() -> None:
    """See reminders before they leave, and try policies on the past."""


@dunning.command()
@click.option("--date", "on", required=True, type=Day(), help="The business date.")
@json_option
@home_option
def preview(*, on: date, as_json: bool) -> None:
    """Show what the run of a day would send, and what not and why; writes nothing.

    The decisions are made by the code that makes them at night.
    """
    # the database loads only where there is one to read
    from tasks.dunning.outlook import previewed

    with told():
        need_home()
        if as_json:
            say_json(_preview_document(previewed(on)))
            return
        for decision in previewed(on):
            click.echo("\n".join(_preview_lines(decision)))


@dunning.command("replay")
@click.option("--invoices", required=True, type=click.Path(path_type=Path))
@click.option("--payments", type=click.Path(path_type=Path), help="Part payments.")
@click.option("--policy", "policy_file", required=True, type=click.Path(path_type=Path))
@click.option("--from", "from_on", required=True, type=Day(), help="First day.")
@click.option("--to", "to_on", required=True, type=Day(), help="Last day.")
@click.option(
    "--run-days",
    default="daily",
    show_default=True,
    help="daily, weekdays, or a comma list of dates.",
)
@json_option
def replay_policy(*, invoices: Path, as_json: bool, **asked: Any) -> None:
    """Show what a policy would have sent over past data; nothing is written.

    Every notice counts as sent on its run. Exit status 1 where a file has faults:
    the notices are then those of its good rows.
    """
    days = _run_days(asked["run_days"], asked["from_on"], asked["to_on"])
    policy = _policy(asked["policy_file"])
    items, faults = _past_items(invoices, asked["payments"])
    found = replay(items, policy=policy, run_days=days)
    if as_json:
        say_json(_document(found, faults))
    else:
        click.echo("\n".join(_lines(found, faults)))
    if faults:
        raise SystemExit(1)


def _act_options(command: _F) -> _F:
    for option in (
        home_option,
        json_option,
        click.option("--date", "on", required=True, type=Day(), help="Business date."),
        click.option("--reason", required=True, help="Why; it is logged."),
        click.option("--by", required=True, help="Who acts; it is logged."),
    ):
        command = option(command)
    return command


@dunning.command()
@click.argument("task")
@_act_options
def done(*, task: str, by: str, reason: str, on: date, as_json: bool) -> None:
    """Close the letter, call or referral TASK as done: its levels are completed."""
    from tasks.dunning.acts import DunningRefused, finish_dunning_task

    with told():
        need_home()
        try:
            completed = finish_dunning_task(task, by=by, result=reason, on=on)
        except DunningRefused as refused:
            fail(str(refused), status=1)
    if as_json:
        say_json({"task": task, "completed": completed})
    else:
        click.echo(f"{task}: a level of {completed} items is completed")


@dunning.command()
@click.argument("invoice")
@_act_options
def waive(*, invoice: str, by: str, reason: str, on: date, as_json: bool) -> None:
    """Let the next level of INVOICE pass without a notice."""
    from adv_domain.rules.authority import BeyondAuthority
    from tasks.dunning.acts import DunningRefused, waive_level

    with told():
        need_home()
        try:
            level = waive_level(invoice, by=by, reason=reason, on=on)
        except (DunningRefused, BeyondAuthority) as refused:
            fail(str(refused), status=1)
    if as_json:
        say_json({"invoice": invoice, "waived": level})
    else:
        click.echo(f"level {level} of {invoice} is waived")


def _preview_document(decisions: Iterable[Decision]) -> dict[str, Any]:
    notices, not_chased = [], []
    for decision in decisions:
        code = decision.debtor.code
        for notice in decision.notices:
            currency = notice.item.currency
            notices.append(
                {
                    "customer": code,
                    "invoice": notice.item.invoice,
                    "instalment": notice.item.instalment_no,
                    "level": notice.level.level,
                    "channel": notice.channel.value,
                    "amount": shown_amount(notice.amount, currency),
                    "interest": shown_amount(notice.interest or ZERO, currency),
                    "fee": shown_amount(notice.fee + notice.compensation, currency),
                    "currency": currency,
                }
            )
        not_chased += [
            {
                "customer": code,
                "invoice": each.item.invoice,
                "instalment": each.item.instalment_no,
                "amount": shown_amount(each.amount, each.item.currency),
                "reason": each.reason.value,
                "until": each.until,
            }
            for each in decision.not_chased
        ]
    return {"notices": notices, "not_chased": not_chased}


def _preview_lines(decision: Decision) -> list[str]:
    lines = [
        f"{decision.debtor.code:<12} {each.item.invoice:<16} level {each.level.level} "
        f"by {each.channel.value}: {shown_amount(each.amount, each.item.currency)} "
        f"{each.item.currency}"
        for each in decision.notices
    ]
    lines += [
        f"{decision.debtor.code:<12} {each.item.invoice:<16} not chased: "
        f"{each.reason.value}" + (f" until {each.until}" if each.until else "")
        for each in decision.not_chased
    ]
    return lines


def _run_days(text: str, from_on: date, to_on: date) -> list[date]:
    if from_on > to_on:
        raise click.UsageError(f"--from {from_on} lies after --to {to_on}")
    span = (to_on - from_on).days + 1
    every = [from_on + timedelta(days=at) for at in range(span)]
    if text == "daily":
        return every
    if text == "weekdays":
        return [day for day in every if day.weekday() < _WEEKDAYS]
    parts = [part.strip() for part in text.split(",") if part.strip()]
    try:
        wanted = {date.fromisoformat(part) for part in parts or [text]}
    except ValueError as problem:
        message = f"{text!r} is not daily, weekdays or dates like 2025-01-31"
        raise click.BadParameter(message, param_hint="--run-days") from problem
    return [day for day in every if day in wanted]


def _policy(path: Path) -> DunningPolicy:
    # pydantic loads only when a policy is read, so that `adv --help` stays quick
    from adv_domain.policies import read_policy
    from adv_domain.policy_dunning import as_rule
    from adv_domain.policy_file import InvalidPolicy

    try:
        policies = read_policy(path.read_bytes()).dunning.policies
    except InvalidPolicy as problem:
        fail(str(InvalidPolicy(problem.mistakes, path=path)))
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise click.UsageError(f"{path} cannot be opened: {reason}") from problem
    return as_rule(policies[0])


def _past_items(
    invoices: Path, payments: Path | None
) -> tuple[list[PastItem], list[FileFault]]:
    # the file readers load only where there is a file to read
    from adv_domain.files.replay_rows import read_past_items, read_past_payments
    from adv_domain.files.text import FileRefused

    try:
        items, faults = read_past_items(invoices)
        if payments is None:
            return items, faults
        paid, more = read_past_payments(payments)
    except OSError as problem:
        raise click.UsageError(str(problem)) from problem
    except FileRefused as problem:
        return [], [problem.fault]
    shares = shared_payments(items, paid)
    with_payments = [
        replace(item, payments=share) for item, share in zip(items, shares, strict=True)
    ]
    return with_payments, faults + more


def _document(found: Replay, faults: Sequence[FileFault]) -> dict[str, Any]:
    document: dict[str, Any] = {
        "notices": [
            {
                "run_on": each.run_on.isoformat(),
                "customer": each.customer,
                "invoice": each.invoice,
                "level": each.level,
                "channel": each.channel.value,
                "amount": shown_amount(each.amount, each.currency),
            }
            for each in found.notices
        ],
        "mails": found.mails,
    }
    if faults:
        document["faults"] = [fault.as_dict() for fault in faults]
    return document


def shown_amount(amount: Decimal, currency: str) -> str:
    """Write an amount with the digits of its currency, and never less exactly."""
    rounded = rounded_to_minor(amount, currency)
    return format(rounded if rounded == amount else amount, "f")


def _lines(found: Replay, faults: Sequence[FileFault]) -> list[str]:
    lines = [
        f"{each.run_on}  {each.customer:<12} {each.invoice:<16} level {each.level} by "
        f"{each.channel.value}: {shown_amount(each.amount, each.currency)} "
        f"{each.currency}"
        for each in found.notices
    ]
    lines.append(
        f"{counted(len(found.notices), 'notices')} in {counted(found.mails, 'mails')}"
    )
    lines += [
        f"{fault.file} row {fault.row}: {fault.code}: {fault.message}"
        for fault in faults
    ]
    return lines
