"""How does `adv terms preview` tell what a term makes of an amount?"""

import json
from typing import TYPE_CHECKING, Any

import click

from adv_domain.rules.counted import counted
from adv_domain.rules.faults import FileFault
from adv_domain.rules.terms.instalments import EarlyPayment, Instalment
from adv_domain.rules.terms.term_reach import reach
from adv_domain.rules.terms.terms import PaymentTerm, TermError

if TYPE_CHECKING:
    from tasks.intake.standing_terms import StandingTerm


def preview_document(
    parts: tuple[Instalment, ...], early: EarlyPayment | None
) -> dict[str, Any]:
    """Return the form that other tools rely on."""
    return {
        "instalments": [
            {
                "due_on": part.due_on.isoformat(),
                "amount": f"{part.amount:f}",
                "steps": list(part.steps),
            }
            for part in parts
        ],
        "early_discount": early
        and {"until": early.until.isoformat(), "amount": f"{early.amount:f}"},
    }


def instalment_lines(
    parts: tuple[Instalment, ...], early: EarlyPayment | None, currency: str
) -> list[str]:
    """Write each part, and what settles the whole early, with the way to it."""
    lines = []
    for part in parts:
        lines.append(f"{part.due_on}  {part.amount:>14f} {currency}")
        lines += [f"            {step}" for step in part.steps]
    if early:
        lines.append(
            f"paid until {early.until}: {early.amount:f} {currency} settle the whole "
            f"(discount {early.discount:f})"
        )
        lines += [f"            {step}" for step in early.steps]
    return lines


def reach_lines(term: PaymentTerm) -> list[str]:
    """Say what no single base date shows: the longest wait, the days without one."""
    found = reach(term)
    lines = [f"at the longest {found.longest_days} days (base {found.longest_on})"]
    if not found.longest_on:
        lines = ["always due on the base date"]
    if found.refused_on:
        lines.append(f"does not work from {found.refused_on}: {found.refused_because}")
    return lines


def standing_lines(one: "StandingTerm") -> list[str]:
    """Write a term that stands, what is wrong with it and what is only told."""
    customers = counted(one.customers, "customers")
    lines = [
        f"{one.code:<24} up to {one.longest_days:>3} days  {customers}  {one.name}"
    ]
    lines += [f"    WRONG: {text}" for text in one.wrong]
    return lines + [f"    {text}" for text in one.told]


def show_fault(error: TermError, term_text: str, *, as_json: bool) -> None:
    """Say what is wrong with the term: to people on stderr, to programs as JSON."""
    click.echo(str(error), err=True)
    if not as_json:
        return
    fault = FileFault(
        file="",
        row=error.line_no,
        field="terms",
        code="invalid_term",
        message=str(error),
        value=term_text,
    )
    document = preview_document((), None) | {"faults": [fault.as_dict()]}
    click.echo(json.dumps(document, ensure_ascii=False))
