"""Open items put straight into the tables, and how their reminders end."""

from datetime import date
from decimal import Decimal

from sqlalchemy import insert, select, update

from adv_domain.store.dunning.notices import end_notices_of_tasks
from adv_domain.store.engine import reading, writing
from adv_domain.store.mail.claim_check import end_notices
from adv_domain.store.rows import insert_rows, take_ids
from adv_domain.store.tables import (
    dispute,
    dunning_notice,
    instalment,
    invoice,
    outbox,
)
from flows.direct import run_directly
from tests.builders import NOW

DUE_ON = date(2025, 3, 3)


def an_invoice(engine, customer_id, no, *, parts=1, amount=Decimal(100), **changes):
    """Insert a legacy invoice of equal open instalments; return their ids."""
    due_on = changes.pop("due_on", DUE_ON)
    currency = changes.pop("currency", "EUR")
    item = changes.pop("item", {})
    kind = "credit_note" if amount < 0 else "invoice"
    head = {
        "company_id": 1,
        "kind": kind,
        "origin": "legacy",
        "invoice_no": no,
        "customer_id": customer_id,
        "currency": currency,
        "issued_on": date(2025, 2, 1),
        "net": amount * parts,
        "tax": Decimal(0),
        "gross": amount * parts,
        "seller": {},
        "buyer": {},
        "language": "en",
        "posted_at": NOW,
    }
    with writing(engine) as connection:
        [invoice_id] = take_ids(connection, invoice, 1)
        insert_rows(connection, invoice, [{"id": invoice_id, **head, **changes}])
        ids = list(take_ids(connection, instalment, parts))
        rows = [
            {
                "id": item_id,
                "company_id": 1,
                "invoice_id": invoice_id,
                "instalment_no": number,
                "customer_id": customer_id,
                "currency": currency,
                "issued_on": date(2025, 2, 1),
                "due_on": due_on,
                "amount": amount,
                "open_amount": amount,
                "means_of_payment": "transfer",
                **item,
            }
            for number, item_id in enumerate(ids, start=1)
        ]
        insert_rows(connection, instalment, rows)
    return ids


def run_dunning(on):
    [end] = run_directly("dunning", on=on)
    return end.outcome


def notices(engine):
    """Return (invoice_no, level, state, attempt) of all notices."""
    with reading(engine) as connection:
        rows = connection.execute(
            select(
                invoice.c.invoice_no,
                dunning_notice.c.level,
                dunning_notice.c.state,
                dunning_notice.c.attempt,
            )
            .join_from(
                dunning_notice,
                instalment,
                instalment.c.id == dunning_notice.c.instalment_id,
            )
            .join(invoice, invoice.c.id == instalment.c.invoice_id)
            .order_by(dunning_notice.c.id)
        )
        return [tuple(row) for row in rows]


def end_mails(engine, *, state, on):
    """Let every queued mail, and its notices, end as the mail step would."""
    with writing(engine) as connection:
        keys = list(
            connection.execute(
                select(outbox.c.outbox_key).where(outbox.c.state == "queued")
            ).scalars()
        )
        completed_on = on if state == "completed" else None
        end_notices(connection, keys, state=state, completed_on=completed_on)
        mail_state = "sent" if state == "completed" else state
        connection.execute(
            update(outbox).where(outbox.c.state == "queued").values(state=mail_state)
        )
    return len(keys)


def end_task(engine, key, *, on):
    """Let a person say that the letter, call or referral is done."""
    with writing(engine) as connection:
        return end_notices_of_tasks(connection, [key], state="completed", on=on)


def a_dispute(engine, item_id, *, on):
    """Open a dispute over 10.00 of the item."""
    with writing(engine) as connection:
        connection.execute(
            insert(dispute).values(
                instalment_id=item_id,
                amount=Decimal("10.00"),
                reason="quality",
                owner="Ana",
                opened_on=on,
                opened_by="Ana",
            )
        )
