import json
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.billing.chain import (
    FIRST_PREVIOUS_HASH,
    CancelledRecord,
    IssuedRecord,
    amount_text,
    chained_hash,
    is_chained,
    record_text,
    text_hash,
)

VECTORS = Path(__file__).parents[3] / "shared" / "reference" / "verifactu_vectors.json"
FIRST = IssuedRecord(
    issuer_tax_id="89890001K",
    document_no="12345678/G33",
    issued_on=date(2024, 1, 1),
    kind="F1",
    tax="12.35",
    gross="123.45",
    recorded_at=datetime.fromisoformat("2024-01-01T19:20:30+01:00"),
)
SECOND = replace(
    FIRST,
    document_no="12345679/G34",
    recorded_at=datetime.fromisoformat("2024-01-01T19:20:35+01:00"),
)
CANCELLED = CancelledRecord(
    issuer_tax_id="89890001K",
    document_no="12345679/G34",
    issued_on=date(2024, 1, 1),
    recorded_at=datetime.fromisoformat("2024-01-01T19:20:40+01:00"),
)


@pytest.mark.skipif(not VECTORS.is_file(), reason="../shared/reference is absent")
def test_row_74_the_authoritys_three_vectors_hold():
    vectors = json.loads(VECTORS.read_text())
    previous_hash = FIRST_PREVIOUS_HASH
    for name, record in (
        ("alta1", FIRST),
        ("alta2", SECOND),
        ("anulacion", CANCELLED),
    ):
        text = record_text(record, previous_hash=previous_hash)
        assert text == vectors[name]["chain"]
        previous_hash = chained_hash(record, previous_hash=previous_hash)
        assert previous_hash == text_hash(text) == vectors[name]["sha256"]


def test_values_are_stripped_at_their_ends_only():
    padded = replace(FIRST, document_no=" 12345678/ G33 ")
    text = record_text(padded, previous_hash="")
    assert "&NumSerieFactura=12345678/ G33&" in text


@pytest.mark.parametrize("gross", ["123.1", "123.10", "123.100"])
def test_all_forms_of_an_amount_verify(gross: str):
    stored_hash = chained_hash(replace(FIRST, gross=gross), previous_hash="")
    held = replace(FIRST, gross="123.10")
    assert is_chained(held, previous_hash="", stored_hash=stored_hash)


def test_whole_amounts_verify_without_decimals():
    stored_hash = chained_hash(replace(FIRST, tax="0", gross="100"), previous_hash="")
    held = replace(FIRST, tax="0.00", gross="100.00")
    assert is_chained(held, previous_hash="", stored_hash=stored_hash)


@given(
    field=st.sampled_from(["issuer_tax_id", "document_no", "kind", "tax", "gross"]),
    before=st.sampled_from(["", "AB"]),
)
def test_row_74_any_changed_field_or_predecessor_breaks_the_chain(
    field: str, before: str
):
    stored_hash = chained_hash(FIRST, previous_hash=before)
    changed = replace(FIRST, **{field: "9" + getattr(FIRST, field)})
    assert is_chained(FIRST, previous_hash=before, stored_hash=stored_hash)
    assert not is_chained(changed, previous_hash=before, stored_hash=stored_hash)
    assert not is_chained(FIRST, previous_hash="CD", stored_hash=stored_hash)


def test_row_74_a_changed_cancellation_breaks_the_chain():
    changed = replace(CANCELLED, document_no="1")
    stored_hash = chained_hash(CANCELLED, previous_hash="")
    assert is_chained(CANCELLED, previous_hash="", stored_hash=stored_hash)
    assert not is_chained(changed, previous_hash="", stored_hash=stored_hash)


def test_a_moment_without_offset_is_refused():
    naive = replace(FIRST, recorded_at=datetime(2024, 1, 1, 19, 20))
    with pytest.raises(ValueError, match="needs its offset"):
        record_text(naive, previous_hash="")


def test_amounts_are_written_with_their_digits_and_no_exponent():
    assert amount_text(Decimal("1E+3")) == "1000"
    assert amount_text(Decimal("-12.30")) == "-12.30"
