"""`adv terms`: what does a payment term make of an amount and a date?"""

import json
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import click

from adv_domain.rules.billing.instalments import (
    early_discount,
    instalments,
)
from adv_domain.rules.billing.legal_caps import (
    beyond_strict_laws,
    bounds_of,
    excess,
    excess_words,
    legal_cap,
    limit_words,
)
from adv_domain.rules.billing.term_dates import UNBOUND, Bounds, calendar_years
from adv_domain.rules.billing.term_form import term_from_form, term_from_text
from adv_domain.rules.billing.terms import PaymentTerm, TermError
from adv_domain.rules.calendar_rules import PLAIN_CALENDAR, Calendar
from adv_domain.rules.countries import COUNTRIES
from adv_domain.rules.money import CURRENCIES, minor_digits, rounded_to_minor
from flows.commands.output import home_option, json_option, need_home
from flows.commands.terms_view import (
    instalment_lines,
    preview_document,
    reach_lines,
    show_fault,
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


@dataclass(frozen=True, slots=True)
class _Buyer:
    """Whose law and days off count, and since when he has the goods."""

    country: str | None
    region: str | None
    kind: str
    supplied_on: date | None


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

    A term as JSON needs no home; a code is looked up in it. With --country it is held
    against that law, as when a customer is given the term and when an invoice is
    posted. Exit status 1 where the term is wrong: there are no instalments then.
    """
    currency, asked = _checked_currency(currency, total), _buyer(**buyer)
    try:
        term = _term(term_text)
        notes = _legal_notes(term, base_on, asked)
        parts = instalments(
            term=term,
            total=total,
            currency=currency,
            base_on=base_on,
            calendar=_calendar(term, base_on, asked),
            bounds=_bounds(base_on, asked),
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


def _buyer(*, customer: str | None, **given: Any) -> _Buyer:
    if customer is None:
        return _Buyer(**given)
    if given["country"] or given["region"]:
        message = "leave --country and --region out where --customer says whose"
        raise click.UsageError(message)
    # the database loads only when a customer is to be looked up
    from adv_domain.store.engine import reading
    from adv_domain.store.intake.customers import place_of_customer
    from tasks.resources import resources

    need_home()
    with reading(resources().engine) as connection:
        found = place_of_customer(connection, customer)
    if found is None:
        raise click.BadParameter(f"no customer has the code {customer!r}")
    return _Buyer(*found, given["supplied_on"])


def _legal_notes(term: PaymentTerm, base_on: date, buyer: _Buyer) -> list[str]:
    """Tell where the law allows less; raises TermError where the buyer's forbids it."""
    if buyer.country is None:
        return [
            f"more than the law of {one.cap.law.country} allows a business: "
            f"{limit_words(one.cap)} ({one.cap.law.name})"
            for one in beyond_strict_laws(term, on=base_on)
        ]
    cap = legal_cap(buyer.country, buyer.kind, base_on)
    beyond = excess(term, cap) if cap else None
    if beyond is None:
        return []
    told = excess_words(beyond)
    if not beyond.cap.can_be_agreed:
        detail = f"{told}; give a shorter time"
        raise TermError(line_no=beyond.line_no, detail=detail)
    return [f"line {beyond.line_no}: {told}, more only by express agreement"]


def _calendar(term: PaymentTerm, base_on: date, buyer: _Buyer) -> Calendar:
    years = calendar_years(term=term, base_on=base_on)
    if buyer.country is None or not years:
        return PLAIN_CALENDAR
    # holidays are 0.2 s to import, and few terms roll
    from adv_domain.calendars import calendar_of

    return calendar_of(buyer.country, buyer.region, years)


def _bounds(base_on: date, buyer: _Buyer) -> Bounds:
    if buyer.country is None:
        return UNBOUND
    supplied_on = buyer.supplied_on or base_on
    return bounds_of(
        legal_cap(buyer.country, buyer.kind, base_on),
        issued_on=base_on,
        first_supplied_on=supplied_on,
        supplied_on=supplied_on,
    )


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
