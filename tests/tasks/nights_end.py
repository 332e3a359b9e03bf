"""What is true, and what lies in the home, at the end of the two nights?"""

from sqlalchemy import select

from adv_domain.store.engine import reading
from adv_domain.store.tables import (
    advance_payment,
    allocation,
    cancelled_invoice,
    document,
    instalment,
    invoice,
    outbox,
    payment,
    payment_request,
    sales_order,
    task,
)

FACTS = [
    (invoice, "invoice_no kind issued_on customer_id corrects_id net gross deducted"),
    (instalment, "invoice_id due_on amount open_amount"),
    (allocation, "instalment_id credit_instalment_id payment_id amount"),
    (payment, "state unapplied_amount"),
    (payment_request, "reference state amount received sha256"),
    (advance_payment, "invoice_id amount paid_on"),
    (document, "invoice_id kind path sha256"),
    (outbox, "outbox_key state to_address message_id attachments"),
    (cancelled_invoice, "invoice_id note_id was_sent choice"),
    (sales_order, "order_no state to_invoice"),
    (task, "task_key state"),
]


def facts(engine):
    """All that is true at the end, documents under their numbers and not their ids."""
    with reading(engine) as connection:
        found = {
            table.name: connection.execute(select(table)).mappings().all()
            for table, _ in FACTS
        }
    numbers = {one["id"]: one["invoice_no"] for one in found["invoice"]}
    items = {one["id"]: numbers[one["invoice_id"]] for one in found["instalment"]}
    known = dict.fromkeys(("invoice_id", "corrects_id", "note_id"), numbers)
    known |= dict.fromkeys(("instalment_id", "credit_instalment_id"), items)

    def _told(name, value):
        return known[name].get(value) if name in known else value

    return {
        table.name: sorted(
            str([_told(name, one[name]) for name in names.split()])
            for one in found[table.name]
        )
        for table, names in FACTS
    }


def files(home):
    """Every file of the home but the database; ours byte by byte."""
    found = {}
    for path in sorted(home.rglob("*")):
        name = path.relative_to(home).as_posix()
        if path.is_file() and not name.startswith("adv.db"):
            ours = name.startswith(("documents/", "payment-requests/"))
            found[name] = path.read_bytes() if ours else b""
    return found
