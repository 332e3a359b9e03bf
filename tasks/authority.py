"""Does the policy allow this person's decision?"""

from decimal import Decimal

from adv_domain.policies import Action, Policy
from adv_domain.rules.authority import Authority, check_authority


def check_role(policy: Policy, *, person: str, action: Action, amount: Decimal) -> None:
    """Raise BeyondAuthority where the policy's roles do not allow the decision."""
    roles = (
        Authority(role=name, people=frozenset(role.people), limits=dict(role.limits))  # type: ignore[arg-type]  # literals are strings
        for name, role in policy.roles.items()
    )
    check_authority(roles, person=person, action=action, amount=amount)
