"""How does the demo's customer who pays ahead answer what he is asked for?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from adv_domain.files.camt_out import StatementEntry
from adv_domain.rules.money import rounded_to_minor
from adv_domain.store.engine import reading
from adv_domain.store.tables import customer, payment_request, sales_order
from tasks.demo.company import DemoCustomer
from tasks.resources import resources

_AFTER = timedelta(days=1)
_REST_AFTER = timedelta(days=3)
_IN_PARTS_EVERY = 3
_FIRST_PART = Decimal("0.6")


@dataclass(slots=True)
class AdvancePayer:
    """Pays what is asked ahead a day later, every third request in two parts."""

    customers: Mapping[str, DemoCustomer]
    _count: int = 0

    def payments_of(self, on: date) -> Iterator[StatementEntry]:
        """Write the day's transfers; each names the request by its reference."""
        for row in self._open_requests():
            is_rest = row.received > 0
            if row.told_on + (_REST_AFTER if is_rest else _AFTER) > on:
                continue
            amount = row.amount - row.received
            if not is_rest and row.id % _IN_PARTS_EVERY == 0:
                amount = rounded_to_minor(amount * _FIRST_PART, row.currency)
            yield self._entry(row, on, amount=amount)

    def _open_requests(self) -> list[Any]:
        with reading(resources().engine) as connection:
            return list(
                connection.execute(
                    select(
                        payment_request.c.id,
                        payment_request.c.reference,
                        payment_request.c.amount,
                        payment_request.c.received,
                        payment_request.c.currency,
                        payment_request.c.told_on,
                        customer.c.code,
                    )
                    .join(sales_order, sales_order.c.id == payment_request.c.order_id)
                    .join(customer, customer.c.id == sales_order.c.customer_id)
                    .where(
                        payment_request.c.state == "open",
                        payment_request.c.told_on.is_not(None),
                    )
                    .order_by(payment_request.c.id)
                )
            )

    def _entry(self, row: Any, on: date, *, amount: Decimal) -> StatementEntry:
        self._count += 1
        payer = self.customers[row.code]
        return StatementEntry(
            entry_ref=f"A{on:%Y%m%d}{self._count:05d}",
            amount=amount,
            booked_on=on,
            payer_name=payer.name,
            payer_iban=payer.iban,
            structured_ref=row.reference,
            text="",
            end_to_end_id=f"E2A{self._count:07d}",
        )
