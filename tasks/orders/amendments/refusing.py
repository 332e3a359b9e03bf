"""How are changes refused by stock or a person, and what does that leave to do?"""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from adv_domain.rules.amendments.decision import ChangeDecision
from adv_domain.rules.amendments.states import AmendmentState
from adv_domain.store.orders.amendments import OpenAmendment
from tasks.orders.amendments.record import Settled, record_settled
from tasks.orders.record import Look


def refuse_changes(
    connection: Connection,
    amendments: Sequence[OpenAmendment],
    reasons: Mapping[int, str],
    *,
    look: Look,
    tells_nobody: bool = False,
) -> None:
    """Refuse the changes; their orders stay as they are, the values asked for on
    record. Where nobody is told, whoever refuses knows himself what is left to do."""
    record_settled(
        connection,
        [
            Settled(
                amendment,
                ChangeDecision(AmendmentState.REFUSED, reasons[amendment.id]),
                AmendmentState.REFUSED,
                reasons[amendment.id],
                keeps_values=True,
                tells_nobody=tells_nobody,
            )
            for amendment in amendments
        ],
        look=look,
    )
