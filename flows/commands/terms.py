"""`adv terms`: what does a payment term make of an amount and a date?"""

import json
import re
from dataclasses import asdict
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import click

from adv_domain.rules.countries import COUNTRIES
from adv_domain.rules.money import CURRENCIES, minor_digits, rounded_to_minor
from adv_domain.rules.terms.instalments import (
    early_discount,
    instalments,
)
from adv_domain.rules.terms.term_form import term_from_form, term_from_text
from adv_domain.rules.terms.terms import DiscountBase, PaymentTerm, TermError
from flows.commands.output import home_option, json_option, need_home
from flows.commands.terms_buyer import bounds_for, buyer_of, calendar_for, legal_notes
from flows.commands.terms_view import (
    instalment_lines,
    preview_document,
    reach_lines,
    show_fault,
    standing_lines,
)

_CODE = re.compile(r"\s*[^\s{\[\"][^{\[\"]*")
_MOST_DIGITS = 15


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = f"{text!r} is no date; write 2025-01-31"
        raise click.BadParameter(message) from error


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount.adjusted() > _MOST_DIGITS:
        raise click.BadParameter(f"{text!r} is no amount; write 1210.00")
    return amount


def _country(_ctx: click.Context, _param: click.Parameter, given: str | None) -> Any:
    if given is not None and given.upper() not in COUNTRIES:
        raise click.BadParameter(f"{given!r} is no country; write ES")
    return given and given.upper()


@click.group()
def terms() -> None:
    """Try payment terms before a customer sees them."""


@terms.command()
@click.option(
    "--terms", "term_text", required=True, help="A term as JSON, or its code."
)
@click.option(
    "--date",
    "base_on",
    required=True,
    type=_day,
    help="Base date: of the invoice, delivery or order, as the term says.",
)
@click.option("--amount", "total", required=True, type=_amount, help="Gross total.")
@click.option("--currency", required=True, help="ISO 4217 code, such as EUR.")
@click.option("--net", type=_amount, help="Net total, for a discount on net.")
@click.option(
    "--country",
    callback=_country,
    help="The buyer's: its law must allow the term, its days off move due dates.",
)
@click.option("--region", help="Of the country, for its days off, such as MD.")
@click.option(
    "--buyer",
    "kind",
    type=click.Choice(("business", "public_body", "consumer")),
    default="business",
    show_default=True,
    help="Whom the law of the country looks at.",
)
@click.option(
    "--supplied-on",
    type=_day,
    help="Where the law counts from the delivery; left out, it is the base date.",
)
@click.option(
    "--customer",
    help="A customer's code: country, region and kind are his. Needs a home.",
)
@home_option
@json_option
def preview(
    *,
    term_text: str,
    base_on: date,
    total: Decimal,
    currency: str,
    net: Decimal | None,
    as_json: bool,
    **buyer: Any,
) -> None:
    """Show the instalments of an amount, each explained; nothing is written.

    A term as JSON needs no home; a code is looked up in it. With --country or
    --customer it is held against that law, as when a customer is given the term and
    when an invoice is posted. Exit status 1 where the term is wrong: there are no
    instalments then.

    A term as JSON; all but the lines may be left out:

    \b
    {"lines": [
       {"share": "percent_of_total", "value": "30", "due": [["add_days", 0]]},
       {"share": "remainder", "due": [["add_days", 45], ["end_of_month"]]}],
     "base": "invoice", "roll": "none", "rounding": "remainder_line",
     "early_discount": {"percent": "2", "due": [["add_days", 10]],
                        "base": "gross"}}

    \b
    share     percent_of_total, percent_of_remainder, fixed; one remainder, last
    due       add_days n, add_weeks n, add_months n, end_of_month, set_day d,
              next_day_of_month [d, ...], next_weekday monday; from left to right
    base      invoice, delivery, order: the date that is counted from
    roll      over days off: none, next, previous
    rounding  remainder_line: the last line takes what rounding leaves;
              largest_remainder: each part within a unit of its exact share
    discount  of the gross or net amount, until a day ("due", or "days": 10)
    """
    currency, asked = _checked_currency(currency, total), buyer_of(**buyer)
    try:
        term = _term(term_text)
        _check_net(term, net=net, total=total)
        notes = legal_notes(term, base_on, asked)
        parts = instalments(
            term=term,
            total=total,
            currency=currency,
            base_on=base_on,
            calendar=calendar_for(term, base_on, asked),
            bounds=bounds_for(base_on, asked),
        )
        early = early_discount(
            term=term, total=total, currency=currency, base_on=base_on, net=net
        )
    except TermError as error:
        show_fault(error, term_text, as_json=as_json)
        raise SystemExit(1) from error
    if as_json:
        click.echo(json.dumps(preview_document(parts, early)))
    else:
        lines = [
            *instalment_lines(parts, early, currency),
            *reach_lines(term),
            *notes,
        ]
        click.echo("\n".join(lines))


def _check_net(term: PaymentTerm, *, net: Decimal | None, total: Decimal) -> None:
    """Refuse a net amount beyond the total; tell where a discount on net lacks it."""
    if net is not None and (abs(net) > abs(total) or net * total < 0):
        raise click.BadParameter(
            f"{net} is no net amount of {total}", param_hint="--net"
        )
    rule = term.early_discount
    if net is None and rule and rule.base is DiscountBase.NET:
        message = "the discount is on the net amount; without --net it is shown on the "
        click.echo(f"{message}whole {total}", err=True)


@terms.command()
@click.option("--date", "on", type=_day, help="The day whose law counts; today.")
@home_option
@json_option
def check(*, on: date | None, as_json: bool) -> None:
    """Hold every payment term, and each customer's, against the law of a day.

    Exit status 1 where a term does not work from some day, or gives customers more
    time than their law lets anybody agree on.
    """
    # the database loads only here
    from adv_domain.store.engine import reading
    from tasks.intake.standing_terms import standing_terms
    from tasks.resources import now, resources

    need_home()
    known = resources()
    on = on or now().astimezone(known.settings.time_zone).date()
    with reading(known.engine) as connection:
        found = standing_terms(connection, on=on)
    if as_json:
        click.echo(json.dumps({"terms": [asdict(one) for one in found]}))
    else:
        click.echo("\n".join(line for one in found for line in standing_lines(one)))
    if any(one.wrong for one in found):
        raise SystemExit(1)


def _term(text: str) -> PaymentTerm:
    if not _CODE.fullmatch(text):
        return term_from_text(text)
    # the database loads only when a code is to be looked up
    from adv_domain.store.engine import reading
    from adv_domain.store.intake.payment_terms import term_definition
    from tasks.resources import resources

    need_home()
    with reading(resources().engine) as connection:
        form = term_definition(connection, text)
    if form is None:
        raise TermError(line_no=0, detail=f"no payment term has the code {text!r}")
    return term_from_form(form)


def _checked_currency(currency: str, total: Decimal) -> str:
    currency = currency.upper()
    if currency not in CURRENCIES:
        raise click.BadParameter(f"{currency!r} is no currency; write EUR")
    if total != rounded_to_minor(total, currency):
        digits = minor_digits(currency)
        raise click.BadParameter(f"{currency} has {digits} decimals, not as {total}")
    return currency
