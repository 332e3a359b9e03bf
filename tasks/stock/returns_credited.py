"""Is what came back after its invoice credited at once, or is a person asked?

By default a person looks at the goods first. A company that takes back whatever comes
lets its policy accept the proposal ([invoicing] credit_returns).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import Connection

from adv_domain.rules.billing.posting import Draft
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
from adv_domain.store.rows import among
from adv_domain.store.tables import invoice
from adv_domain.store.worklist import PersonTask, open_tasks
from tasks.credits.credit_posting import CreditedBy, post_credit_notes
from tasks.documents.document_words import document_words
from tasks.resources import resources
from tasks.step import RunRef

RETURN_REASON = "return"


@dataclass(frozen=True, slots=True)
class CreditProposal:
    """Billed goods that came back, by invoice line, and the task that asks a person."""

    invoice_no: str
    line_no: int
    qty: Decimal
    delivery_no: str
    task: PersonTask


def propose_credits(
    connection: Connection, run: RunRef, proposals: Sequence[CreditProposal]
) -> int:
    """Credit what came back, one note an invoice, or ask a person; count the notes.

    Where the policy accepts, a person is asked only for what cannot be credited so: a
    part that was credited before, an invoice of a later day, a closed period. The last
    act of a transaction, in a constant number of statements.
    """
    accepts = resources().policy.invoicing.credit_returns == "credit"
    if not proposals or not accepts or closed_on(connection, COMPANY_ID, run.on):
        open_tasks(connection, [one.task for one in proposals], opened_on=run.on)
        return 0
    by_invoice: dict[str, list[CreditProposal]] = {}
    for one in proposals:
        by_invoice.setdefault(one.invoice_no, []).append(one)
    found = read_creditables(
        connection, among(connection, invoice.c.invoice_no, list(by_invoice))
    )
    accepted, asked = _decided(found, by_invoice, run)
    post_credit_notes(
        connection, accepted, credited=CreditedBy(run.actor, run.on, run.run_id)
    )
    open_tasks(connection, asked, opened_on=run.on)
    return len(accepted)


def _decided(
    found: Sequence[Creditable],
    by_invoice: Mapping[str, Sequence[CreditProposal]],
    run: RunRef,
) -> tuple[list[tuple[Creditable, Draft]], list[PersonTask]]:
    """Draft a note for each invoice; ask where it cannot be, saying why."""
    words = document_words("goods_returned", [one.language for one in found])
    accepted: list[tuple[Creditable, Draft]] = []
    why = dict.fromkeys(by_invoice, "it is not an invoice of ours")
    for one in found:
        try:
            draft = _draft(one, by_invoice[one.invoice_no], words[one.language], run)
        except CreditRefused as refused:
            why[one.invoice_no] = str(refused)
        else:
            accepted.append((one, draft))
            del why[one.invoice_no]
    asked = [
        replace(one.task, text=f"{one.task.text} (not credited by itself: {said})")
        for number, said in why.items()
        for one in by_invoice[number]
    ]
    return accepted, asked


def _draft(
    one: Creditable, back: Sequence[CreditProposal], words: str, run: RunRef
) -> Draft:
    quantities: dict[int, Decimal] = {}
    for part in back:
        quantities[part.line_no] = quantities.get(part.line_no, ZERO) + part.qty
    deliveries = ", ".join(dict.fromkeys(part.delivery_no for part in back))
    reason = words.format(deliveries=deliveries)
    return draft_credit_note(
        one, AskedCredit(RETURN_REASON, reason, run.on, quantities=quantities)
    )
