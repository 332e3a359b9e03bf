"""How does a person correct a posted invoice? By a credit note with its own number."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from adv_domain.rules.billing.posting import Draft
from adv_domain.rules.credits.credit_reasons import EARLY_DISCOUNT
from adv_domain.rules.credits.creditable import (
    AskedCredit,
    Creditable,
    CreditRefused,
)
from adv_domain.rules.credits.crediting import draft_credit_note, is_cancelled
from adv_domain.rules.money import ZERO, plain_amount
from adv_domain.store.billing.billable import closed_on
from adv_domain.store.company import COMPANY_ID
from adv_domain.store.credits.cancelling import Decision
from adv_domain.store.credits.crediting import lock_orders, read_creditable
from adv_domain.store.credits.early_credits import early_discounts_left
from adv_domain.store.engine import writing
from adv_domain.store.tables import invoice as invoice_table
from tasks.authority import check_role, in_company_currency
from tasks.credits.credit_posting import CreditedBy, post_credit_notes
from tasks.credits.credit_reasons import check_goods, known_reason
from tasks.credits.over_billed import take_back
from tasks.credits.rebilling import Rebilling, note_cancelled, note_for
from tasks.documents.document_words import document_words
from tasks.resources import resources


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

    quantities are by line number; without them all that is left is credited. A note
    that takes the whole invoice back leaves the question of its deliveries to a person.
    Returns the credit note's number. Raises InvoiceUnknown, BeyondAuthority, and
    CreditRefused also for a day before the invoice or in a closed period.
    """
    asked = AskedCredit(reason_code, reason, on, quantities=quantities)
    return _credit(invoice_no, asked, by=by)


def credit_lines(
    *,
    invoice_no: str,
    nets: Mapping[int, Decimal],
    reason_code: str,
    reason: str,
    by: str,
    on: date,
) -> str:
    """Post a credit note that lowers lines by amounts before tax, by line number.

    A discount in per cent on the whole document goes back with them; no quantity
    counts as given back. Otherwise like credit_invoice.
    """
    asked = AskedCredit(reason_code, reason, on, nets=nets)
    return _credit(invoice_no, asked, by=by)


def credit_amount(
    *,
    invoice_no: str,
    amount: Decimal,
    reason_code: str,
    reason: str,
    by: str,
    on: date,
) -> str:
    """Post a credit note of an amount with tax, split over the invoice's tax rates.

    No quantity of it counts as given back. Otherwise like credit_invoice.
    """
    asked = AskedCredit(reason_code, reason, on, amount=amount)
    return _credit(invoice_no, asked, by=by)


def _credit(invoice_no: str, asked: AskedCredit, *, by: str) -> str:
    on = asked.on
    reason = known_reason(asked.reason_code, invoice_no=invoice_no)
    with writing(resources().engine) as connection:
        lock_orders(connection, invoice_table.c.invoice_no == invoice_no)
        invoice = read_creditable(connection, invoice_no)
        asked = replace(asked, rebills=reason.rebills)
        draft = draft_credit_note(invoice, _in_language(asked, invoice.language))
        check_goods(connection, reason, draft, invoice_no=invoice_no)
        if reason.code == EARLY_DISCOUNT:
            left = early_discounts_left(connection, [invoice.invoice_id])
            check_early_discount(invoice, -draft.amounts.payable, left)
        check_credit_role(connection, draft, by=by, on=on)
        if closed_on(connection, COMPANY_ID, on):
            raise CreditRefused(
                invoice_no=invoice_no,
                why=f"{on} lies in a closed period; use a later day, in an open one",
            )
        [posted] = post_credit_notes(
            connection, [(invoice, draft)], credited=CreditedBy(by, on)
        )
        if is_cancelled(
            invoice,
            gross=draft.amounts.gross,
            rebills=reason.rebills,
            deducted=draft.deducted,
        ):
            note = note_for(invoice, posted.invoice_id)
            decision = Decision(Rebilling.ASKED, by, draft.reason or "", on)
            note_cancelled(connection, [note], decision)
        elif asked.nets is None:
            take_back(connection, [posted], by=by)
        return posted.invoice_no


def _in_language(asked: AskedCredit, language: str) -> AskedCredit:
    if asked.nets is None:
        return asked
    words = document_words("line_lowered", [language])[language]
    return replace(asked, line_words=words)


def check_early_discount(
    invoice: Creditable, amount: Decimal, left: Mapping[int, Decimal]
) -> None:
    """Refuse more than the invoice's offer to early payers: it is given once.

    left is what of it is left by invoice; one that offered nothing may get any amount.
    """
    most = left.get(invoice.invoice_id)
    if most is not None and amount > most:
        raise CreditRefused(
            invoice_no=invoice.invoice_no,
            why=f"{plain_amount(max(most, ZERO), invoice.currency)} of its "
            f"early-payment discount is left, not "
            f"{plain_amount(amount, invoice.currency)}",
        )


def check_credit_role(
    connection: Connection, draft: Draft, *, by: str, on: date
) -> None:
    """Refuse a note beyond the person's limit; raises BeyondAuthority."""
    policy = resources().policy
    gross = in_company_currency(
        connection, draft.amounts.gross, currency=draft.currency, policy=policy, on=on
    )
    check_role(policy, person=by, action="credit_note", amount=gross)
