"""What does the mail say that asks for an advance, and what a person without one?"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from adv_domain.documents.payment_code import payment_code
from adv_domain.mail.payment_request_view import RequestFigures, payment_request_view
from adv_domain.mail.views import BankDetails
from adv_domain.rules.billing.issued_documents import IssuedDocument
from adv_domain.rules.money import Money
from adv_domain.store.outbox import OutboxMail
from adv_domain.store.worklist import PersonTask
from tasks.advances.payment_requests import KIND
from tasks.mail.letterheads import letterhead_to
from tasks.resources import resources


@dataclass(frozen=True, slots=True)
class RequestAsked:
    """A request as it is stored, with its order and customer, and its page."""

    row: Row[Any]
    page: IssuedDocument

    @property
    def outbox_key(self) -> str:
        """Return the key of the mail that asks."""
        return f"{KIND}:{self.row.order_no}:{self.row.request_no}"


def request_mail(one: RequestAsked, *, page: str | None) -> OutboxMail:
    """Return the mail that asks; page is where the PDF lies that goes with it."""
    policy, row, document = resources().policy, one.row, one.page
    bank, currency = document.bank, row.currency
    return OutboxMail(
        outbox_key=one.outbox_key,
        kind=KIND,
        to_address=row.email,
        template=KIND,
        language=row.language,
        context=payment_request_view(
            RequestFigures(
                order_no=row.order_no,
                customer_ref=row.customer_ref,
                rate=row.rate,
                order_total=Money(document.gross + document.rounding, currency),
                amount=Money(row.amount, currency),
                due_on=row.due_on,
                has_page=page is not None,
                has_code=page is not None and payment_code(document) is not None,
            ),
            letterhead=letterhead_to(
                row.customer_name, language=row.language, policy=policy
            ),
            bank=BankDetails(
                holder=document.seller.name,
                iban=bank.iban if bank else "",
                bic=bank.bic if bank else "",
                payment_reference=row.reference,
            ),
        ),
        customer_id=row.customer_id,
        entity="order",
        entity_id=row.order_id,
        reply_to=policy.mail.reply_to or None,
        attachments=(page,) if page else (),
    )


def address_task(one: RequestAsked, *, page: str | None, team: str) -> PersonTask:
    """Return the task to ask by other means and complete the address."""
    row = one.row
    where = f" Its page is {page}." if page else ""
    return PersonTask(
        task_key=f"{KIND}-address:{row.order_no}:{row.request_no}",
        kind="missing_address",
        team=team,
        text=f"ask {row.customer_name} for {row.amount} {row.currency} in "
        f"advance of order {row.order_no}, payment reference {row.reference}: "
        f"he has no mail address; complete his master record.{where}",
        customer_id=row.customer_id,
        entity="order",
        entity_id=row.order_id,
        amount=row.amount,
        currency=row.currency,
    )
