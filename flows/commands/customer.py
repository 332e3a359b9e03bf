"""`adv customer`: what does a customer owe, pay and ask, and how did it come about?"""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from adv_domain.rules.money import rounded_to_minor
from flows.commands.advances_view import (
    advances_lines,
    advances_view,
    sums_view,
)
from flows.commands.customer_credit import credit_lines, credit_view
from flows.commands.output import fail, home_option, json_option, need_home, say_json

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from adv_domain.store.payments.customer_account import Balance, CustomerAccount

_ZERO = Decimal(0)


@click.command()
@click.argument("code")
@home_option
@json_option
def customer(code: str, as_json: bool) -> None:
    """Show the account of customer CODE, or all balances with the word `list`."""
    need_home()
    # the database loads only in commands that need it
    from adv_domain.store.engine import reading
    from tasks.resources import resources

    with reading(resources().engine) as connection:
        if code == "list":
            _show_list(connection, as_json=as_json)
            return
        view = _view(connection, code)
    if as_json:
        say_json(view)
    else:
        click.echo("\n".join(_screen(view)))


def _show_list(connection: "Connection", *, as_json: bool) -> None:
    from adv_domain.store.payments.customer_account import read_balances

    balances = read_balances(connection)
    if as_json:
        each: dict[str, dict[str, Any]] = {}
        for one in balances:
            if one.code in each:
                each[one.code]["other_currencies"].append(_balance(one))
            else:
                each[one.code] = {**_balance(one), "other_currencies": []}
        say_json(list(each.values()))
        return
    for one in balances:
        click.echo(
            f"{one.code:<12} open {_grouped(_told(one.open, one.currency)):>14}  "
            f"unapplied {_grouped(_told(one.unapplied, one.currency)):>14} "
            f"{one.currency}"
        )
    click.echo(f"{len({one.code for one in balances})} customers")


def _balance(one: "Balance") -> dict[str, Any]:
    return {
        "code": one.code,
        "currency": one.currency,
        "open": _told(one.open, one.currency),
        "unapplied": _told(one.unapplied, one.currency),
    }


def _view(connection: "Connection", code: str) -> dict[str, Any]:
    from adv_domain.store.payments.customer_account import read_account, read_balances
    from adv_domain.store.payments.customer_story import read_story
    from adv_domain.store.payments.receivables import find_customer

    row = find_customer(connection, code)
    if row is None:
        fail(f"there is no customer {code}; see: adv customer list", status=1)
    account = read_account(connection, row.id)
    own, *others = read_balances(connection, codes=[code])
    history = read_story(connection, row.id, account=account)
    return {
        "code": row.code,
        "name": row.name,
        "currency": row.currency,
        "open_balance": _told(own.open, row.currency),
        "unapplied": _told(own.unapplied, row.currency),
        "other_currencies": [_balance(one) for one in others],
        **credit_view(connection, row),
        "advances": _advances(connection, row.id),
        "dunning_paused_until": row.dunning_paused_until,
        "payments": _payments(account),
        "invoices": _invoices(account),
        "disputes": _disputes(account),
        "promises": _promises(account),
        "timeline": [
            {
                "on": one.on,
                "at": one.at,
                "what": one.what,
                "of": one.of,
                "actor": one.actor,
                "from": one.from_state,
                "to": one.to_state,
                "reason": one.reason,
            }
            for one in history
        ],
    }


def _advances(connection: "Connection", customer_id: int) -> dict[str, Any]:
    """Tell what is asked of his orders in advance, held for them, or left."""
    from adv_domain.store.advances.advance_story import (
        orders_with_advances,
        read_advances_of,
    )

    found = read_advances_of(connection, orders_with_advances(connection, customer_id))
    return {
        "sums": sums_view(found.values()),
        "orders": [advances_view(one) for one in found.values()],
    }


def _payments(account: "CustomerAccount") -> list[dict[str, Any]]:
    return [
        {
            "id": row.id,
            "booked_on": row.booked_on,
            "amount": _told(row.amount, row.currency),
            "currency": row.currency,
            "status": row.state,
            "unapplied": _told(row.unapplied_amount, row.currency),
            "payer": row.payer_name,
            "reason": row.reason,
            "allocations": [
                {
                    "invoice": one.invoice_no,
                    "amount": _told(one.amount, row.currency),
                    "evidence": one.evidence,
                }
                for one in account.allocations.get(row.id, [])
            ],
            "proposals": [
                {"invoices": one.invoices, "why": one.why}
                for one in account.proposals.get(row.id, [])
            ],
        }
        for row in account.payments
    ]


def _invoices(account: "CustomerAccount") -> list[dict[str, Any]]:
    listed = []
    for row in account.invoices:
        parts = account.instalments.get(row.id, [])
        left = sum((one.open_amount for one in parts), _ZERO)
        listed.append(
            {
                "number": row.invoice_no,
                "kind": row.kind,
                "issued_on": row.issued_on,
                "currency": row.currency,
                "gross": _told(row.gross, row.currency),
                "open": _told(left, row.currency),
                "instalments": [
                    {
                        "due_on": one.due_on,
                        "amount": _told(one.amount, row.currency),
                        "open": _told(one.open_amount, row.currency),
                    }
                    for one in parts
                ],
            }
        )
    return listed


def _disputes(account: "CustomerAccount") -> list[dict[str, Any]]:
    return [
        {
            "invoice": row.invoice_no,
            "amount": _told(row.amount, row.currency),
            "reason": row.reason,
            "note": row.note,
            "owner": row.owner,
            "opened_on": row.opened_on,
            "closed_on": row.closed_on,
            "result": row.result,
        }
        for row in account.disputes
    ]


def _promises(account: "CustomerAccount") -> list[dict[str, Any]]:
    return [
        {
            "invoice": row.invoice_no,
            "amount": _told(row.amount, row.currency),
            "promised_on": row.promised_on,
            "made_on": row.made_on,
            "state": row.state,
        }
        for row in account.promises
    ]


def _told(amount: Decimal, currency: str) -> str:
    return format(rounded_to_minor(amount, currency), "f")


def _grouped(amount: str) -> str:
    """Write an amount of the view as people read it: 1,234.50."""
    return f"{Decimal(amount):,f}"


def _screen(view: dict[str, Any]) -> list[str]:
    balance = (
        f"open {_grouped(view['open_balance'])}, "
        f"unapplied {_grouped(view['unapplied'])}"
    )
    lines = [
        f"{view['code']} {view['name']}",
        f"{balance} {view['currency']}",
    ]
    lines += [
        f"also open {_grouped(one['open'])}, "
        f"unapplied {_grouped(one['unapplied'])} {one['currency']}"
        for one in view["other_currencies"]
    ]
    lines += credit_lines(view)
    lines += advances_lines(view["advances"])
    lines += [
        f"  {one['number']:<18} {one['issued_on']}  "
        f"{_grouped(one['gross']):>14} "
        f"{one['currency']}  open {_grouped(one['open']):>14}"
        for one in view["invoices"]
    ]
    lines += [_payment_line(one) for one in view["payments"]]
    lines += [
        f"  {one['on']}  {one['of']}: {one['what']} by {one['actor']}"
        + (f" ({one['reason']})" if one["reason"] else "")
        for one in view["timeline"]
    ]
    return lines


def _payment_line(one: dict[str, Any]) -> str:
    given = ", ".join(
        f"{part['invoice']} {_grouped(part['amount'])}" for part in one["allocations"]
    )
    asked = "; ".join(", ".join(part["invoices"]) for part in one["proposals"])
    told = f" → {given}" if given else (f", perhaps {asked}" if asked else "")
    return (
        f"  payment {one['id']} {one['booked_on']}  "
        f"{_grouped(one['amount']):>14} "
        f"{one['currency']}  {one['status']}{told}"
    )
