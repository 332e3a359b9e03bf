import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.identifiers import (
    NumberFormat,
    NumberOutOfSeries,
    creditor_reference,
    creditor_references_in,
    document_no,
    is_creditor_reference,
    normalised_reference,
)

REFERENCE = Path(__file__).parents[3] / "shared" / "reference"
bodies = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=21)


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="../shared/reference is absent")
def test_worked_creditor_references_hold():
    worked = json.loads((REFERENCE / "worked_examples.json").read_text())
    for body, reference in worked["rf"].items():
        assert creditor_reference(body) == reference
    for reference, valid in worked["rf_valid"].items():
        assert is_creditor_reference(reference) is valid


@given(body=bodies)
def test_a_made_reference_is_valid_also_in_groups_and_small_letters(body: str):
    made = creditor_reference(body)
    assert is_creditor_reference(made)
    grouped = " ".join(made[at : at + 4] for at in range(0, len(made), 4))
    assert is_creditor_reference(grouped.lower())
    assert creditor_references_in(f"Factura: {grouped}.") == (made,)


@given(body=st.text("0123456789", min_size=2, max_size=21), data=st.data())
def test_a_wrong_digit_or_a_transposition_fails(body: str, data: st.DataObject):
    made = creditor_reference(body)
    at = data.draw(st.integers(4, len(made) - 1))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != made[at]]))
    assert not is_creditor_reference(made[:at] + digit + made[at + 1 :])
    if at + 1 < len(made) and made[at] != made[at + 1]:
        swapped = made[:at] + made[at + 1] + made[at] + made[at + 2 :]
        assert not is_creditor_reference(swapped)


@pytest.mark.parametrize("text", ["", "RF", "RF18", "RFAB1234", "RF18ü", "DE" * 6])
def test_other_texts_are_no_creditor_references(text: str):
    assert not is_creditor_reference(text)


@pytest.mark.parametrize("reference", ["", "--", "X" * 22])
def test_a_reference_that_does_not_fit_is_refused(reference: str):
    with pytest.raises(ValueError, match="1 to 21"):
        creditor_reference(reference)


def test_references_are_found_among_other_words():
    text = "pago RF18 5390 0754 7034 y rf451234512345, RF00 1234 no"
    assert creditor_references_in(text) == ("RF18539007547034", "RF451234512345")


@pytest.mark.parametrize(
    ("series", "number", "expected"),
    [
        (NumberFormat("F"), 123, "F-2025-000123"),
        (NumberFormat("R", width=4, separator="/"), 1, "R/2025/0001"),
        (NumberFormat("", width=3), 1234, "2025-1234"),
    ],
)
def test_numbers_look_as_their_series_says(
    series: NumberFormat, number: int, expected: str
):
    assert document_no(series=series, year=2025, number=number) == expected


def test_there_is_no_document_zero():
    with pytest.raises(NumberOutOfSeries, match="begins at 1"):
        document_no(series=NumberFormat("F"), year=2025, number=0)


@pytest.mark.parametrize("text", ["F-2025-000123", "f 2025/000123", " F2025.000123 "])
def test_spellings_of_a_number_compare_equal(text: str):
    assert normalised_reference(text) == "F2025000123"
