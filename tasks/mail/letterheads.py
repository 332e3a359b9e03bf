"""Under which name and address does the company write to a customer?"""

from adv_domain.mail.views import Letterhead
from adv_domain.policies import Policy


def letterhead_to(customer_name: str, *, language: str, policy: Policy) -> Letterhead:
    """Write as the company of the policy, in the customer's language."""
    company = policy.company
    town = f"{company.postal_code} {company.city}".strip()
    return Letterhead(
        language=language,
        customer_name=customer_name,
        company_name=company.name,
        contact_email=company.email,
        contact_phone=company.phone,
        company_lines=(company.address, town, company.vat_id),
    )
