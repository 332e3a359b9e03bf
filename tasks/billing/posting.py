"""How do drafts become posted documents? Numbers, dates, hashes, rows, in one go.

Called inside a batch's transaction as its last act: the series row and the chain
are locked here and nowhere else (design P2, P9).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from adv_domain.rules.billing.chain import record_text, text_hash
from adv_domain.rules.billing.posting import (
    Draft,
    Due,
    Stated,
    chain_record,
    due_at_once,
    due_parts,
    fiscal_year_of,
)
from adv_domain.rules.identifiers import NumberFormat, creditor_reference, document_no
from adv_domain.rules.terms.instalments import EarlyPayment, Instalment
from adv_domain.store.billing import posting as store
from adv_domain.store.billing.covers import as_json
from adv_domain.store.billing.document_rows import (
    amount_columns,
    buyer_of,
    charge_rows,
    instalment_rows,
    line_rows,
    seller_of,
    tax_rows,
)
from adv_domain.store.billing.numbering import (
    ChainHead,
    NumberBlock,
    SeriesKey,
    lock_chain,
    move_chain,
    take_numbers,
)
from adv_domain.store.columns import json_ready
from adv_domain.store.company import COMPANY_ID
from tasks.billing.books import Books, due_of, term_of
from tasks.credits.credit_reasons import reason_names, reason_of
from tasks.resources import now, resources


@dataclass(frozen=True, slots=True)
class Posted:
    """A document as it was posted, the keys of its lines in order, and when it falls
    due (None: at once, a credit note or an advance)."""

    draft: Draft
    invoice_id: int
    invoice_no: str
    line_ids: Sequence[int]
    issued_on: date
    due: Due | None


@dataclass(frozen=True, slots=True)
class _Page:
    """Where the batch's documents go: their numbers, date and posting moment."""

    block: NumberBlock
    asked_on: date
    posted_at: datetime
    run_id: int | None


def post_drafts(
    connection: Connection,
    drafts: Sequence[Draft],
    *,
    books: Books,
    on: date,
    run_id: int | None,
    ahead: int = 0,
) -> list[Posted]:
    """Number, chain and write the drafts, all of one kind, in the order given.

    ahead counts documents of a dry run that were numbered and taken back before.
    """
    if not drafts:
        return []
    ids, line_ids = store.take_document_ids(
        connection,
        documents=len(drafts),
        lines=sum(len(draft.lines) for draft in drafts),
    )
    page = _Page(
        block=take_numbers(
            connection, _series_of(drafts[0].kind, on), on=on, count=len(drafts)
        ).moved(ahead),
        asked_on=on,
        posted_at=now().replace(microsecond=0),
        run_id=run_id,
    )
    posted = _placed(drafts, page=page, books=books, ids=ids, line_ids=iter(line_ids))
    last = lock_chain(connection, COMPANY_ID)
    rows, head = _rows(posted, page=page, books=books, head=last)
    seal = store.write_documents(connection, rows, previous=last.seal)
    move_chain(connection, COMPANY_ID, replace(head, seal=seal))
    return posted


def _series_of(kind: str, on: date) -> SeriesKey:
    policy = resources().policy.invoicing
    is_invoice = kind == "invoice"
    return SeriesKey(
        company_id=COMPANY_ID,
        kind=kind,
        fiscal_year=fiscal_year_of(on, starts_in=policy.fiscal_year_starts_in),
        prefix=policy.invoice_series if is_invoice else policy.credit_note_series,
    )


def _placed(
    drafts: Sequence[Draft],
    *,
    page: _Page,
    books: Books,
    ids: Sequence[int],
    line_ids: Iterator[int],
) -> list[Posted]:
    block = page.block
    series = NumberFormat(prefix=block.prefix, width=block.width)
    return [
        Posted(
            draft=draft,
            invoice_id=invoice_id,
            invoice_no=document_no(
                series=series, year=block.fiscal_year, number=block.first + at
            ),
            line_ids=[next(line_ids) for _ in draft.lines],
            issued_on=block.issued_on,
            due=_due(draft, books=books, issued_on=block.issued_on),
        )
        for at, (draft, invoice_id) in enumerate(zip(drafts, ids, strict=True))
    ]


def _due(draft: Draft, *, books: Books, issued_on: date) -> Due | None:
    is_paid = draft.is_advance and not draft.is_before_supply
    if draft.kind == "credit_note" or is_paid:
        return None
    return due_of(books, draft, issued_on=issued_on)


def _rows(
    posted: Sequence[Posted],
    *,
    page: _Page,
    books: Books,
    head: ChainHead,
) -> tuple[store.PostingRows, ChainHead]:
    rows = store.PostingRows([], [], [], [], [])
    # one object each: the store writes the JSON of rows that share it once
    seller = seller_of(books.company)
    printed = {key: json_ready(buyer_of(row)) for key, row in books.buyers.items()}
    terms = {
        code: {"name": row.name, "definition": row.definition}
        for code, row in books.terms.items()
    }
    is_correction = any(one.draft.reason_code for one in posted)
    names = (
        reason_names({row.language for row in books.buyers.values()})
        if is_correction
        else {}
    )
    for at, one in enumerate(posted):
        draft, buyer = one.draft, books.buyers[one.draft.customer_id]
        chained, head = _chained(one, page=page, issuer=seller["vat_id"], head=head)
        parts, early = _parts(one, books)
        rows.invoices.append(
            {
                **_stated(one, page=page, number=page.block.first + at),
                **_reason(draft, names=names, language=buyer.language),
                **chained,
                "seller": seller,
                "buyer": printed[draft.customer_id],
                "language": buyer.language,
                "terms": terms[draft.payment_terms],
                "early_until": early.until if early else None,
                "early_amount": early.amount if early else None,
            }
        )
        rows.lines.extend(
            line_rows(draft, invoice_id=one.invoice_id, line_ids=one.line_ids)
        )
        rows.charges.extend(charge_rows(draft, invoice_id=one.invoice_id))
        rows.taxes.extend(tax_rows(draft, invoice_id=one.invoice_id))
        owed = {
            "company_id": COMPANY_ID,
            "invoice_id": one.invoice_id,
            "customer_id": draft.customer_id,
            "currency": draft.currency,
            "means_of_payment": buyer.means_of_payment,
        }
        rows.instalments.extend(
            instalment_rows(parts, common=owed, issued_on=one.issued_on)
        )
    return rows, head


def _parts(
    one: Posted, books: Books
) -> tuple[tuple[Instalment, ...], EarlyPayment | None]:
    if one.due is None:
        return due_at_once(one.draft, issued_on=one.issued_on)
    term = term_of(books, one.draft.payment_terms)
    return due_parts(one.draft, term=term, due=one.due)


def _stated(one: Posted, *, page: _Page, number: int) -> dict[str, Any]:
    draft = one.draft
    moved = one.issued_on != page.asked_on
    return {
        "id": one.invoice_id,
        "company_id": COMPANY_ID,
        "kind": draft.kind,
        "origin": "posted",
        "series_id": page.block.series_id,
        "number": number,
        "invoice_no": one.invoice_no,
        "customer_id": draft.customer_id,
        "order_id": draft.order_id,
        "currency": draft.currency,
        "issued_on": one.issued_on,
        "supplied_on": None if draft.is_before_supply else draft.supplied_on,
        "date_reason": f"the series already holds {one.issued_on}" if moved else None,
        **amount_columns(draft),
        "rf_reference": creditor_reference(one.invoice_no),
        "payment_terms": draft.payment_terms,
        "corrects_id": draft.corrects_id,
        "covers": json_ready(as_json(draft.covers)),
        "posted_at": page.posted_at,
        "run_id": page.run_id,
    }


def _reason(
    draft: Draft, *, names: Mapping[tuple[str, str], str], language: str
) -> dict[str, Any]:
    """Freeze why an invoice is corrected: what it counts as and is called today."""
    code = draft.reason_code
    return {
        "reason_code": code,
        "reason": draft.reason,
        "reason_name": code and names.get((code, language)),
        "error_type": code and reason_of(code).error_type,
        "parts_hash": draft.parts_hash,
    }


def _chained(
    one: Posted, *, page: _Page, issuer: str, head: ChainHead
) -> tuple[dict[str, Any], ChainHead]:
    draft = one.draft
    record = chain_record(
        Stated(draft.kind, draft.currency, draft.amounts.tax, draft.amounts.gross),
        issuer_tax_id=issuer,
        document_no=one.invoice_no,
        issued_on=one.issued_on,
        posted_at=page.posted_at,
    )
    text = record_text(record, previous_hash=head.hash)
    following = ChainHead(head.position + 1, text_hash(text))
    columns = {
        "chain_position": following.position,
        "record": text,
        "previous_hash": head.hash,
        "hash": following.hash,
    }
    return columns, following
