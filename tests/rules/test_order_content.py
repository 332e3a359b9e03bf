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
    requested_on=None,
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
FIRST = IncomingLine(1, "P1", "x", None, Decimal(3), None, None, Decimal(0), None, 2)


def _hash(header: IncomingHeader = HEADER, *lines: IncomingLine) -> str:
    found = incoming_order(header, lines or (SECOND, FIRST), lines_are_numbered=True)
    return found.content_hash


def test_hashes_on_record_stay_as_they_are() -> None:
    """These stand in databases: an order taken by an older release is known again."""
    order = incoming_order(HEADER, (SECOND, FIRST), lines_are_numbered=True)
    assert order.content_hash == (
        "53e897b4d9b67f226ff08946c6891acc284b16fe210bb378736368a40485411e"
    )
    assert without_line_numbers(order).content_hash == (
        "090a98c84777bca80ae7bbb98ff00dea2b51b0e5b4ab102acc952dd60611df78"
    )
    assert _hash(replace(HEADER, document="change")) == (
        "997c61cdb42259a2f14eb1a80fe3cc553d08b1d9bce36811f91d97461b5d9e97"
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
