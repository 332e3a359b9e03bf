"""Does what a well-formed policy says hold in the world: codes, accounts, addresses?

Imported only where there is a policy file: the libraries cost start-up time. What
needs the database (a tax territory with rates) is not looked at here.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from stdnum import bic, iban

from adv_domain.bundled import bundled_path
from adv_domain.documents.style import LOGO_SUFFIXES, is_colour, is_image_name
from adv_domain.mail.message import InvalidAddress, checked_address
from adv_domain.policies import Delivery, Invoicing, Mail, Policy
from adv_domain.policy_company import LONGEST, Company, Documents
from adv_domain.policy_credit_reasons import reason_mistakes
from adv_domain.policy_dunning import Dunning, as_rule
from adv_domain.policy_file import PolicyMistake
from adv_domain.policy_validation import Validation
from adv_domain.rules.billing.schedules import InvalidSchedule, schedule_of
from adv_domain.rules.countries import COUNTRIES
from adv_domain.rules.dunning.policy import Channel
from adv_domain.rules.money import CURRENCIES, minor_unit
from adv_domain.rules.orders.rule_settings import DEFAULT_SETTINGS
from adv_domain.rules.registered_ids import (
    NotARegisteredId,
    RegisteredId,
    endpoint,
    legal_id,
)

_NO_CURRENCY = "must be an ISO 4217 code of three letters, such as EUR"
_NO_COUNTRY = "must be an ISO 3166 code of two letters, such as ES"


def policy_mistakes(policy: Policy, *, home: Path) -> tuple[PolicyMistake, ...]:
    """Return what cannot be; a company's own mail templates lie below its home."""
    return (
        *_company_mistakes(policy.company),
        *_document_mistakes(policy.documents),
        *_amount_mistakes(policy),
        *_validation_mistakes(policy.validation),
        *_invoicing_mistakes(policy.invoicing),
        *reason_mistakes(policy.credit_reasons),
        *_mail_mistakes(policy.mail),
        *_contact_mistakes(policy.delivery),
        *_tone_mistakes(policy.dunning, _tones(home)),
    )


def _invoicing_mistakes(invoicing: Invoicing) -> Iterator[PolicyMistake]:
    try:
        schedule_of(invoicing.schedule)
    except InvalidSchedule as error:
        yield PolicyMistake("invoicing.schedule", str(error))


def policy_warnings(policy: Policy) -> tuple[PolicyMistake, ...]:
    """Return what can be meant but rarely is."""
    return (*_last_levels(policy), *_teams_without_rules(policy))


def _teams_without_rules(policy: Policy) -> Iterator[PolicyMistake]:
    owners = {code: one.owner for code, one in DEFAULT_SETTINGS.items()}
    teams = {*owners.values(), *policy.validation.owner.values(), policy.holds.one_desk}
    for team in policy.holds.team_hours:
        if team not in teams:
            yield PolicyMistake(
                f"holds.team_hours.{team}",
                "no rule is of this team, so nothing waits for it; there are: "
                f"{', '.join(sorted(teams))}",
            )


def _last_levels(policy: Policy) -> Iterator[PolicyMistake]:
    return (
        PolicyMistake(
            key=f"dunning.policies[{at}]",
            message=f"the last level of {each.name!r} is an e-mail: after it no person "
            'is asked to act; a last level with channel = "letter" or "call" makes '
            "the task to refer the case to collection",
        )
        for at, each in enumerate(policy.dunning.policies, start=1)
        if as_rule(each).levels[-1].channel is Channel.EMAIL
    )


def _company_mistakes(company: Company) -> Iterator[PolicyMistake]:
    if company.country not in COUNTRIES:
        yield PolicyMistake("company.country", _NO_COUNTRY, company.country)
    if company.currency not in CURRENCIES:
        yield PolicyMistake("company.currency", _NO_CURRENCY, company.currency)
    if company.iban and not iban.is_valid(company.iban):
        message = "is no IBAN: its length or its check digits are wrong"
        yield PolicyMistake("company.iban", message, company.iban)
    if company.bic and not bic.is_valid(company.bic):
        message = "is no BIC, which has 8 or 11 letters and digits"
        yield PolicyMistake("company.bic", message, company.bic)
    yield from _too_long(company)
    for key, text, read in (
        ("company.legal_id", company.legal_id, legal_id),
        ("company.endpoint_id", company.endpoint_id, endpoint),
    ):
        yield from _id_mistakes(key, text, read)
    if company.email:
        yield from _address_mistakes("company.email", company.email)


def _too_long(company: Company) -> Iterator[PolicyMistake]:
    for name, longest in LONGEST.items():
        text = getattr(company, name)
        if len(text) > longest:
            message = f"has {len(text)} characters; at most {longest} are kept"
            yield PolicyMistake(f"company.{name}", message, text)


def _id_mistakes(
    key: str, text: str, read: Callable[[str], RegisteredId]
) -> Iterator[PolicyMistake]:
    if not text:
        return
    try:
        read(text)
    except NotARegisteredId as fault:
        yield PolicyMistake(key, fault.why, text)


def _amount_mistakes(policy: Policy) -> Iterator[PolicyMistake]:
    """Find coins that are none of their currency, and currencies that are none."""
    for currency, step in policy.amounts.cash_steps.items():
        key = f"amounts.cash_steps.{currency}"
        if currency not in CURRENCIES:
            yield PolicyMistake(key, _NO_CURRENCY, currency)
        elif step % minor_unit(currency):
            message = f"must be a multiple of {minor_unit(currency)} {currency}"
            yield PolicyMistake(key, message, str(step))
    for at, one in enumerate(policy.amounts.customers, start=1):
        for charge_at, charge in enumerate(one.charges, start=1):
            if charge.currency and charge.currency not in CURRENCIES:
                key = f"amounts.customers[{at}].charges[{charge_at}].currency"
                yield PolicyMistake(key, _NO_CURRENCY, charge.currency)
        unit = minor_unit(policy.company.currency)
        if one.cash_step is not None and one.cash_step % unit:
            message = f"must be a multiple of {unit}"
            key = f"amounts.customers[{at}].cash_step"
            yield PolicyMistake(key, message, str(one.cash_step))


def _document_mistakes(documents: Documents) -> Iterator[PolicyMistake]:
    if not is_colour(documents.colour):
        message = "must be a colour such as #1f4e79"
        yield PolicyMistake("documents.colour", message, documents.colour)
    if documents.logo and not is_image_name(documents.logo):
        message = f"must be an image: {', '.join(LOGO_SUFFIXES)}"
        yield PolicyMistake("documents.logo", message, documents.logo)


def _validation_mistakes(validation: Validation) -> Iterator[PolicyMistake]:
    for at, country in enumerate(validation.countries_served, start=1):
        if country not in COUNTRIES:
            key = f"validation.countries_served[{at}]"
            yield PolicyMistake(key, _NO_COUNTRY, country)


def _mail_mistakes(mail: Mail) -> Iterator[PolicyMistake]:
    yield from _address_mistakes("mail.sender", mail.sender)
    if mail.reply_to:
        yield from _address_mistakes("mail.reply_to", mail.reply_to)
    for at, address in enumerate(mail.operations, start=1):
        yield from _address_mistakes(f"mail.operations[{at}]", address)
    if mail.send_from_hour >= mail.send_until_hour:
        message = (
            f"must be earlier than send_until_hour, which is {mail.send_until_hour}, "
            "else no mail ever leaves"
        )
        yield PolicyMistake("mail.send_from_hour", message, str(mail.send_from_hour))


def _contact_mistakes(delivery: Delivery) -> Iterator[PolicyMistake]:
    if delivery.contact_email:
        yield from _address_mistakes("delivery.contact_email", delivery.contact_email)


def _address_mistakes(key: str, address: str) -> Iterator[PolicyMistake]:
    try:
        checked_address(address)
    except InvalidAddress as fault:
        yield PolicyMistake(key, f"is no mail address: {fault.cause}", address)


def _tone_mistakes(dunning: Dunning, tones: frozenset[str]) -> Iterator[PolicyMistake]:
    known = ", ".join(sorted(tones))
    for policy_at, policy in enumerate(dunning.policies, start=1):
        for at, level in enumerate(policy.levels, start=1):
            if level.tone not in tones:
                yield PolicyMistake(
                    f"dunning.policies[{policy_at}].levels[{at}].tone",
                    f"level {level.level}: no template reminder_{level.tone}; "
                    f"there are: {known}",
                    level.tone,
                )


def _tones(home: Path) -> frozenset[str]:
    """Return the tones that have a template, ours or the company's own."""
    folders = (bundled_path("templates") / "email", home / "templates" / "email")
    return frozenset(
        path.name.removeprefix("reminder_")
        for folder in folders
        for path in folder.glob("*/reminder_*")
    )
