"""May this person decide on this amount, and if not, who may?

Roles name people and, by action, the amount up to which they may decide. Where no
role is set up at all, everybody may; where there are some, a person without one
may not. An action without a limit in a role is unlimited there. What has no amount
that can be told needs a person with the highest limit of all.
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
    """A person decided on more than his role allows; the message names who may."""

    def __init__(
        self,
        *,
        person: str,
        action: str,
        limit: Decimal | None,
        asked: str = "",
        who_may: Iterable[str] = (),
    ) -> None:
        why = (
            f"{person} has no role that allows {action}"
            if limit is None
            else f"{person} may decide on {action} up to {limit}"
        )
        may = ", ".join(who_may) or "nobody; give somebody a role in [roles]"
        super().__init__(f"{why}; who may decide on {asked or action}: {may}")
        self.person = person
        self.action = action
        self.limit = limit


def check_authority(
    roles: Iterable[Authority], *, person: str, action: str, amount: Decimal | None
) -> None:
    """Raise BeyondAuthority where no role of the person covers the amount.

    None is an amount that cannot be told.
    """
    known = tuple(roles)
    if not known:
        return
    covering = [one for one in known if _covers(one, known, action, amount)]
    if any(person in one.people for one in covering):
        return
    limits = [one.limits.get(action) for one in known if person in one.people]
    raise BeyondAuthority(
        person=person,
        action=action,
        limit=max((limit for limit in limits if limit is not None), default=None),
        asked="what has no known amount" if amount is None else f"{abs(amount):f}",
        who_may=[
            f"{', '.join(sorted(one.people))} ({one.role})"
            for one in covering
            if one.people
        ],
    )


def _covers(
    role: Authority, roles: tuple[Authority, ...], action: str, amount: Decimal | None
) -> bool:
    limit = role.limits.get(action)
    if limit is None:
        return True
    if amount is not None:
        return abs(amount) <= limit
    return all(
        other is not None and other <= limit
        for other in (one.limits.get(action) for one in roles if one.people)
    )
