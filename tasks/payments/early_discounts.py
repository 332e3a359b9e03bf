"""Is an early-payment discount that was taken credited at once, or is a person asked?

By default a person is asked. A company that grants what it promised lets its policy
accept the proposal ([invoicing] early_discount_note). What was promised on condition
and granted later lowers the tax base by a credit note (Spain: LIVA art. 80.Uno.2).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import Connection

from adv_domain.rules.billing.posting import Draft
from adv_domain.rules.credits.credit_reasons import EARLY_DISCOUNT
from adv_domain.rules.credits.creditable import (
    AskedCredit,
    Creditable,
    CreditRefused,
)
from adv_domain.rules.credits.crediting import draft_credit_note
from adv_domain.rules.money import ZERO
from adv_domain.store.billing.billable import closed_on
from adv_domain.store.company import COMPANY_ID
from adv_domain.store.credits.crediting import read_creditables
from adv_domain.store.credits.early_credits import early_discounts_left
from adv_domain.store.payments.discounts import TakenBy, note_early_discounts
from adv_domain.store.rows import among
from adv_domain.store.tables import invoice
from tasks.credits.credit_notes import check_early_discount
from tasks.credits.credit_posting import CreditedBy, post_credit_notes
from tasks.documents.document_words import document_words
from tasks.resources import resources


def give_early_discounts(
    connection: Connection, taken: Sequence[TakenBy], *, credited: CreditedBy
) -> int:
    """Credit each discount, one note an invoice, or ask a person; count the notes.

    Where the policy issues, a person is asked only for what cannot be credited, and is
    told why. The last act of a transaction, in a constant number of statements.
    """
    if not taken:
        return 0
    on = credited.on
    why: dict[str, str] = {}
    accepted: list[tuple[Creditable, Draft]] = []
    if resources().policy.invoicing.early_discount_note == "issue":
        accepted, why = _decided(connection, taken, credited=credited)
    done = {one.invoice_no for one, _ in accepted}
    asked = [one for one in taken if one.discount.invoice_no not in done]
    note_early_discounts(connection, asked, on=on, by=credited.person, why=why)
    post_credit_notes(connection, accepted, credited=credited)
    return len(accepted)


def _decided(
    connection: Connection, taken: Sequence[TakenBy], *, credited: CreditedBy
) -> tuple[list[tuple[Creditable, Draft]], dict[str, str]]:
    """Draft a note for each invoice; say why where it cannot be."""
    amounts: dict[str, Decimal] = {}
    for each in taken:
        number = each.discount.invoice_no
        amounts[number] = amounts.get(number, ZERO) + each.discount.amount
    on = credited.on
    if closed_on(connection, COMPANY_ID, on):
        return [], dict.fromkeys(amounts, f"{on} lies in a closed period")
    found = read_creditables(
        connection, among(connection, invoice.c.invoice_no, list(amounts))
    )
    left = early_discounts_left(connection, [one.invoice_id for one in found])
    words = document_words("early_discount_taken", [one.language for one in found])
    why = dict.fromkeys(amounts, "it is not an invoice of ours")
    accepted: list[tuple[Creditable, Draft]] = []
    for one in found:
        amount = amounts[one.invoice_no]
        try:
            draft = _draft(one, amount, words, credited, left)
        except CreditRefused as refused:
            why[one.invoice_no] = str(refused)
        else:
            accepted.append((one, draft))
            del why[one.invoice_no]
    return accepted, why


def _draft(
    one: Creditable,
    amount: Decimal,
    words: Mapping[str, str],
    credited: CreditedBy,
    left: Mapping[int, Decimal],
) -> Draft:
    check_early_discount(one, amount, left)
    return draft_credit_note(
        one,
        AskedCredit(EARLY_DISCOUNT, words[one.language], credited.on, amount=amount),
    )
