"""By which means is a document paid, in the codes of UNTDID 4461?"""

from stdnum import iban

from adv_domain.documents.einvoice.model import Payment
from adv_domain.rules.billing.issued_documents import IssuedDocument

_NOT_DEFINED = "1"
_TRANSFER, _SEPA_TRANSFER = "30", "58"
_DEBIT, _SEPA_DEBIT = "49", "59"
_OTHERS = {"bill": "70", "card": "48"}


def payment_of(document: IssuedDocument) -> Payment | None:
    """Return how the part due first is paid; a credit asks for no payment."""
    if document.is_credit_note or not document.instalments:
        return None
    means = min(document.instalments, key=lambda part: part.due_on).means
    reference = document.payment_reference or document.number
    if means == "transfer":
        return _transfer(document, reference)
    if means == "direct_debit":
        return Payment(
            code=_SEPA_DEBIT if document.currency == "EUR" else _DEBIT,
            reference=reference,
            debited_iban=iban.compact(document.debited_iban),
        )
    return Payment(code=_OTHERS.get(means, _NOT_DEFINED), reference=reference)


def _transfer(document: IssuedDocument, reference: str) -> Payment:
    """A transfer names its account (BR-61); without one the means is not defined."""
    bank = document.bank
    if bank is None:
        return Payment(code=_NOT_DEFINED, reference=reference)
    return Payment(
        code=_SEPA_TRANSFER if document.currency == "EUR" else _TRANSFER,
        reference=reference,
        iban=iban.compact(bank.iban),
        holder=bank.holder,
        bic=bank.bic,
    )
