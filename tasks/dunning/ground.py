"""What holds for a whole dunning run: policies, bank data, the company's law?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from adv_domain.policies import Policy
from adv_domain.policy_dunning import as_rule
from adv_domain.rules.calendar_rules import business_days_between
from adv_domain.rules.dunning.decisions import decide
from adv_domain.rules.dunning.interest import interest_law
from adv_domain.rules.dunning.items import RunFacts
from adv_domain.rules.dunning.outcome import Decision
from adv_domain.rules.dunning.policy import DunningPolicy
from adv_domain.store.company import COMPANY_ID
from adv_domain.store.dunning.debtors import DebtorRecord, seller
from adv_domain.store.payments.bank_entries import bank_covers_until


@dataclass(frozen=True, slots=True)
class Ground:
    """The ground on which one run decides; company is the seller's row."""

    facts: RunFacts
    company: Any
    policies: Mapping[str, DunningPolicy]
    default: DunningPolicy
    pay_within_days: int

    def policy_of(self, record: DebtorRecord) -> DunningPolicy:
        """Return the customer's own policy, else the company's first."""
        return self.policies.get(record.policy or "", self.default)


def ground_of(connection: Connection, policy: Policy, *, on: date) -> Ground:
    """Read what the whole run stands on."""
    policies = [
        as_rule(
            section,
            promise_grace_days=policy.payments.promise_grace_days,
            clearing_days=policy.payments.clearing_days,
        )
        for section in policy.dunning.policies
    ]
    covered_until = bank_covers_until(connection, on=on)
    return Ground(
        facts=RunFacts(
            on=on,
            is_bank_stale=is_bank_stale(
                covered_until, on=on, stale_days=policy.payments.stale_days
            ),
            bank_covers_until=covered_until,
        ),
        company=seller(connection, COMPANY_ID),
        policies={each.name: each for each in policies},
        default=policies[0],
        pay_within_days=policy.dunning.pay_within_days,
    )


def is_bank_stale(covered_until: date | None, *, on: date, stale_days: int) -> bool:
    """Say whether the statements are older than so many working days.

    A company that never took in a statement books its money by hand: there is no
    bank data that could have gone stale.
    """
    if covered_until is None:
        return False
    return business_days_between(covered_until, on) > stale_days


def decision_of(record: DebtorRecord, ground: Ground) -> Decision:
    """Decide one customer's run; interest is that of the seller's country."""
    law = interest_law(country=ground.company.country, party_kind=record.party_kind)
    debtor = replace(record.debtor, law=law)
    return decide(debtor, policy=ground.policy_of(record), facts=ground.facts)
