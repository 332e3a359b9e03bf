"""Who owes what, and how far has each item been chased? Facts for the dunning rules."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, exists, select, text

from adv_domain.rules.dunning.items import (
    ChasedItem,
    Debtor,
    InvoiceMail,
    PaymentRoute,
)
from adv_domain.rules.money import ZERO
from adv_domain.store.dunning import items as dunning_items
from adv_domain.store.dunning.items import Progress, Received
from adv_domain.store.rows import among, named_rows
from adv_domain.store.tables import (
    company,
    customer,
    instalment,
    payment,
)

StandingReason = tuple[str, date | None, str | None]
_PENDING_MEANS = {
    "direct_debit": PaymentRoute.DIRECT_DEBIT_PENDING,
    "bill": PaymentRoute.BILL_PENDING,
}


@dataclass(frozen=True, slots=True)
class Credit:
    """Money of a customer that no item has used: a payment or a credit note."""

    document: str
    dated_on: date
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Paper:
    """What a mail says of an item's invoice, and the item's past sends."""

    issued_on: date
    rf_reference: str | None
    attempts: Mapping[int, int]
    last_sent_on: date | None
    last_outbox_key: str | None


@dataclass(frozen=True, slots=True)
class DebtorRecord:
    """A debtor with what the mails to him need; standing is by item."""

    debtor: Debtor
    name: str
    email: str | None
    language: str
    party_kind: str
    policy: str | None
    credits: tuple[Credit, ...]
    items: Mapping[int, Any]
    facts: "Facts"

    def paper(self, instalment_id: int) -> Paper:
        """Return what a mail says of the item; asked only for what is listed."""
        row = self.items[instalment_id]
        done = self.facts.progress.get(instalment_id, _NOTHING_SENT)
        return Paper(
            issued_on=row.issued_on,
            rf_reference=row.rf_reference,
            attempts=done.attempts,
            last_sent_on=done.completed_on if done.outbox_key else None,
            last_outbox_key=done.outbox_key,
        )

    def standing(self) -> dict[int, StandingReason]:
        """Return the reason that each item was last left out for."""
        known = self.facts.standing
        return {item_id: known[item_id] for item_id in self.items if item_id in known}


def customers_with_open_items(
    connection: Connection, *, after: int | None, limit: int
) -> Sequence[tuple[int, str]]:
    """Return (id, code) of the next customers who have open items, by id."""
    has_items = exists().where(
        instalment.c.customer_id == customer.c.id, dunning_items.IS_OPEN
    )
    rows = connection.execute(
        select(customer.c.id, customer.c.code)
        .where(customer.c.id > (after or 0), has_items)
        .order_by(customer.c.id)
        .limit(limit)
    )
    return [(row.id, row.code) for row in rows]


def seller(connection: Connection, company_id: int) -> Any:
    """Return the company's row: its letterhead, bank details and country."""
    return connection.execute(select(company).where(company.c.id == company_id)).one()


def read_debtors(
    connection: Connection,
    customer_ids: Collection[int],
    *,
    on: date,
    mails_invoices: bool = True,
) -> list[DebtorRecord]:
    """Return the customers in the order of their ids, with all open items.

    Where the company does not mail its invoices, they count as handed over.
    """
    facts = Facts(
        mails_invoices=mails_invoices,
        progress=dunning_items.progress(connection, customer_ids),
        disputed=dunning_items.disputed(connection, customer_ids, on=on),
        promised=dunning_items.promised(connection, customer_ids, on=on),
        received=dunning_items.received(connection, customer_ids),
        mails=dunning_items.invoice_mails(connection, customer_ids),
        standing=dunning_items.standing_reasons(connection, customer_ids),
        unapplied=_unapplied(connection, customer_ids),
    )
    items: defaultdict[int, list[Any]] = defaultdict(list)
    for row in dunning_items.open_rows(connection, customer_ids):
        items[row.customer_id].append(row)
    rows = connection.execute(
        select(customer)
        .where(among(connection, customer.c.id, customer_ids))
        .order_by(customer.c.id)
    )
    return [_record(row, items[row.id], facts, on=on) for row in named_rows(rows)]


@dataclass(frozen=True, slots=True)
class Facts:
    """What was read of some customers, each table once; mappings by id."""

    mails_invoices: bool
    progress: Mapping[int, Progress]
    disputed: Mapping[int, Decimal]
    promised: Mapping[int, tuple[date, Decimal]]
    received: Mapping[int, Received]
    mails: Mapping[int, InvoiceMail]
    standing: Mapping[int, StandingReason]
    unapplied: Mapping[int, list[Credit]]


def _record(row: Any, items: list[Any], facts: Facts, *, on: date) -> DebtorRecord:
    unapplied = facts.unapplied.get(row.id, [])
    credit_notes = [
        Credit(item.invoice_no, item.issued_on, -item.open_amount, item.currency)
        for item in items
        if item.open_amount < ZERO
    ]
    debtor = Debtor(
        customer_id=row.id,
        code=row.code,
        items=tuple(_item(item, facts) for item in items),
        has_address=bool(row.email),
        is_insolvent=row.insolvent_on is not None and row.insolvent_on <= on,
        paused_until=row.dunning_paused_until,
        credits=tuple((each.currency, each.amount) for each in unapplied),
    )
    return DebtorRecord(
        debtor=debtor,
        name=row.name,
        email=row.email,
        language=row.language,
        party_kind=row.party_kind,
        policy=row.dunning_policy,
        credits=(*credit_notes, *unapplied),
        items={item.id: item for item in items},
        facts=facts,
    )


def _item(row: Any, facts: Facts) -> ChasedItem:
    # the row unpacked at once: an attribute a column costs twice the time
    (
        item_id,
        _,
        instalment_no,
        currency,
        due_on,
        open_amount,
        means,
        legacy_level,
        legacy_level_on,
        invoice_id,
        invoice_no,
        _,
        origin,
        _,
    ) = row
    done = facts.progress.get(item_id, _NOTHING_SENT)
    received = facts.received.get(item_id, _NOTHING_RECEIVED)
    promised_on, promised_amount = facts.promised.get(item_id, _NOTHING_PROMISED)
    legacy = legacy_level or 0
    own_is_later = done.last_level >= legacy
    return ChasedItem(
        instalment_id=item_id,
        invoice=invoice_no,
        instalment_no=instalment_no,
        currency=currency,
        due_on=due_on,
        open_amount=open_amount,
        last_level=max(done.last_level, legacy),
        last_completed_on=done.completed_on if own_is_later else legacy_level_on,
        pending_level=done.pending_level,
        disputed_amount=facts.disputed.get(item_id, ZERO),
        promised_amount=promised_amount,
        promised_on=promised_on,
        route=_route(means, received),
        invoice_mail=_mail(invoice_id, origin, facts),
        late_payments=tuple(received.late),
    )


def _mail(invoice_id: int, origin: str, facts: Facts) -> InvoiceMail:
    known = facts.mails.get(invoice_id)
    if known is None and (origin == "legacy" or not facts.mails_invoices):
        return InvoiceMail.NOT_NEEDED
    return known or InvoiceMail.NOT_SENT


_NOTHING_PROMISED: tuple[date | None, Decimal] = (None, ZERO)
_NOTHING_SENT = Progress()
_NOTHING_RECEIVED = Received()


def _route(means: str, received: Received) -> PaymentRoute:
    """Return whether our own collection is under way; a returned one is over."""
    if received.was_returned:
        return PaymentRoute.BY_CUSTOMER
    return _PENDING_MEANS.get(means, PaymentRoute.BY_CUSTOMER)


def _unapplied(
    connection: Connection, customer_ids: Collection[int]
) -> Mapping[int, list[Credit]]:
    rows = connection.execute(
        select(
            payment.c.customer_id,
            payment.c.structured_ref,
            payment.c.end_to_end_id,
            payment.c.booked_on,
            payment.c.unapplied_amount,
            payment.c.currency,
        )
        .where(
            among(connection, payment.c.customer_id, customer_ids),
            payment.c.unapplied_amount > text("0"),
        )
        .order_by(payment.c.id)
    )
    found: defaultdict[int, list[Credit]] = defaultdict(list)
    for row in rows:
        document = row.structured_ref or row.end_to_end_id or ""
        credit = Credit(document, row.booked_on, row.unapplied_amount, row.currency)
        found[row.customer_id].append(credit)
    return found
