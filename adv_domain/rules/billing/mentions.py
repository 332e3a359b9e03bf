"""Which sentences does the law want on an invoice or credit note, and which code says
the same to a machine?

A mention is a key of the label catalogue's [mentions]; the wording is there in every
language. Which law is quoted follows the seller's country, not the reader's language.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

VatDue = Literal["supply", "payment", "debits"]
"""When a seller owes the VAT: at the supply, when paid (cash accounting), or at the
invoice though the supply is a service (the French option of the debits)."""
Supply = Literal["goods", "services", "mixed"]

# EN 16931 tax categories (code list UNCL5305) whose invoices carry a mention
# (Directive 2006/112/EC, art. 226 points 11 and 11a; art. 138 and 146)
_MENTION_OF_CATEGORY = {
    "AE": "reverse_charge",
    "K": "intra_community_supply",
    "G": "export",
    "E": "exempt",
    "O": "outside_scope",
}
# Canarias, Ceuta and Melilla have laws of their own (Ley 20/1991, Ley 8/1991)
_LAW_OF_TERRITORY = {"ES-CN": "igic", "ES-CE": "ipsi", "ES-ML": "ipsi"}
_TAX_OF_CODE = {"L": "igic", "M": "ipsi"}
_QUOTED_BY_LAW = frozenset({"intra_community_supply", "export"})
_LAWS = frozenset({"ES", "FR"})
_EXEMPTION_CODES = {
    "AE": "VATEX-EU-AE",
    "K": "VATEX-EU-IC",
    "G": "VATEX-EU-G",
    "O": "VATEX-EU-O",
}


def tax_name(vat_codes: Collection[str], *, seller_territory: str) -> str:
    """Return which tax a document bears: vat, in Canarias igic, in Ceuta ipsi."""
    named = (_TAX_OF_CODE.get(code) for code in sorted(vat_codes))
    by_code = next((name for name in named if name), None)
    return by_code or _LAW_OF_TERRITORY.get(seller_territory, "vat")


def tax_mention(
    category: str, *, seller_country: str, seller_territory: str = ""
) -> str | None:
    """Return the mention of a tax category, None where the rate says it all.

    The exemptions quote the seller's own law where it is known, else the Directive.
    """
    mention = _MENTION_OF_CATEGORY.get(category)
    if mention not in _QUOTED_BY_LAW:
        return mention
    own_law = _LAW_OF_TERRITORY.get(seller_territory)
    if own_law and mention == "export":
        return f"{mention}_{own_law}"
    law = seller_country if seller_country in _LAWS else "EU"
    return f"{mention}_{law.lower()}"


def exemption_code(category: str) -> str:
    """Return the VATEX code of a tax category, empty where the list has none."""
    return _EXEMPTION_CODES.get(category, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionCase:
    """What of a document decides on its mentions, those of its tax aside."""

    seller_country: str
    has_early_payment: bool
    is_to_consumer: bool = False
    vat_due: VatDue = "supply"
    supply: Supply | None = None


def mention_codes(case: MentionCase) -> tuple[str, ...]:
    """Return the mentions other than those of the tax categories, in order.

    Cash accounting is said everywhere in the EU (Directive 2006/112/EC art. 226 7a).
    A French seller also states what kind of supply it is and that he pays the VAT by
    the debits where he does (CGI annexe II art. 242 nonies A), between traders the
    penalty and the 40 EUR compensation and, where none is granted, that there is no
    early-payment discount (Code de commerce L441-9, L441-10).
    """
    codes = ["cash_accounting"] if case.vat_due == "payment" else []
    if case.seller_country != "FR":
        return tuple(codes)
    if case.supply:
        codes.append(f"supply_{case.supply}")
    if case.vat_due == "debits":
        codes.append("vat_on_debits")
    if not case.is_to_consumer:
        codes += ["late_payment_penalty_fr", "recovery_compensation_fr"]
    if not case.has_early_payment:
        codes.append("no_early_payment_discount")
    return tuple(codes)
