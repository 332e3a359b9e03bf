"""How do the demo's customers pay: promptly, late, in parts, wrongly, or not at all?

They read their invoices as real ones would (the open instalments) and pay by bank
transfer; each account gets a statement every business day, also an empty one.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import select

from adv_domain.files.camt_out import StatementEntry, StatementHead, camt053
from adv_domain.rules.money import rounded_to_minor
from adv_domain.store.engine import reading
from adv_domain.store.tables import customer, instalment, invoice
from tasks.demo.advances import AdvancePayer
from tasks.demo.company import ACCOUNTS, DemoCustomer
from tasks.resources import resources

_DELAYS = {
    "prompt": (-3, 2),
    "late": (4, 9),
    "slow": (12, 19),
    "part": (1, 6),
}
_UNKNOWN_EVERY = 9
_RETURN_EVERY = 45
_RETURN_AT = 20
_RETURNED_AFTER = timedelta(days=6)
_REST_AFTER = timedelta(days=14)
_OVERPAID_SHARE = 0.03
_OLD_ITEM_STAYS_SHARE = 0.6


@dataclass(slots=True)
class Payers:
    """Pays what is due day by day and remembers what was paid."""

    seed: int
    customers: Mapping[str, DemoCustomer]
    ahead: AdvancePayer
    _settled: set[int] = field(default_factory=set)
    _begun: set[int] = field(default_factory=set)
    _balances: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    _returns: list[tuple[date, StatementEntry, str]] = field(default_factory=list)
    _count: int = 0
    _days: int = 0

    def statements_of(self, on: date) -> Iterator[tuple[str, bytes]]:
        """Write the day's statement of each account: (file name, camt.053)."""
        self._days += 1
        entries: dict[str, list[StatementEntry]] = {name: [] for name in ACCOUNTS}
        for item in self._due_items():
            self._pay(item, on, entries)
        entries["EUR"].extend(self.ahead.payments_of(on))
        if self._days % _UNKNOWN_EVERY == 0:
            entries["EUR"].append(self._unknown(on))
        for back_on, entry, currency in list(self._returns):
            if back_on <= on:
                self._returns.remove((back_on, entry, currency))
                entries[currency].append(_returned(entry, on))
        for currency, booked in entries.items():
            head = StatementHead(
                account=ACCOUNTS[currency],
                statement_ref=f"{currency}-{on:%Y%m%d}",
                currency=currency,
                on=on,
                opening=self._balances[currency],
            )
            self._balances[currency] += sum((one.amount for one in booked), Decimal(0))
            yield f"{on:%Y%m%d}-{currency}.xml", camt053(head, booked)

    def _due_items(self) -> Sequence[Any]:
        with reading(resources().engine) as connection:
            return connection.execute(
                select(
                    instalment.c.id,
                    instalment.c.due_on,
                    instalment.c.open_amount,
                    instalment.c.currency,
                    invoice.c.invoice_no,
                    invoice.c.rf_reference,
                    invoice.c.origin,
                    customer.c.code,
                )
                .join(invoice, invoice.c.id == instalment.c.invoice_id)
                .join(customer, customer.c.id == instalment.c.customer_id)
                .where(instalment.c.open_amount > 0)
                .order_by(instalment.c.id)
            ).all()

    def _pay(
        self, item: Any, on: date, entries: Mapping[str, list[StatementEntry]]
    ) -> None:
        payer = self.customers[item.code]
        random = Random(f"{self.seed} pays {item.invoice_no} {item.due_on}")
        if item.id in self._settled or not _ever_pays(payer, item, random):
            return
        low, high = _DELAYS[payer.habit]
        pays_on = item.due_on + timedelta(days=random.randint(low, high))
        if item.id in self._begun:
            pays_on += _REST_AFTER
        if pays_on > on:
            return
        amount = self._amount(item, payer, random)
        entry = self._entry(item, payer, on, amount=amount)
        entries[item.currency].append(entry)
        if self._count % _RETURN_EVERY == _RETURN_AT:
            self._returns.append((on + _RETURNED_AFTER, entry, item.currency))

    def _amount(self, item: Any, payer: DemoCustomer, random: Random) -> Decimal:
        if payer.habit == "part" and item.id not in self._begun:
            self._begun.add(item.id)
            return rounded_to_minor(item.open_amount * Decimal("0.6"), item.currency)
        self._settled.add(item.id)
        too_much = 15 if random.random() < _OVERPAID_SHARE else 0
        return Decimal(item.open_amount + too_much)

    def _entry(
        self, item: Any, payer: DemoCustomer, on: date, *, amount: Decimal
    ) -> StatementEntry:
        self._count += 1
        random = Random(f"{self.seed} writes {self._count}")
        structured, text = "", ""
        style = random.random()
        if style < 0.5 and item.rf_reference:
            structured = item.rf_reference
        elif style < 0.9:
            text = f"Invoice {item.invoice_no}"
        else:
            text = "payment, thank you"
        return StatementEntry(
            entry_ref=f"{on:%Y%m%d}{self._count:06d}",
            amount=amount,
            booked_on=on,
            payer_name=payer.name,
            payer_iban=payer.iban,
            structured_ref=structured,
            text=text,
            end_to_end_id=f"E2E{self._count:07d}",
        )

    def _unknown(self, on: date) -> StatementEntry:
        self._count += 1
        return StatementEntry(
            entry_ref=f"{on:%Y%m%d}{self._count:06d}",
            amount=Decimal(137 + self._days).scaleb(-1),
            booked_on=on,
            payer_name="Unbekannt & Söhne",
            text="see our letter",
        )


def _ever_pays(payer: DemoCustomer, item: Any, random: Random) -> bool:
    if payer.habit == "never":
        return False
    return item.origin != "legacy" or random.random() >= _OLD_ITEM_STAYS_SHARE


def _returned(entry: StatementEntry, on: date) -> StatementEntry:
    return StatementEntry(
        entry_ref=f"R{entry.entry_ref}",
        amount=-entry.amount,
        booked_on=on,
        payer_name=entry.payer_name,
        payer_iban=entry.payer_iban,
        structured_ref=entry.structured_ref,
        text=entry.text,
        end_to_end_id=entry.end_to_end_id,
        is_reversal=True,
    )
