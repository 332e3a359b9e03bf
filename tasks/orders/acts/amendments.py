"""May this change of an order be done, whatever holds it, or is it refused?"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from adv_domain.rules.amendments.states import (
    AT_STOCK,
    OPEN_AMENDMENTS,
    AmendmentDecided,
    AmendmentState,
)
from adv_domain.store.engine import writing
from adv_domain.store.orders.amendments import OpenAmendment, read_amendments
from adv_domain.store.orders.heads import lock_order
from tasks.authority import check_role, in_company_currency
from tasks.orders.acts.common import ActRefused
from tasks.orders.amendments.asking import tell_as_it_stands
from tasks.orders.amendments.record import Settled
from tasks.orders.amendments.refusing import refuse_changes
from tasks.orders.amendments.settling import Word, settle_changes
from tasks.orders.record import Look
from tasks.resources import now, resources

_WAITS_FOR_STOCK = AmendmentState.WAITING_STOCK


class UnknownAmendment(ActRefused):
    """No change has this number."""

    def __init__(self, amendment_id: int) -> None:
        super().__init__(f"there is no change {amendment_id}; see: adv amendments")
        self.amendment_id = amendment_id


class NotAcceptable(ActRefused):
    """Nobody can let this change pass as it stands."""

    def __init__(self, *, amendment_id: int, why: str) -> None:
        super().__init__(f"change {amendment_id} cannot be accepted: {why}")
        self.amendment_id = amendment_id


@dataclass(frozen=True, slots=True)
class AmendmentAct:
    """What became of a change by a person's word."""

    amendment_id: int
    order_no: str | None
    state: str
    reason: str

    @property
    def told(self) -> str:
        """Say it in one line for a person."""
        of_order = f" of order {self.order_no}" if self.order_no else ""
        state = self.state.replace("_", " for ")
        why = f": {self.reason}" if self.reason else ""
        return f"change {self.amendment_id}{of_order} is {state}{why}"


def accept_amendment(
    *, amendment_id: int, by: str, reason: str, on: date
) -> AmendmentAct:
    """Let a held change pass, or agree to one in place of stock.

    Both within the limit of the person's role. What held it is waived; stock is asked
    where it has to do otherwise and was not. Raises UnknownAmendment, NotAcceptable,
    AmendmentDecided, BeyondAuthority.
    """
    with writing(resources().engine) as connection:
        amendment = _locked(connection, amendment_id)
        agreed = amendment.state == _WAITS_FOR_STOCK
        result, settled = settle_changes(
            connection,
            [amendment],
            look=_look(by=by, reason=f"accepted: {reason}", on=on),
            word=Word.AGREED if agreed else Word.PERSON,
        )
        if result.failed:
            why = result.failed[0].message
            raise NotAcceptable(amendment_id=amendment_id, why=why)
        [one] = settled
        if one.state is AmendmentState.HELD:
            raise NotAcceptable(amendment_id=amendment_id, why=one.reason)
        _check_role(connection, one, by=by, on=on)
        return _done(one)


def refuse_amendment(
    *, amendment_id: int, by: str, reason: str, on: date
) -> AmendmentAct:
    """Refuse a change: its order stays as it is, and stock is told so if it was asked.

    Raises UnknownAmendment and AmendmentDecided.
    """
    look = _look(by=by, reason=None, on=on)
    with writing(resources().engine) as connection:
        amendment = _locked(connection, amendment_id)
        refuse_changes(
            connection,
            [amendment],
            {amendment_id: reason},
            look=look,
            tells_nobody=True,
        )
        order_no = None
        if amendment.order_id is not None:
            order = lock_order(connection, amendment.order_id)
            order_no = order.order_no
            if amendment.state == _WAITS_FOR_STOCK and order.state in AT_STOCK:
                tell_as_it_stands(connection, order.id, on=on)
        state = str(AmendmentState.REFUSED)
        return AmendmentAct(amendment_id, order_no, state, reason)


def _check_role(connection: Connection, one: Settled, *, by: str, on: date) -> None:
    """Refuse a person's word on an order that comes to more than his role allows."""
    order = one.decision.order
    if order is None:
        return
    policy = resources().policy
    amount = in_company_currency(
        connection,
        one.net,
        currency=order.header.currency or policy.company.currency,
        policy=policy,
        on=on,
    )
    check_role(policy, person=by, action="release", amount=amount)


def _locked(connection: Connection, amendment_id: int) -> OpenAmendment:
    found = read_amendments(connection, [amendment_id])
    if not found:
        raise UnknownAmendment(amendment_id)
    state = AmendmentState(found[0].state)
    if state not in OPEN_AMENDMENTS:
        raise AmendmentDecided(amendment_id=amendment_id, current=state)
    return found[0]


def _look(*, by: str, reason: str | None, on: date) -> Look:
    return Look(policy=resources().policy, on=on, now=now(), actor=by, reason=reason)


def _done(one: Settled) -> AmendmentAct:
    order = one.decision.order
    return AmendmentAct(
        amendment_id=one.amendment.id,
        order_no=order.order_no if order else None,
        state=str(one.state),
        reason=one.reason,
    )
