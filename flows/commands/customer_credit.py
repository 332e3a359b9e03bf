"""What of a customer's credit do `adv customer` and its JSON show?"""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from adv_domain.rules.money import plain_amount
from adv_domain.rules.plain_numbers import plain_number
from flows.commands.output import said

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from adv_domain.rules.orders.exposure import CreditPosition, CreditRules

_CLASSES = ("open_items", "unbilled", "accepted_orders", "unapplied", "prepaid")
_LESS = ("unapplied", "prepaid")


def credit_view(connection: "Connection", row: Any) -> dict[str, Any]:
    """Tell limit and exposure by the rule that holds orders, and which are held.

    row is the customer's record.
    """
    # the database and the policy load only in commands that need them
    from adv_domain.store.company import COMPANY_ID
    from adv_domain.store.orders.agreements import read_customers
    from adv_domain.store.orders.heads import waiting_for_credit
    from tasks.orders.credit import read_positions
    from tasks.orders.policy import credit_rules
    from tasks.orders.tax import read_tax_basis
    from tasks.resources import business_day, now, resources

    policy = resources().policy
    on = business_day(now())
    found = read_customers(connection, company_id=COMPANY_ID, codes=[row.code])
    terms = found[row.code]
    position = read_positions(
        connection,
        [terms],
        policy=policy,
        taxes=read_tax_basis(connection, on=on),
        on=on,
    )[row.id]
    rules = credit_rules(policy)
    currency, limit = position.currency, position.limit_on(on)
    stands = position.exposure(rules)
    own = row.credit_limit is not None
    return {
        "credit_limit": _told(limit, currency),
        "credit_currency": currency,
        "credit_limit_source": row.credit_limit_source if own else "policy",
        "credit_limit_until": position.expires_on,
        "credit_limit_ended": _told(position.limit, currency)
        if position.limit and position.has_ended(on)
        else None,
        "exposure": _told(stands, currency),
        "exposure_by_class": _by_class(position, rules),
        "exposure_rates": _rates(position),
        "exposure_unknown": _unknown(position, rules),
        "credit_left": None if limit is None else _told(limit - stands, currency),
        "orders_waiting_for_credit": [
            {
                "order_no": one.order_no,
                "held_on": one.held_on,
                "amount": _told(one.gross, one.currency),
                "currency": one.currency,
                "code": one.code,
                "detail": said(one),
            }
            for one in waiting_for_credit(connection, row.id)
        ],
    }


def _by_class(position: "CreditPosition", rules: "CreditRules") -> list[dict[str, Any]]:
    """Tell every class in every currency, and which of them count by the policy."""
    counted = {
        "open_items": rules.count_open_items,
        "unbilled": rules.count_unbilled,
        "accepted_orders": rules.count_accepted_orders,
        "unapplied": rules.count_unapplied,
        "prepaid": rules.advance_payment_passes,
    }
    return [
        {
            "class": name,
            "amount": _told(getattr(stands, name), currency),
            "currency": currency,
            "counts": counted[name],
            "is_credit": name in _LESS,
        }
        for currency, stands in sorted(position.stands.items())
        for name in _CLASSES
        if getattr(stands, name)
    ]


def _rates(position: "CreditPosition") -> list[dict[str, Any]]:
    return [
        {
            "from": currency,
            "to": position.currency,
            "rate": plain_number(known.rate),
            "dated_on": known.dated_on,
        }
        for currency in sorted(position.stands)
        for known in (position.conversions.get(currency),)
        if known is not None and currency != position.currency
    ]


def _unknown(position: "CreditPosition", rules: "CreditRules") -> str | None:
    missing = position.without_rate(rules)
    if not missing:
        return None
    listed = ", ".join(missing)
    return f"no exchange rate from {listed} to {position.currency} is known"


def credit_lines(view: dict[str, Any]) -> list[str]:
    """Write the view for the screen."""
    currency = view["credit_currency"]
    lines = [
        f"credit: {_limit(view)}; exposure {_grouped(view['exposure'])} {currency}"
    ]
    if view["credit_left"] is not None:
        lines[0] += f", left {_grouped(view['credit_left'])}"
    for one in view["exposure_by_class"]:
        lines += _class_lines(view, one)
    lines += [
        f"  {one['rate']} {one['from']} for 1 {one['to']} since {one['dated_on']}"
        for one in view["exposure_rates"]
    ]
    if view["exposure_unknown"]:
        lines.append(f"  {view['exposure_unknown']}: adv import exchange_rates")
    lines += [
        f"  waits: {one['order_no']} since {one['held_on']}: {one['detail']}"
        for one in view["orders_waiting_for_credit"]
    ]
    return lines


def _class_lines(view: dict[str, Any], one: dict[str, Any]) -> list[str]:
    """Write a class; credit apart by what is money, and what was invoiced ahead."""
    ahead = _invoiced_ahead(view, one)
    amount = Decimal(one["amount"]) - ahead
    less = "less " if one["is_credit"] else ""
    end = "" if one["counts"] else " (not counted, by the policy)"
    lines = []
    if amount:
        name = one["class"].replace("_", " ")
        told = _grouped(str(amount))
        lines = [f"  {less}{name} {told} {one['currency']}{end}"]
    if ahead:
        lines.append(
            f"  less invoiced ahead of delivery {_grouped(str(ahead))} "
            f"{one['currency']}: advances and milestones, paid or among the open "
            f"items, that no later invoice has deducted yet{end}"
        )
    return lines


def _invoiced_ahead(view: dict[str, Any], one: dict[str, Any]) -> Decimal:
    """Return what of unapplied credit is no money that waits for an invoice."""
    if one["class"] != "unapplied":
        return Decimal(0)
    money = [Decimal(view["unapplied"])] * (view["currency"] == one["currency"])
    money += [
        Decimal(other["unapplied"])
        for other in view["other_currencies"]
        if other["currency"] == one["currency"]
    ]
    return Decimal(one["amount"]) - sum(money)


def _limit(view: dict[str, Any]) -> str:
    if view["credit_limit"] is None:
        return "no limit"
    source, until = view["credit_limit_source"], view["credit_limit_until"]
    of = f" ({source})" if source else ""
    if view["credit_limit_ended"]:
        return f"limit {_grouped(view['credit_limit_ended'])}{of} ended on {until}"
    return f"limit {_grouped(view['credit_limit'])}{of}" + (
        f" until {until}" if until else ""
    )


def _told(amount: Decimal | None, currency: str) -> str | None:
    return None if amount is None else plain_amount(amount, currency)


def _grouped(amount: str) -> str:
    return f"{Decimal(amount):,f}"
