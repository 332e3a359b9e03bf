"""What do the demo's people do: release, reject, credit, note disputes and promises?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import select

from adv_domain.rules.credits.creditable import CreditRefused
from adv_domain.rules.payments.hand_match import MatchRefused
from adv_domain.store.engine import reading
from adv_domain.store.tables import (
    instalment,
    invoice,
    invoice_line,
    order_fault,
    sales_order,
)
from tasks.credits.credit_notes import credit_invoice
from tasks.orders.acts.ending import reject_order
from tasks.orders.acts.release import release_order
from tasks.payments.receivables import (
    Complaint,
    PromiseToPay,
    open_dispute,
    record_promise,
)
from tasks.resources import resources

_RELEASED = {"price", "deadline", "duplicate_reference"}
_THINKING = timedelta(days=2)
_CREDIT_EVERY = 5
_DISPUTE_EVERY = 16
_PROMISE_EVERY = 15
_CREDIT_REASONS = ("price", "quantity", "return", "late_delivery")
_SAID = {
    "es": {
        "price": "precio acordado por teléfono",
        "quantity": "faltaba una unidad",
        "return": "una unidad devuelta",
        "late_delivery": "entrega fuera de plazo",
    },
    "fr": {
        "price": "prix convenu par téléphone",
        "quantity": "une unité manquait",
        "return": "une unité retournée",
        "late_delivery": "livraison hors délai",
    },
    "en": {
        "price": "price agreed by phone",
        "quantity": "one unit was missing",
        "return": "one unit sent back",
        "late_delivery": "delivered late",
    },
}


@dataclass(slots=True)
class People:
    """The sales administration's day: work lists, phone calls, corrections."""

    seed: int
    _days: int = 0

    def work(self, on: date) -> None:
        """Do one day's decisions by hand."""
        self._days += 1
        self._decide_holds(on)
        if self._days % _CREDIT_EVERY == 0:
            self._credit(on)
        if self._days % _DISPUTE_EVERY == 0:
            self._dispute(on)
        if self._days % _PROMISE_EVERY == 0:
            self._promise(on)

    def _decide_holds(self, on: date) -> None:
        """Decide what has been held for two days; some of it stays for the reader."""
        for order_no, codes in _held_orders(on - _THINKING).items():
            random = Random(f"{self.seed} decides {order_no}")
            if random.random() < 0.2:
                continue
            if codes <= _RELEASED:
                release_order(
                    name=order_no, by="Ana Ruiz", reason="agreed by phone", on=on
                )
            else:
                reject_order(
                    name=order_no, by="Marc Petit", reason="customer orders anew", on=on
                )

    def _credit(self, on: date) -> None:
        rows = _recent_invoices(on)
        if not rows:
            return
        random = Random(f"{self.seed} credits {on}")
        row = random.choice(rows)
        reason = _CREDIT_REASONS[self._days // _CREDIT_EVERY % len(_CREDIT_REASONS)]
        try:
            credit_invoice(
                invoice_no=row.invoice_no,
                quantities={1: Decimal(1)},
                reason_code=reason,
                reason=_SAID[row.language][reason],
                by="Ana Ruiz",
                on=on,
            )
        except CreditRefused:
            return

    def _dispute(self, on: date) -> None:
        for row in _overdue_invoices(on)[: 1 + self._days % 2]:
            try:
                open_dispute(
                    Complaint(row.invoice_no, "quality", "Jo Baker"),
                    by="Ana Ruiz",
                    reason="two boxes arrived damaged",
                    on=on,
                )
            except MatchRefused:
                continue

    def _promise(self, on: date) -> None:
        for row in _overdue_invoices(on)[-2:]:
            try:
                record_promise(
                    PromiseToPay(row.invoice_no, on + timedelta(days=9)),
                    by="Ana Ruiz",
                    reason="will pay next week, says accounts payable",
                    on=on,
                )
            except MatchRefused:
                continue


def _held_orders(held_before: date) -> dict[str, set[str]]:
    with reading(resources().engine) as connection:
        rows = connection.execute(
            select(sales_order.c.order_no, order_fault.c.code)
            .join(order_fault, order_fault.c.order_id == sales_order.c.id)
            .where(
                sales_order.c.state == "held",
                sales_order.c.held_on <= held_before,
                order_fault.c.severity != "warn",
                order_fault.c.resolved_on.is_(None),
            )
            .order_by(sales_order.c.id)
        ).all()
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.order_no, set()).add(row.code)
    return found


def _recent_invoices(on: date) -> Sequence[Any]:
    with reading(resources().engine) as connection:
        return connection.execute(
            select(invoice.c.invoice_no, invoice.c.language)
            .join(invoice_line, invoice_line.c.invoice_id == invoice.c.id)
            .where(
                invoice.c.kind == "invoice",
                invoice.c.origin == "posted",
                invoice.c.issued_on >= on - timedelta(days=12),
                invoice_line.c.line_no == 1,
                invoice_line.c.qty > 1,
            )
            .order_by(invoice.c.id)
        ).all()


def _overdue_invoices(on: date) -> Sequence[Any]:
    with reading(resources().engine) as connection:
        return connection.execute(
            select(invoice.c.invoice_no)
            .join(instalment, instalment.c.invoice_id == invoice.c.id)
            .where(
                instalment.c.open_amount > 0,
                instalment.c.due_on < on - timedelta(days=4),
                instalment.c.due_on > on - timedelta(days=18),
            )
            .group_by(invoice.c.id, invoice.c.invoice_no)
            .order_by(invoice.c.id)
        ).all()
