"""Does the policy allow this person's decision?"""

from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from adv_domain.policies import Action, Policy
from adv_domain.rules.authority import Authority, check_authority
from adv_domain.rules.exchange import NoExchangeRate, converted
from adv_domain.rules.money import rounded_to_minor
from adv_domain.store.exchange import read_exchange_rates


def check_role(
    policy: Policy, *, person: str, action: Action, amount: Decimal | None
) -> None:
    """Raise BeyondAuthority where the policy's roles do not allow the decision.

    The amount is in the company's currency, None where it cannot be told.
    """
    roles = (
        Authority(role=name, people=frozenset(role.people), limits=dict(role.limits))  # type: ignore[arg-type]  # literals are strings
        for name, role in policy.roles.items()
    )
    check_authority(roles, person=person, action=action, amount=amount)


def in_company_currency(
    connection: Connection,
    amount: Decimal | None,
    *,
    currency: str,
    policy: Policy,
    on: date,
) -> Decimal | None:
    """Tell an amount by the rate of the day, None where there is none."""
    target = policy.company.currency
    if amount is None:
        return None
    if currency == target:
        return rounded_to_minor(amount, target)
    rates = read_exchange_rates(connection, currencies=[currency, target], on=on)
    try:
        return converted(amount, source=currency, target=target, on=on, rates=rates)
    except NoExchangeRate:
        return None
