"""Are the payment terms that an order asks for agreed, and does the law allow them?"""

from collections.abc import Mapping
from typing import NamedTuple

from adv_domain.rules.terms.legal_cap_table import LegalCap
from adv_domain.rules.terms.legal_caps import Excess, excess
from adv_domain.rules.terms.term_reach import reach
from adv_domain.rules.terms.terms import PaymentTerm


class KnownTerms(NamedTuple):
    """A payment term's code, what it says (None where nobody knows it), its days."""

    code: str
    term: PaymentTerm | None

    @property
    def longest_days(self) -> int:
        return reach(self.term).longest_days if self.term else 0


class OrderTerms(NamedTuple):
    """What an order asks for (None where it leaves it to us) and what was agreed.

    beyond is how far the asked terms, or else the agreed ones, go beyond the law.
    """

    asked: KnownTerms | None
    agreed: KnownTerms | None
    beyond: Excess | None

    @property
    def is_other(self) -> bool:
        """Tell whether the order asks for other terms than those agreed."""
        if self.asked is None or self.agreed is None:
            return False
        return self.asked.code != self.agreed.code and (
            self.asked.term is None or self.asked.term != self.agreed.term
        )


NO_TERMS = OrderTerms(None, None, None)


def order_terms(
    asked: str | None,
    agreed: str | None,
    *,
    terms: Mapping[str, PaymentTerm],
    cap: LegalCap | None,
) -> OrderTerms:
    """Hold the terms against each other and against the cap of the customer's law."""
    found = OrderTerms(
        asked=KnownTerms(asked, terms.get(asked)) if asked else None,
        agreed=KnownTerms(agreed, terms.get(agreed)) if agreed else None,
        beyond=None,
    )
    counted = found.asked or found.agreed
    if counted is None or counted.term is None or cap is None:
        return found
    if cap.can_be_agreed and not found.is_other:
        return found
    return found._replace(beyond=excess(counted.term, cap))
