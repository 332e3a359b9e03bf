"""What mail goes out with an invoice or credit note, and what without an address?"""

from adv_domain.mail.views import (
    BankDetails,
    DocumentFigures,
    EarlyOffer,
    Letterhead,
    credit_note_view,
    invoice_view,
)
from adv_domain.rules.billing.issued_documents import DocumentKind, IssuedDocument
from adv_domain.rules.money import Money
from adv_domain.store.billing.documents import DocumentRows
from adv_domain.store.outbox import OutboxMail
from adv_domain.store.worklist import PersonTask
from tasks.resources import resources


def document_mail(
    rows: DocumentRows, document: IssuedDocument, *, attachments: tuple[str, ...]
) -> OutboxMail:
    """Return the mail that brings the document; its key is invoice:<number>.

    Dunning looks for that key: who never got an invoice is not chased for it. A
    credit note's is credit_note:<number>.
    """
    kind = document.kind.value
    is_invoice = document.kind is DocumentKind.INVOICE
    figures = _figures(document)
    letterhead = _letterhead(rows, document)
    context = (
        invoice_view(figures, letterhead=letterhead, bank=_bank(document))
        if is_invoice
        else credit_note_view(figures, letterhead=letterhead)
    )
    return OutboxMail(
        outbox_key=f"{kind}:{document.number}",
        kind=kind,
        to_address=rows.head.mail_address,
        template=kind,
        language=document.language,
        context=context,
        customer_id=rows.head.customer_id,
        entity="invoice",
        entity_id=rows.invoice_id,
        reply_to=resources().policy.mail.reply_to or None,
        attachments=attachments,
    )


def address_task(
    rows: DocumentRows, document: IssuedDocument, *, team: str
) -> PersonTask:
    """Return the task to send a document by other means and complete the address."""
    return PersonTask(
        task_key=f"{document.kind.value}-address:{document.number}",
        kind="missing_address",
        team=team,
        text=(
            f"{document.number} for {document.buyer.name} could not be mailed: the "
            "customer has no mail address. Send the PDF by other means and complete "
            "the customer's master record."
        ),
        customer_id=rows.head.customer_id,
        entity="invoice",
        entity_id=rows.invoice_id,
        amount=document.payable,
        currency=document.currency,
    )


def _figures(document: IssuedDocument) -> DocumentFigures:
    early = document.early_payment
    return DocumentFigures(
        document_no=document.number,
        issued_on=document.issued_on,
        total=Money(document.payable + document.prepaid, document.currency),
        instalments=[
            (part.due_on, part.amount) for part in document.instalments if part.amount
        ],
        order_refs=[ref for ref in document.customer_refs if ref],
        early=EarlyOffer(early.until_on, early.payable) if early else None,
        is_paid=bool(document.prepaid) and not document.payable,
        is_debited=any(part.means == "direct_debit" for part in document.instalments),
        corrected_invoice=", ".join(one.number for one in document.corrects),
        reason=document.reason,
    )


def _letterhead(rows: DocumentRows, document: IssuedDocument) -> Letterhead:
    seller = document.seller
    return Letterhead(
        language=document.language,
        customer_name=document.buyer.name,
        company_name=seller.name,
        contact_email=seller.email,
        contact_phone=rows.head.seller.get("phone") or "",
        company_lines=(*seller.address_lines, seller.vat_id),
    )


def _bank(document: IssuedDocument) -> BankDetails:
    by_transfer = any(part.means == "transfer" for part in document.instalments)
    if document.bank is None or not by_transfer or document.payable <= 0:
        return BankDetails()
    return BankDetails(
        holder=document.bank.holder,
        iban=document.bank.iban,
        bic=document.bank.bic,
        payment_reference=document.payment_reference or document.number,
    )
