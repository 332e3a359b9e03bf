"""Do orders that say the same hash alike, today and after the next release?"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from adv_domain.rules.orders.incoming import (
    IncomingHeader,
    IncomingLine,
    OrderCharge,
    PartyId,
)
from adv_domain.rules.orders.order_content import incoming_order, without_line_numbers

HEADER = IncomingHeader(
    customer="C1",
    customer_ref="R1",
    ordered_on=date(2026, 1, 5),
    requested_on=date(2026, 1, 20),
    currency="EUR",
    payment_terms=None,
    channel="file",
    entered_by=None,
    ship_to_name="Almacén",
    ship_to_address=None,
    ship_to_country="ES",
    buyer_reference=None,
    instructions="ring",
    prepaid=Decimal(0),
)
SECOND = IncomingLine(
    2,
    "P2",
    None,
    "A9",
    Decimal("10.0"),
    "PCE",
    Decimal("9.80"),
    Decimal("0.1"),
    date(2026, 2, 1),
    source_row=3,
)
FIRST = IncomingLine(
    1,
    "P1",
    "x",
    None,
    Decimal(3),
    None,
    None,
    Decimal(0),
    date(2026, 1, 20),
    source_row=2,
)


def _hash(header: IncomingHeader = HEADER, *lines: IncomingLine) -> str:
    found = incoming_order(header, lines or (SECOND, FIRST), lines_are_numbered=True)
    return found.content_hash


def test_hashes_on_record_stay_as_they_are() -> None:
    """These stand in databases: an order taken by an older release is known again."""
    order = incoming_order(HEADER, (SECOND, FIRST), lines_are_numbered=True)
    assert order.content_hash == (
        "3f6c6c5f7c82878abb3350a0ab5a48ed807d15efdc9c07bdf37769cf12070033"
    )
    assert without_line_numbers(order).content_hash == (
        "aad7653ed84443d65f6c949e93f5fd223c3578d14a228bcdceabf9238d8cf145"
    )
    assert _hash(replace(HEADER, document="change")) == (
        "004cd0536c7e121648c05c5ece20325cfadeb42aaad8753fadefd91251608b8c"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"contact_name": "Ana"},
        {"ship_to_city": "Madrid"},
        {"deliver_until": date(2026, 2, 1)},
        {"incoterm": "DAP"},
        {"charges": (OrderCharge(Decimal(-5), "bonus"),)},
        {"document": "change", "document_ref": "CH-1"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_a_document_adds_counts_where_it_is_given(changes: dict) -> None:
    assert _hash(replace(HEADER, **changes)) != _hash()


@pytest.mark.parametrize(
    "changes",
    [
        {"buyer_name": "Sol S.L."},
        {"buyer_ids": (PartyId("gln", "8412345000013"),)},
        {"document_total": Decimal(120)},
        {"channel": "edi"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_who_sent_it_and_its_own_sum_do_not_count(changes: dict) -> None:
    assert _hash(replace(HEADER, **changes)) == _hash()


def test_the_same_change_under_another_number_is_another() -> None:
    change = replace(HEADER, document="change", document_ref="CH-1")
    assert _hash(change) != _hash(replace(change, document_ref="CH-2"))


def test_a_cancellation_needs_no_line() -> None:
    cancel = replace(HEADER, document="cancel", document_ref="CA-1")
    order = incoming_order(cancel, (), lines_are_numbered=True, source_row=7)
    assert order.source_row == 7
    assert order.total() == 0
