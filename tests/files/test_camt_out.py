"""What is written as camt.053 is read back balanced, entry by entry."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest

from adv_domain.files.bank_formats import read_bank_file
from adv_domain.files.camt_out import StatementEntry, StatementHead, camt053
from adv_domain.rules.identifiers import creditor_reference

D = Decimal
DAY = date(2026, 3, 31)
REFERENCE = creditor_reference("F-2026-000001")
ENTRIES = {
    "EUR": [
        StatementEntry(
            "E1", D("120.50"), DAY, "Léa & Fils <SARL>", structured_ref=REFERENCE
        ),
        StatementEntry("E2", D("-7.25"), DAY, text="fees", end_to_end_id="X1"),
        StatementEntry("E3", D("-120.50"), DAY, text="<back>", is_reversal=True),
    ],
    "JPY": [StatementEntry("E1", D("12000"), DAY, "Sato", text="F-2026-000002")],
    "TND": [StatementEntry("E1", D("1.005"), DAY, "Amel", text="F-2026-000003")],
    "USD": [],
}


def _read(currency, opening):
    head = StatementHead("FR1420041010050500013M02606", "S1", currency, DAY, opening)
    written = camt053(head, ENTRIES[currency])
    found = read_bank_file(BytesIO(written), name="out.xml")
    assert found.faults == ()
    [statement] = found.statements
    return statement


@pytest.mark.parametrize("opening", [D(0), D(1000), D(-1000)], ids=str)
@pytest.mark.parametrize("currency", ENTRIES)
def test_what_is_written_is_read_back_balanced(currency, opening):
    statement = _read(currency, opening)
    assert statement.sound
    assert statement.balanced
    assert statement.opening == opening
    assert statement.closing == opening + sum(one.amount for one in ENTRIES[currency])
    assert [one.amount for one in statement.transactions] == [
        one.amount for one in ENTRIES[currency]
    ]


def test_an_entry_keeps_what_matching_needs():
    paid, fees, back = _read("EUR", D(0)).transactions
    assert paid.counterparty_name == "Léa & Fils <SARL>"
    assert paid.structured_references == (REFERENCE,)
    assert (paid.booked_on, paid.value_on) == (DAY, DAY)
    assert fees.end_to_end_id == "X1"
    assert fees.remittance == "fees"
    assert (back.reversal, back.remittance) == (True, "<back>")
    assert not paid.reversal
    assert len({one.key for one in (paid, fees, back)}) == 3
