"""How does a posted document become the model of EN 16931?

No amount is computed anew: those that were posted are carried over, only the norm's
sums over lines and charges are added up, and they meet the posted totals.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from adv_domain.documents.einvoice.model import (
    Allowance,
    EInvoice,
    Line,
    Note,
    Preceding,
    TaxBreakdown,
    Totals,
)
from adv_domain.documents.einvoice.parties import buyer_of, delivery_of, seller_of
from adv_domain.documents.einvoice.payments import payment_of
from adv_domain.documents.einvoice.refusals import check_complete
from adv_domain.documents.einvoice.tax_groups import combined_groups
from adv_domain.rules.billing.issued_documents import (
    DocumentCharge,
    DocumentLine,
    IssuedDocument,
)
from adv_domain.rules.billing.mentions import exemption_code
from adv_domain.rules.billing.unit_codes import unit_code
from adv_domain.rules.money import ZERO, minor_unit, rounded_to_minor

INVOICE = "380"
CREDIT_NOTE = "381"
PREPAYMENT = "386"
_HUNDRED = Decimal(100)
_OUTSIDE_VAT = "O"
_DISCOUNT = "95"
"""UNTDID 5189: discount."""
# subjects of notes (UNTDID 4451) that the French rules look for
_SUBJECTS = {
    "late_payment_penalty_fr": "PMD",
    "recovery_compensation_fr": "PMT",
    "no_early_payment_discount": "AAB",
}
# kinds of a French invoice (BT-23): goods, services, both; 1 plain, 4 after an advance
_PROCESSES = {"supply_goods": "B", "supply_services": "S", "supply_mixed": "M"}
_ONE_PLACE = frozenset({"order_nos", "customer_refs", "delivery_nos"})


@dataclass(frozen=True, slots=True)
class _Source:
    """What is carried over: the document, its texts, and the sign of its amounts."""

    document: IssuedDocument
    view: Mapping[str, Any]

    @property
    def sign(self) -> int:
        return -1 if self.document.is_credit_note else 1

    def amount(self, posted: Decimal) -> Decimal:
        """Turn a posted amount; it has no more digits than its currency already."""
        return (ZERO + posted * self.sign).quantize(minor_unit(self.document.currency))

    def only(self, name: str) -> str:
        """Return the one reference; several have no place of their own in the norm."""
        values: Sequence[str] = getattr(self.document, name)
        return values[0] if len(values) == 1 else ""


def e_invoice(document: IssuedDocument, *, view: Mapping[str, Any]) -> EInvoice:
    """Return the document's e-invoice; its texts are those of its page.

    Raises EInvoiceIncomplete.
    """
    check_complete(document)
    source = _Source(document, view)
    return EInvoice(
        number=document.number,
        issued_on=document.issued_on,
        type_code=_type_code(document),
        currency=document.currency,
        seller=seller_of(document),
        buyer=buyer_of(document),
        lines=tuple(
            _line(at, line, source=source)
            for at, line in enumerate(document.lines, start=1)
        ),
        allowances=tuple(
            _allowance(one, shown, source=source)
            for one, shown in zip(document.charges, view["charges"], strict=True)
        ),
        taxes=_taxes(source),
        totals=_totals(source),
        terms=view["terms"],
        due_on=min((part.due_on for part in document.instalments), default=None),
        vat_due="" if document.vat_due == "supply" else document.vat_due,
        tax_point_on=_tax_point_on(document),
        process=_process(document),
        buyer_reference=document.buyer_reference,
        purchase_order=source.only("customer_refs"),
        sales_order=source.only("order_nos"),
        delivery_note=source.only("delivery_nos"),
        notes=tuple(_notes(source)),
        preceding=tuple(
            Preceding(number=one.number, issued_on=one.issued_on)
            for one in (*document.corrects, *document.deducts)
        ),
        delivery=delivery_of(document),
        period=document.period,
        payment=payment_of(document),
    )


def _tax_point_on(document: IssuedDocument) -> date | None:
    """Return the day of an advance's money (Directive 2006/112/EC art. 65 and 226, 7);
    a rule of another day says so by its code instead (BR-CO-3)."""
    return document.paid_on if document.vat_due == "supply" else None


def _type_code(document: IssuedDocument) -> str:
    """Return the document's type (UNTDID 1001)."""
    if document.is_credit_note:
        return CREDIT_NOTE
    return PREPAYMENT if document.is_advance else INVOICE


def _process(document: IssuedDocument) -> str:
    letters = [_PROCESSES[code] for code in document.mentions if code in _PROCESSES]
    return f"{letters[0]}{4 if document.deducts else 1}" if letters else ""


def _line(at: int, line: DocumentLine, *, source: _Source) -> Line:
    qty, price = line.qty * source.sign, line.unit_price
    if price < 0:  # BR-27: a price is never negative, a quantity may be
        qty, price = -qty, -price
    return Line(
        number=str(at),
        name=line.description or line.product_code,
        qty=_plain(qty),
        unit_code=unit_code(line.unit),
        price=_plain(price),
        net=source.amount(line.net),
        tax_category=line.tax_category,
        tax_rate=_percent(line.tax_category, line.tax_rate + line.surcharge_rate),
        gtin=line.gtin,
        seller_item=line.product_code,
        buyer_item=line.customer_article,
        order_line=line.order_line_ref,
        allowances=_line_discount(line, before=qty * price, source=source),
    )


def _line_discount(
    line: DocumentLine, *, before: Decimal, source: _Source
) -> tuple[Allowance, ...]:
    """Return what the line's net lies below quantity × price, as it was posted."""
    base = rounded_to_minor(before, source.document.currency)
    less = base - source.amount(line.net)
    if not less:
        return ()
    return (
        Allowance(
            is_charge=less < 0,
            amount=abs(less),
            reason=source.view["labels"]["discount"],
            reason_code=_DISCOUNT if less > 0 else "",
            base=abs(base),
            percent=_plain(line.discount_rate * _HUNDRED),
        ),
    )


def _allowance(
    charge: DocumentCharge, shown: Mapping[str, str], *, source: _Source
) -> Allowance:
    amount = source.amount(charge.amount)
    return Allowance(
        is_charge=amount > 0,
        amount=abs(amount),
        reason=shown["name"],
        base=None if charge.base is None else abs(source.amount(charge.base)),
        percent=None if charge.rate is None else _plain(charge.rate * _HUNDRED),
        tax_category=charge.tax_category,
        tax_rate=_percent(charge.tax_category, charge.tax_rate + charge.surcharge_rate),
    )


def _taxes(source: _Source) -> tuple[TaxBreakdown, ...]:
    """Return one group per category and rate, a surcharge within the rate."""
    shown = {
        (group.category, group.rate): row["mention"]
        for group, row in zip(source.document.taxes, source.view["taxes"], strict=True)
    }
    return tuple(
        TaxBreakdown(
            category=group.category,
            rate=_percent(group.category, group.rate),
            base=source.amount(group.base),
            tax=source.amount(group.tax),
            reason=shown.get((group.category, group.rate), ""),
            reason_code=group.exemption_code or exemption_code(group.category),
        )
        for group in combined_groups(source.document)
    )


def _totals(source: _Source) -> Totals:
    document, amount = source.document, source.amount
    company = document.company_tax
    charges = [amount(one.amount) for one in document.charges]
    return Totals(
        lines=amount(sum([line.net for line in document.lines], ZERO)),
        allowances=amount(ZERO) - sum([one for one in charges if one < 0], ZERO),
        charges=amount(ZERO) + sum([one for one in charges if one > 0], ZERO),
        net=amount(document.net),
        tax=amount(document.tax),
        gross=amount(document.gross),
        prepaid=amount(document.prepaid),
        rounding=amount(document.rounding),
        payable=amount(document.payable),
        company_currency=company.currency if company else "",
        company_tax=_company_tax(source),
    )


def _company_tax(source: _Source) -> Decimal | None:
    """Return the tax in the seller's currency (BT-111) in that currency's digits."""
    stated = source.document.company_tax
    if stated is None:
        return None
    turned = ZERO + stated.amount * source.sign
    return turned.quantize(minor_unit(stated.currency))


def _notes(source: _Source) -> Iterator[Note]:
    """Yield the page's mentions, and the facts that the norm has no place for."""
    document, view = source.document, source.view
    facts = [*view["facts"], *view["long_facts"]]
    yield from (Note(text=one["value"]) for one in facts if one["code"] == "reason")
    for fact in facts:
        if fact["code"] in _ONE_PLACE and not source.only(fact["code"]):
            yield Note(text=f"{fact['label']}: {fact['value']}")
    if view["early_payment"] and document.seller.country == "FR":
        yield Note(text=view["early_payment"], subject="AAB")
    for group, row in zip(document.taxes, view["taxes"], strict=True):
        if group.kind == "surcharge":
            yield Note(text=f"{row['rate']}: {row['base']} → {row['tax']}")
    for mention in view["mentions"]:
        yield Note(text=mention["text"], subject=_SUBJECTS.get(mention["code"], ""))


def _percent(category: str, rate: Decimal) -> Decimal | None:
    return None if category == _OUTSIDE_VAT else _plain(rate * _HUNDRED)


def _plain(number: Decimal) -> Decimal:
    """Leave the zeros at the end away, never by an exponent."""
    short = ZERO + number.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral() else short
