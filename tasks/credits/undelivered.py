"""Is what was billed and will not be delivered credited at once, or is a person asked?

By default a person is asked. A company that takes back what it does not deliver lets
its policy accept the proposal ([invoicing] credit_undelivered).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection

from adv_domain.rules.billing.posting import Draft
from adv_domain.rules.credits.credit_reasons import NOT_DELIVERED
from adv_domain.rules.credits.creditable import (
    AskedCredit,
    Creditable,
    CreditRefused,
)
from adv_domain.rules.credits.crediting import draft_credit_note
from adv_domain.store.billing.billable import closed_on
from adv_domain.store.company import COMPANY_ID
from tasks.billing.posting import Posted
from tasks.credits.credit_posting import CreditedBy, post_credit_notes
from tasks.documents.document_words import document_words
from tasks.resources import resources
from tasks.step import RunRef


@dataclass(frozen=True, slots=True)
class NotDelivered:
    """What an invoice bills of an order that will not be delivered, by its lines."""

    invoice: Creditable
    order_id: int
    order_no: str
    quantities: Mapping[int, Decimal]


def credit_undelivered(
    connection: Connection, run: RunRef, wanted: Sequence[NotDelivered]
) -> tuple[list[Posted], dict[int, str]]:
    """Credit what the policy accepts, one note an invoice; say why one cannot be.

    Returns the notes, and the causes by invoice. Nothing where a person is to be asked.
    """
    accepts = resources().policy.invoicing.credit_undelivered == "credit"
    if not accepts or not wanted:
        return [], {}
    by_invoice: dict[int, list[NotDelivered]] = {}
    for one in wanted:
        by_invoice.setdefault(one.invoice.invoice_id, []).append(one)
    if closed_on(connection, COMPANY_ID, run.on):
        return [], dict.fromkeys(by_invoice, f"{run.on} lies in a closed period")
    words = document_words(
        "not_to_be_delivered", {one.invoice.language for one in wanted}
    )
    accepted: list[tuple[Creditable, Draft]] = []
    why: dict[int, str] = {}
    for invoice_id, parts in by_invoice.items():
        invoice = parts[0].invoice
        try:
            accepted.append((invoice, _draft(invoice, parts, words, run)))
        except CreditRefused as refused:
            why[invoice_id] = str(refused)
    credited = CreditedBy(run.actor, run.on, run.run_id)
    return post_credit_notes(connection, accepted, credited=credited), why


def _draft(
    invoice: Creditable,
    parts: Sequence[NotDelivered],
    words: Mapping[str, str],
    run: RunRef,
) -> Draft:
    reason = words[invoice.language].format(
        orders=", ".join(one.order_no for one in parts)
    )
    quantities = {no: qty for one in parts for no, qty in one.quantities.items()}
    asked = AskedCredit(NOT_DELIVERED, reason, run.on, quantities=quantities)
    return draft_credit_note(invoice, asked)
