"""What do the rows of a posted document look like?"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Row

from adv_domain.rules.addresses import address_lines
from adv_domain.rules.billing.posting import Draft
from adv_domain.rules.registered_ids import is_endpoint
from adv_domain.rules.tax import TAXED
from adv_domain.rules.terms.instalments import Instalment
from adv_domain.store.columns import JsonReady, json_ready

_DIRECT_DEBIT = "direct_debit"
_GLN = "0088"


def seller_of(company: Row[Any]) -> dict[str, Any]:
    """Copy the selling company as it is printed and frozen on a document."""
    return {
        **_party(company),
        "endpoint_id": company.endpoint_id or "",
        "phone": company.phone or "",
        "iban": company.iban or "",
        "bic": company.bic or "",
        "registration": company.registration or "",
        "vat_due": company.vat_due,
        "tax_territory": company.tax_territory,
        "legal_lines": list(company.legal_lines or ()),
    }


def buyer_of(customer: Row[Any]) -> dict[str, Any]:
    """Copy the customer as printed and frozen on a document.

    His account only where it is going to be debited.
    """
    is_debited = customer.means_of_payment == _DIRECT_DEBIT
    return {
        **_party(customer),
        "endpoint_id": _endpoint_id(customer),
        "code": customer.code,
        "party_kind": customer.party_kind,
        "buyer_reference": customer.buyer_reference or customer.routing_id or "",
        "iban": (customer.iban or "") if is_debited else "",
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
            "surcharge_rate": given.surcharge_rate,
            "lowers_line_no": line.lowers_line_no,
        }
        for at, (line, given) in enumerate(zip(draft.lines, draft.inputs, strict=True))
    ]


def charge_rows(draft: Draft, *, invoice_id: int) -> list[dict[str, Any]]:
    """Make the discounts and charges on the whole document.

    On a credit note each has the number of the one that it gives back.
    """
    return [
        {
            "invoice_id": invoice_id,
            "charge_no": one.charge_no or at,
            "description": one.description,
            "amount": one.amount,
            "base": one.base,
            "rate": one.rate,
            "tax_category": one.tax_category,
            "tax_rate": one.tax_rate,
            "surcharge_rate": one.surcharge_rate,
            "order_id": one.order_id,
            "order_charge_no": one.order_charge_no,
            "advance_id": one.advance_id,
        }
        for at, one in enumerate(draft.amounts.charges, start=1)
    ]


def amount_columns(draft: Draft) -> dict[str, Any]:
    """Return what the document comes to, and how its tax came about."""
    amounts, company = draft.amounts, draft.company_tax
    return {
        "net": amounts.net,
        "tax": amounts.tax,
        "gross": amounts.gross,
        "rounding": amounts.rounding,
        "tax_rounding": draft.tax_rounding,
        "tax_reasons": draft.tax_reasons or None,
        "is_advance": draft.is_advance,
        "deducted": draft.deducted,
        "company_currency": company and company.currency,
        "company_tax": company and company.amount,
        "company_rate": company and company.rate,
        "company_rate_on": company and company.dated_on,
    }


def tax_rows(draft: Draft, *, invoice_id: int) -> list[dict[str, Any]]:
    """Make the tax groups of a document."""
    return [
        {
            "invoice_id": invoice_id,
            "kind": group.kind,
            "category": group.category,
            **draft.meanings.get(group.category, TAXED)._asdict(),
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
            "steps": _steps(part.steps),
        }
        for at, part in enumerate(parts, start=1)
    ]


# the documents of a night fall due by the same few steps
@lru_cache(maxsize=1024)
def _steps(steps: tuple[str, ...]) -> JsonReady:
    return json_ready(list(steps))


def _party(party: Row[Any]) -> dict[str, Any]:
    """Copy what seller and buyer both have: the address for people and by its parts."""
    return {
        "name": party.name,
        "address_lines": _address(party),
        "street": party.address or "",
        "postal_code": party.postal_code or "",
        "city": party.city or "",
        "region": party.region or "",
        "country": party.country,
        "vat_id": party.vat_id or "",
        "legal_id": party.legal_id or "",
        "email": party.email or "",
    }


def _endpoint_id(customer: Row[Any]) -> str:
    """Return where the customer's machine gets e-invoices; his GLN is an address too.

    A number without a scheme names him in orders only.
    """
    given = customer.endpoint_id or ""
    if is_endpoint(given):
        return str(given)
    return f"{_GLN}:{customer.gln}" if customer.gln else ""


def _address(party: Row[Any]) -> list[str]:
    lines = address_lines(
        street=party.address or "",
        postal_code=party.postal_code or "",
        city=party.city or "",
        region=party.region or "",
        country=party.country,
    )
    return list(lines)
