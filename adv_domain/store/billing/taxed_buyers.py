"""What of a customer's row decides on the tax of what he buys?"""

from typing import Any

from adv_domain.rules.billing.supplies import Buyer
from adv_domain.vat_ids import believed_vat_id


def taxed_buyer(row: Any) -> Buyer:
    """Return the customer as his tax is decided: no VAT id that cannot be right."""
    given = buyer_as_given(row)
    return given._replace(vat_id=believed_vat_id(given.vat_id, given.country))


def buyer_as_given(row: Any) -> Buyer:
    """Return the customer by his own word."""
    return Buyer(
        country=row.country,
        postal_code=row.postal_code or "",
        given=row.tax_territory or "",
        party_kind=row.party_kind,
        vat_id=row.vat_id or "",
        category=row.tax_category,
    )
