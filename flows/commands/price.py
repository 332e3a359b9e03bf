"""`adv price`: what does this customer pay for this product, and why?"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import click

from flows.commands.output import (
    Day,
    fail,
    home_option,
    json_option,
    need_home,
    said_agreement,
    say_json,
)

if TYPE_CHECKING:
    from adv_domain.rules.orders.price_explanation import Considered, Explanation
    from adv_domain.rules.orders.pricing import PriceRow, Wanted

_MOST_DIGITS = 12
_WHY = {
    "wins": "wins",
    "base": "its price is what the discount comes off",
    "currency": "in {row.currency}, asked for {wanted.currency}",
    "not_yet": "not in force yet",
    "ended": "no longer in force",
    "quantity": "quantity not reached",
    "customer_side": "less particular about the customer",
    "product_side": "less particular about the product",
    "smaller_break": "a higher quantity break is reached",
    "older": "a younger one is in force",
    "only_listed": "counts only where nothing was agreed",
    "no_price": "a discount with no price in {wanted.currency} to come off",
}


def _quantity(text: str) -> Decimal:
    try:
        qty = Decimal(text)
    except InvalidOperation:
        qty = Decimal("NaN")
    if not qty.is_finite() or qty <= 0 or abs(qty.adjusted()) > _MOST_DIGITS:
        raise click.BadParameter(f"{text!r} is no quantity; write 12 or 2.5")
    return qty


def _currency(text: str | None) -> str | None:
    if text is None:
        return None
    from adv_domain.rules.money import CURRENCIES

    if text.upper() not in CURRENCIES:
        raise click.BadParameter(f"{text!r} is no currency; write EUR")
    return text.upper()


@click.command()
@click.option("--customer", "customer_code", required=True, help="His code.")
@click.option("--product", "product_code", required=True, help="Its code.")
@click.option(
    "--qty",
    default="1",
    show_default=True,
    type=_quantity,
    metavar="NUMBER",
    help="How many.",
)
@click.option("--date", "on", type=Day(), help="Ordered on; without it, today.")
@click.option("--currency", help="Without it, the customer's.")
@home_option
@json_option
def price(
    *, as_json: bool, currency: str | None, on: date | None, **asked: Any
) -> None:
    """Show the agreed price, which agreement won, and why each other lost.

    By the rule that orders are held against. Exit status 1 where the customer or the
    product is unknown or nothing was agreed.
    """
    in_currency = _currency(currency)
    need_home()
    # the database loads only in commands that need it
    from adv_domain.store.engine import reading
    from tasks.orders.price_question import NotInMasterData, explained
    from tasks.resources import business_day, now, resources

    with reading(resources().engine) as connection:
        try:
            wanted, found = explained(
                connection,
                **asked,
                on=on or business_day(now()),
                currency=in_currency,
            )
        except NotInMasterData as error:
            fail(str(error), status=1)
    if as_json:
        say_json(_document(wanted, found))
    else:
        click.echo("\n".join(_screen(wanted, found)))
    if found.decision is None:
        raise SystemExit(1)


def _document(wanted: "Wanted", found: "Explanation") -> dict[str, Any]:
    from adv_domain.rules.billing.invoicing import PRICE_ORDER
    from adv_domain.rules.orders.pricing import PRECEDENCE

    return {
        "customer": wanted.customer_code,
        "customer_group": wanted.customer_group,
        "price_list": wanted.price_list,
        "product": wanted.product_code,
        "category": wanted.category,
        "qty": wanted.qty,
        "date": wanted.on,
        "currency": wanted.currency,
        **_figures(wanted, found),
        "precedence": list(PRECEDENCE),
        "amount_order": list(PRICE_ORDER),
        "agreements": [
            {**_terms(one.row), "outcome": one.outcome, "why": _why(one, wanted)}
            for one in found.considered
        ],
    }


def _figures(wanted: "Wanted", found: "Explanation") -> dict[str, Any]:
    decision = found.decision
    if decision is None:
        names = ("unit_price", "discount_percent", "net_unit_price", "line_total")
        reason = f"nothing was agreed in {wanted.currency}: an order would be held"
        return {**dict.fromkeys(names), "agreement": None, "reason": reason}
    from adv_domain.rules.billing.invoicing import line_net
    from adv_domain.rules.orders.agreement_name import agreement_name

    name = agreement_name(decision.rows)
    return {
        "unit_price": decision.unit_price.normalize(),
        "discount_percent": _percent(decision.discount_rate),
        "net_unit_price": decision.net_price.normalize(),
        "line_total": line_net(
            qty=wanted.qty,
            unit_price=decision.unit_price,
            discount_rate=decision.discount_rate,
            currency=wanted.currency,
        ),
        "agreement": name,
        "reason": said_agreement(name),
    }


def _terms(row: "PriceRow") -> dict[str, Any]:
    """Tell an agreement by the columns of a prices file; scope `listed` has none."""
    from adv_domain.rules.orders.pricing import LISTED

    return {
        "scope": row.scope,
        "scope_code": row.scope_code,
        "product": row.product_code,
        "category": row.category,
        "currency": row.currency,
        "min_quantity": row.min_qty.normalize(),
        "price": None if row.unit_price is None else row.unit_price.normalize(),
        "discount_percent": _percent(row.discount_rate),
        "valid_from": None if row.scope == LISTED else row.valid_from,
        "valid_to": row.valid_to,
    }


def _percent(rate: Decimal | None) -> Decimal | None:
    return None if rate is None else (rate * 100).normalize()


def _why(one: "Considered", wanted: "Wanted") -> str:
    return _WHY[one.outcome].format(row=one.row, wanted=wanted)


def _screen(wanted: "Wanted", found: "Explanation") -> Iterator[str]:
    from adv_domain.rules.billing.invoicing import PRICE_ORDER
    from adv_domain.rules.orders.pricing import FALLBACKS, PRECEDENCE

    yield (
        f"{wanted.customer_code} ordering {wanted.qty:f} of {wanted.product_code} on "
        f"{wanted.on}"
    )
    yield from (f"  {line}" for line in _answer(wanted, found))
    yield from ("", "Looked at, by precedence")
    yield from (f"  {line}" for line in _considered(wanted, found))
    yield from ("", "What decides, the first difference alone")
    yield from (f"  {at}. {line}" for at, line in enumerate(PRECEDENCE, start=1))
    yield from (f"  {line}" for line in FALLBACKS)
    yield from ("", "How the amount of an invoice comes about, in this order")
    yield from (f"  {at}. {line}" for at, line in enumerate(PRICE_ORDER, start=1))


def _answer(wanted: "Wanted", found: "Explanation") -> Iterator[str]:
    told = _figures(wanted, found)
    if found.decision is None:
        yield f"no price: {told['reason']}"
        return
    currency, less = wanted.currency, ""
    if told["discount_percent"]:
        price = _money(told["unit_price"], currency)
        less = f" ({price:f} less {told['discount_percent']:f} %)"
    yield (
        f"{_money(told['net_unit_price'], currency):f} {currency} a unit{less}, "
        f"{told['line_total']:f} {currency} in all"
    )
    yield f"by {told['reason']}"


def _money(price: Decimal, currency: str) -> Decimal:
    """Write a unit price with the currency's decimals, or its own where it has more."""
    from adv_domain.rules.money import rounded_to_minor

    rounded = rounded_to_minor(price, currency)
    return rounded if rounded == price else price


def _considered(wanted: "Wanted", found: "Explanation") -> Iterator[str]:
    from adv_domain.rules.orders.agreement_name import agreement_name

    for one in found.considered:
        row = one.row
        terms = ""
        if row.unit_price is not None:
            terms = f"{_money(row.unit_price.normalize(), row.currency):f}"
        if row.discount_rate:
            terms = f"{terms} less {_percent(row.discount_rate):f} %".lstrip()
        until = f", until before {row.valid_to}" if row.valid_to else ""
        name = said_agreement(agreement_name([row]))
        yield f"{terms:>18} {row.currency}  {name}{until}: {_why(one, wanted)}"
    if not found.considered:
        yield "nothing: no agreement and no list price"
