"""`adv review`: which payments wait for a person, and what is proposed for them?"""

from decimal import Decimal

import click

from adv_domain.rules.money import rounded_to_minor
from flows.commands.output import home_option, json_option, need_home, say_json


@click.group()
def review() -> None:
    """Payments that wait for a person."""


@review.command("list")
@home_option
@json_option
def list_waiting(as_json: bool) -> None:
    """List the payments in review and unmatched, oldest first, with proposals.

    Settle one with: adv payment match PAYMENT INVOICE … --by NAME --reason TEXT
    """
    need_home()
    # the database loads only in commands that need it
    from adv_domain.store.engine import reading
    from adv_domain.store.payments.reviews import payments_waiting, read_proposals
    from tasks.resources import resources

    with reading(resources().engine) as connection:
        rows = payments_waiting(connection)
        proposals = read_proposals(connection, [row.id for row in rows])
    listed = [
        {
            "payment": row.id,
            "booked_on": row.booked_on,
            "amount": format(rounded_to_minor(row.amount, row.currency), "f"),
            "currency": row.currency,
            "status": row.state,
            "customer": row.customer_code,
            "payer": row.payer_name,
            "payer_iban": row.payer_iban,
            "text": row.remittance or row.structured_ref,
            "why": row.reason,
            "proposals": [
                {"invoices": one.invoices, "why": one.why}
                for one in proposals.get(row.id, [])
            ],
        }
        for row in rows
    ]
    if as_json:
        say_json(listed)
        return
    for one in listed:
        click.echo(
            f"{one['payment']:>7} {one['booked_on']} "
            f"{Decimal(one['amount']):>14,f} "
            f"{one['currency']} {one['status']:<9} {one['customer'] or '?'}: "
            f"{one['why']}"
        )
        for proposal in one["proposals"]:
            # a proposal may be a step to take rather than an invoice
            if proposal["invoices"]:
                click.echo(f"        perhaps {', '.join(proposal['invoices'])}")
    click.echo(f"{len(listed)} waiting")
