"""What do the rows of a posted document look like?"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row

from adv_domain.rules.billing.posting import Draft
from adv_domain.rules.billing.terms import Instalment


def seller_of(company: Row[Any]) -> dict[str, Any]:
    """Copy the selling company as it is printed and frozen on a document."""
    return {
        "name": company.name,
        "address_lines": _address(company),
        "country": company.country,
        "vat_id": company.vat_id or "",
        "email": company.email or "",
        "phone": company.phone or "",
        "iban": company.iban or "",
        "bic": company.bic or "",
    }


def buyer_of(customer: Row[Any]) -> dict[str, Any]:
    """Copy the customer as printed and frozen on a document."""
    return {
        "code": customer.code,
        "name": customer.name,
        "address_lines": _address(customer),
        "country": customer.country,
        "vat_id": customer.vat_id or "",
        "email": customer.email or "",
        "buyer_reference": customer.buyer_reference or "",
    }


def line_rows(
    draft: Draft, *, invoice_id: int, line_ids: Sequence[int]
) -> list[dict[str, Any]]:
    """Make the frozen lines of a document."""
    return [
        {
            "id": line_ids[at],
            "invoice_id": invoice_id,
            "line_no": at + 1,
            "order_line_id": line.order_line_id,
            "product_code": line.product_code,
            "description": line.description,
            "qty": line.qty,
            "unit": line.unit,
            "unit_price": given.unit_price,
            "discount_rate": given.discount_rate,
            "net": draft.amounts.line_nets[at],
            "tax_category": given.tax_category,
            "tax_rate": given.tax_rate,
        }
        for at, (line, given) in enumerate(zip(draft.lines, draft.inputs, strict=True))
    ]


def tax_rows(
    draft: Draft, *, invoice_id: int, vat_codes: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Make the tax groups of a document."""
    return [
        {
            "invoice_id": invoice_id,
            "category": group.category,
            "vat_code": vat_codes.get(group.category, "S"),
            "rate": group.rate,
            "base": group.base,
            "tax": group.tax,
        }
        for group in draft.amounts.taxes
    ]


def instalment_rows(
    parts: Sequence[Instalment], *, common: Mapping[str, Any], issued_on: date
) -> list[dict[str, Any]]:
    """Make the open items of a document; a part of zero is settled at once."""
    return [
        {
            **common,
            "instalment_no": at,
            "issued_on": issued_on,
            "due_on": part.due_on,
            "amount": part.amount,
            "open_amount": part.amount,
            "settled_on": None if part.amount else issued_on,
            "steps": list(part.steps),
        }
        for at, part in enumerate(parts, start=1)
    ]


def _address(party: Row[Any]) -> list[str]:
    place = " ".join(part for part in (party.postal_code, party.city) if part)
    return [line for line in (party.address, place, party.region) if line]
