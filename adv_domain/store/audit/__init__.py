"""Does everything that must always hold, hold over the whole database?

Every check is set-based; where a rule of rounding or hashing is at stake, the rule
itself looks at the rows as they stream by, so that it is written once.
"""

from sqlalchemy import Connection

from adv_domain.store.audit.advances import advance_checks
from adv_domain.store.audit.amendments import amendment_checks
from adv_domain.store.audit.billable import billable_checks
from adv_domain.store.audit.check import CheckResult
from adv_domain.store.audit.corrections import correction_checks
from adv_domain.store.audit.deliveries import delivery_checks
from adv_domain.store.audit.documents import document_checks
from adv_domain.store.audit.holds import hold_checks
from adv_domain.store.audit.money import money_checks
from adv_domain.store.audit.numbering import numbering_checks
from adv_domain.store.audit.orders import order_checks
from adv_domain.store.audit.rounding import rounding_checks
from adv_domain.store.audit.telling import telling_checks
from adv_domain.store.stored import as_stored

__all__ = ["CheckResult", "audit"]


def audit(connection: Connection) -> list[CheckResult]:
    """Return every check over the database of the connection; nothing is written."""
    with as_stored(connection):
        return _checks(connection)


def _checks(connection: Connection) -> list[CheckResult]:
    return [
        *document_checks(connection),
        *rounding_checks(connection),
        *correction_checks(connection),
        *numbering_checks(connection),
        *money_checks(connection),
        *advance_checks(connection),
        *order_checks(connection),
        *delivery_checks(connection),
        *billable_checks(connection),
        *amendment_checks(connection),
        *hold_checks(connection),
        *telling_checks(connection),
    ]
