"""Which QR code lets the buyer pay a document with a phone?

European Payments Council, EPC069-12: euro credit transfers only, 0.01 to
999,999,999.99 EUR, error correction level M.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO

from segno import QRCode, helpers
from stdnum import iban, iso11649

from adv_domain.rules.billing.issued_documents import BankDetails, IssuedDocument

_GREATEST = Decimal("999999999.99")
_LONGEST_HOLDER = 70
_LONGEST_TEXT = 140


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCode:
    """A QR code as SVG, with the amount and the day that it pays."""

    svg: str
    amount: Decimal
    due_on: date


def payment_code(document: IssuedDocument) -> PaymentCode | None:
    """Return the code for the first instalment, None where no transfer can be made.

    The code can carry one amount, so that of the instalment due first.
    """
    transfers = [part for part in document.instalments if part.means == "transfer"]
    if not transfers or not _is_payable_in_euro(document):
        return None
    first = min(transfers, key=lambda part: part.due_on)
    if document.bank is None or not 0 < first.amount <= _GREATEST:
        return None
    code = _code(document.bank, first.amount, **_reference(document))
    drawn = BytesIO()
    code.save(drawn, kind="svg", border=4, xmldecl=False, nl=False)
    return PaymentCode(
        svg=drawn.getvalue().decode("utf-8"), amount=first.amount, due_on=first.due_on
    )


def _code(bank: BankDetails, amount: Decimal, **said: str) -> QRCode:
    return helpers.make_epc_qr(
        name=bank.holder[:_LONGEST_HOLDER],
        iban=iban.compact(bank.iban),
        bic=bank.bic or None,
        amount=amount,
        **said,
    )


def _is_payable_in_euro(document: IssuedDocument) -> bool:
    return (
        not document.is_credit_note
        and document.currency == "EUR"
        and document.bank is not None
        and iban.is_valid(document.bank.iban)
    )


def _reference(document: IssuedDocument) -> dict[str, str]:
    if iso11649.is_valid(document.payment_reference):
        return {"reference": iso11649.compact(document.payment_reference)}
    return {"text": (document.payment_reference or document.number)[:_LONGEST_TEXT]}
