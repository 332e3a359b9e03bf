"""What does the mail say that asks for an advance, and what comes with it?"""

from adv_domain.documents.files import document_place, write_waiting
from adv_domain.documents.payment_code import transfer_code
from adv_domain.mail.payment_request_view import RequestFigures, payment_request_view
from adv_domain.mail.views import BankDetails
from adv_domain.rules.billing.issued_documents import BankDetails as DocumentBank
from adv_domain.rules.money import Money
from adv_domain.store.outbox import OutboxMail
from tasks.billing.drafting import Desk
from tasks.billing.payment_requests import KIND, AdvanceRequest, due_on_of, key_of
from tasks.mail.letterheads import letterhead_to
from tasks.resources import resources
from tasks.step import RunRef


def request_mail(run: RunRef, one: AdvanceRequest, desk: Desk) -> OutboxMail:
    """Return the mail that asks, with the QR code of the transfer if there is one."""
    policy, company = resources().policy, desk.books.company
    language = one.asked.language
    code = _code_place(run, one, desk)
    currency = one.order.currency
    return OutboxMail(
        outbox_key=key_of(one),
        kind=KIND,
        to_address=one.asked.email or "",
        template=KIND,
        language=language,
        context=payment_request_view(
            RequestFigures(
                order_no=one.order.order_no,
                customer_ref=one.asked.customer_ref,
                rate=one.asked.rate,
                order_total=Money(one.total, currency),
                amount=Money(one.amount, currency),
                due_on=due_on_of(run),
                has_code=bool(code),
            ),
            letterhead=letterhead_to(
                one.asked.customer_name, language=language, policy=policy
            ),
            bank=BankDetails(
                holder=company.name,
                iban=company.iban or "",
                bic=company.bic or "",
                payment_reference=one.reference,
            ),
        ),
        customer_id=one.order.customer_id,
        entity="order",
        entity_id=one.order_id,
        reply_to=policy.mail.reply_to or None,
        attachments=code,
    )


def _code_place(run: RunRef, one: AdvanceRequest, desk: Desk) -> tuple[str, ...]:
    """Draw the QR code of the transfer; return where it lies, nothing without one.

    A run that is killed writes the same file again.
    """
    company = desk.books.company
    drawn = transfer_code(
        DocumentBank(
            holder=company.name, iban=company.iban or "", bic=company.bic or ""
        ),
        amount=one.amount,
        currency=one.order.currency,
        reference=one.reference,
    )
    if drawn is None:
        return ()
    place = document_place(
        one.reference, year=run.on.year, suffix=".png", folder="payment-requests"
    )
    home = resources().settings.home
    write_waiting(drawn, kind=KIND, home=home, place=place).put_in_place()
    return (place,)
