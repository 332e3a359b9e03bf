"""How does a person correct a posted invoice? By a credit note with its own number."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from adv_domain.rules.billing.crediting import (
    Creditable,
    CreditRefused,
    credit_shares,
    draft_credit_note,
    is_entry_error,
)
from adv_domain.rules.billing.posting import Draft
from adv_domain.store.billing.billable import closed_on
from adv_domain.store.billing.crediting import open_items_of, read_creditable
from adv_domain.store.company import COMPANY_ID
from adv_domain.store.engine import writing
from adv_domain.store.payments.settling import Giving, allocate
from adv_domain.store.runs import Happening, record_events
from tasks.authority import check_role, in_company_currency
from tasks.billing.books import read_books
from tasks.billing.posting import Posted, post_drafts
from tasks.resources import now, resources


def credit_invoice(
    *,
    invoice_no: str,
    quantities: Mapping[int, Decimal] | None = None,
    reason_code: str,
    reason: str,
    by: str,
    on: date,
) -> str:
    """Post a credit note for an invoice and set it against what is still open.

    quantities are by line number; without them all that is left is credited.
    Returns the credit note's number. Raises InvoiceUnknown, BeyondAuthority, and
    CreditRefused also for a day before the invoice or in a closed period.
    """
    with writing(resources().engine) as connection:
        invoice = read_creditable(connection, invoice_no)
        draft = draft_credit_note(
            invoice,
            quantities=quantities,
            reason_code=reason_code,
            reason=reason,
            on=on,
        )
        _check_role(connection, draft, by=by, on=on)
        if closed_on(connection, COMPANY_ID, on):
            raise CreditRefused(
                invoice_no=invoice_no,
                why=f"{on} lies in a closed period; use a later day, in an open one",
            )
        books = read_books(connection, [draft.customer_id])
        [posted] = post_drafts(connection, [draft], books=books, on=on, run_id=None)
        _set_against(connection, posted, invoice.invoice_id, by=by)
        record_events(
            connection,
            _told(invoice, posted, by=by),
            business_date=on,
            now=now(),
        )
        return posted.invoice_no


def _check_role(connection: Connection, draft: Draft, *, by: str, on: date) -> None:
    policy = resources().policy
    gross = in_company_currency(
        connection, draft.amounts.gross, currency=draft.currency, policy=policy, on=on
    )
    check_role(policy, person=by, action="credit_note", amount=gross)


def _told(invoice: Creditable, posted: Posted, *, by: str) -> list[Happening]:
    """Say what happened to both documents, and to the order where it was its fault."""
    reason, code = posted.draft.reason or "", posted.draft.reason_code or ""
    told = f"{posted.invoice_no} ({code}): {reason}"
    happenings = [
        Happening("invoice", posted.invoice_id, "posted", by, None, "posted", reason),
        Happening("invoice", invoice.invoice_id, "credited", by, reason=told),
    ]
    if is_entry_error(code) and invoice.order_id is not None:
        late = "entry error found late"
        happenings.append(Happening("order", invoice.order_id, late, by, reason=told))
    return happenings


def _set_against(
    connection: Connection, posted: Posted, invoice_id: int, *, by: str
) -> None:
    items = open_items_of(connection, [invoice_id, posted.invoice_id])
    [credit] = [item for item in items if item.invoice_id == posted.invoice_id]
    owed = [item for item in items if item.invoice_id == invoice_id]
    shares = credit_shares([item.open_amount for item in owed], -credit.open_amount)
    allocate(
        connection,
        [
            Giving(
                instalment_id=item.id,
                amount=share,
                allocated_on=posted.issued_on,
                evidence=f"credit note {posted.invoice_no}",
                credit_instalment_id=credit.id,
            )
            for item, share in zip(owed, shares, strict=True)
            if share > 0
        ],
        by=by,
        at=now(),
    )
