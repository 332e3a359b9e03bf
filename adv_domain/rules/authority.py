"""May this person decide on this amount?

Roles name people and, by action, the amount up to which they may decide. Where no
role is set up at all, everybody may; where there are some, a person without one
may not. An action without a limit in a role is unlimited there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Authority:
    """A role: its people, and the limit of each action in company currency."""

    role: str
    people: frozenset[str]
    limits: Mapping[str, Decimal]


class BeyondAuthority(PermissionError):
    """A person decided on more than his role allows."""

    def __init__(self, *, person: str, action: str, limit: Decimal | None) -> None:
        why = (
            f"{person} has no role that allows {action}"
            if limit is None
            else f"{person} may decide on {action} up to {limit}"
        )
        super().__init__(
            f"{why}; ask somebody who may, or change [roles] in the policy"
        )
        self.person = person
        self.action = action
        self.limit = limit


def check_authority(
    roles: Iterable[Authority], *, person: str, action: str, amount: Decimal
) -> None:
    """Raise BeyondAuthority where no role of the person covers the amount."""
    known = tuple(roles)
    if not known:
        return
    limits = [one.limits.get(action) for one in known if person in one.people]
    if any(limit is None or abs(amount) <= limit for limit in limits):
        return
    raise BeyondAuthority(
        person=person,
        action=action,
        limit=max((limit for limit in limits if limit is not None), default=None),
    )
