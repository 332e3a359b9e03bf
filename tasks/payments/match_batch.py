"""How is a batch of bank movements read, decided by the rules and written?

A constant number of statements a batch, whatever its size.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row

from adv_domain.rules.identifiers import (
    creditor_reference,
    creditor_references_in,
    normalised_reference,
)
from adv_domain.rules.payments.match_decision import (
    Decision,
    IncomingPayment,
    MatchState,
)
from adv_domain.rules.payments.matching import Payers, match_payments
from adv_domain.rules.payments.open_items import OpenItem, OpenItems
from adv_domain.rules.payments.payer_text import (
    spellings_with_prefix,
    words_with_digits,
)
from adv_domain.rules.payments.returned import (
    MoneyMovement,
    ReturnDecision,
    match_returns,
)
from adv_domain.store.payments.matching import (
    invoices_named,
    items_of_amounts,
    items_of_customers,
    items_of_invoices,
    payers_of,
    payments_to_return,
    series_prefixes,
)

_RETURN_WINDOW = timedelta(days=550)
_LONGEST_RF_BODY = 21
_UNMATCHED = MatchState.UNMATCHED


@dataclass(frozen=True, slots=True)
class Matched:
    """The decisions of a batch, and the items that they speak of by instalment."""

    decisions: list[tuple[Row[Any], Decision]]
    items: dict[int, OpenItem]


@dataclass(frozen=True, slots=True)
class Returned:
    """The returns of a batch, and the payments that they may undo by id."""

    decisions: list[tuple[Row[Any], ReturnDecision]]
    originals: dict[int, Row[Any]]


def matched(connection: Connection, rows: Sequence[Row[Any]]) -> Matched:
    """Decide on money in: read all items it may be for, then apply the rule."""
    if not rows:
        return Matched([], {})
    payments = [_incoming(row) for row in rows]
    payers = payers_of(connection, {p.payer_iban for p in payments if p.payer_iban})
    read = _by_id(items_of_invoices(connection, _named_invoices(connection, payments)))
    items = OpenItems(read.values())
    decisions = match_payments(payments, items=items, payers=payers)
    # what names nothing is decided after all that does, by payer and amount
    unnamed = [at for at, one in enumerate(decisions) if one.state is _UNMATCHED]
    more = _items_by_payer_or_amount(
        connection, [payments[at] for at in unnamed], payers
    )
    items.add(more.values())
    again = match_payments([payments[at] for at in unnamed], items=items, payers=payers)
    for at, decision in zip(unnamed, again, strict=True):
        decisions[at] = decision
    return Matched(list(zip(rows, decisions, strict=True)), more | read)


def _items_by_payer_or_amount(
    connection: Connection, payments: Sequence[IncomingPayment], payers: Payers
) -> dict[int, OpenItem]:
    """Read what known payers owe; for unknown ones only an amount can speak."""
    customers = {
        customer for one in payments for customer in payers.get(one.payer_iban, ())
    }
    amounts = {one.amount for one in payments if one.payer_iban not in payers}
    owed = items_of_customers(connection, customers)
    return _by_id([*items_of_amounts(connection, amounts), *owed])


def returned(connection: Connection, rows: Sequence[Row[Any]]) -> Returned:
    """Decide on money taken back: find the payment that each return undoes."""
    if not rows:
        return Returned([], {})
    earliest_on = min(row.booked_on for row in rows) - _RETURN_WINDOW
    originals = payments_to_return(
        connection, {-row.amount for row in rows}, earliest_on=earliest_on
    )
    decisions = match_returns(
        [_movement(row) for row in rows],
        originals=[_movement(row) for row in originals],
    )
    return Returned(
        list(zip(rows, decisions, strict=True)), {row.id: row for row in originals}
    )


def _incoming(row: Row[Any]) -> IncomingPayment:
    return IncomingPayment(
        payment_id=row.id,
        amount=row.unapplied_amount,
        currency=row.currency,
        paid_on=min(row.booked_on, row.value_on or row.booked_on),
        structured_reference=row.structured_ref or "",
        end_to_end_id=row.end_to_end_id or "",
        remittance=row.remittance or "",
        payer_iban=row.payer_iban or "",
    )


def _movement(row: Row[Any]) -> MoneyMovement:
    return MoneyMovement(
        payment_id=row.id,
        account=row.account or "",
        amount=row.amount,
        currency=row.currency,
        booked_on=row.booked_on,
        structured_reference=row.structured_ref or "",
        end_to_end_id=row.end_to_end_id or "",
        remittance=row.remittance or "",
        payer_iban=row.payer_iban or "",
    )


def _named_invoices(
    connection: Connection, payments: Iterable[IncomingPayment]
) -> set[int]:
    """Look up every number and reference that the batch's texts may hold."""
    prefixes = tuple(
        normalised_reference(f"{prefix}{year}")
        for prefix, year in series_prefixes(connection)
    )
    numbers: set[str] = set()
    references: set[str] = set()
    for payment in payments:
        said = " ".join(
            (payment.structured_reference, payment.end_to_end_id, payment.remittance)
        )
        numbers |= words_with_digits(said)
        references.update(
            creditor_reference(spelling)
            for spelling in spellings_with_prefix(said, prefixes)
            if len(spelling) <= _LONGEST_RF_BODY
        )
        if "RF" in said.upper():
            references.update(creditor_references_in(said))
    return invoices_named(connection, numbers=numbers, references=references)


def _by_id(items: Iterable[OpenItem]) -> dict[int, OpenItem]:
    return {item.instalment_id: item for item in items}
