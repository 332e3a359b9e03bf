"""Which identifiers of companies are machines of others able to read?"""

import pytest

from adv_domain.rules.registered_ids import (
    NotARegisteredId,
    RegisteredId,
    endpoint,
    endpoint_of,
    is_endpoint,
    legal_id,
    legal_id_of,
)
from adv_domain.rules.vat_ids import vat_id_with_country


def test_an_identifier_names_its_scheme_and_its_number():
    assert legal_id("0002:303265045") == RegisteredId("0002", "303265045")
    assert endpoint("0088:8437000000001") == RegisteredId("0088", "8437000000001")
    assert endpoint(" em : a@b.example ") == RegisteredId("EM", "a@b.example")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("303265045", "must be written scheme:value"),
        ("0002:", "must be written scheme:value"),
        (":1", "must be written scheme:value"),
        ("9920:B1", "no scheme of ISO/IEC 6523"),
        ("0001:1", "no scheme of ISO/IEC 6523"),
        ("0999:1", "no scheme of ISO/IEC 6523"),
        ("VAT:1", "no scheme of ISO/IEC 6523"),
    ],
)
def test_a_registration_of_no_known_scheme_is_refused(text, why):
    with pytest.raises(NotARegisteredId, match=why):
        legal_id(text)


def test_an_address_of_no_known_scheme_is_refused():
    with pytest.raises(NotARegisteredId, match="no scheme of the EAS list"):
        endpoint("0001:1")
    assert not is_endpoint("8437000000001")
    assert is_endpoint("9920:ESB12345674")


@pytest.mark.parametrize(
    ("given", "vat_id", "expected"),
    [
        ("0009:30326504500012", "FR40303265045", ("0009", "30326504500012")),
        ("", "FR40303265045", ("0002", "303265045")),
        ("", "FR 40 303265045", ("0002", "303265045")),
        ("", "ESB12345674", None),
        ("", "FR4030326504X", None),
        ("", "", None),
    ],
)
def test_a_french_vat_number_tells_the_siren(given, vat_id, expected):
    assert legal_id_of(given=given, vat_id=vat_id) == expected


def test_without_an_address_e_invoices_go_to_the_mail_address():
    assert endpoint_of(given="0225:303265045", email="a@b.example").scheme == "0225"
    assert endpoint_of(given="", email="a@b.example") == ("EM", "a@b.example")
    assert endpoint_of(given="", email="") is None


@pytest.mark.parametrize(
    ("vat_id", "country", "expected"),
    [
        ("ESB12345674", "ES", "ESB12345674"),
        ("es b-12345674", "ES", "ESB12345674"),
        ("B12345674", "ES", "ESB12345674"),
        ("123456789", "GR", "EL123456789"),
        ("EL123456789", "GR", "EL123456789"),
        ("XI123456789", "GB", "XI123456789"),
        ("T8010001002340", "JP", ""),
        ("GB123456789", "GB", "GB123456789"),
        ("", "ES", ""),
    ],
)
def test_a_vat_number_bears_its_country(vat_id, country, expected):
    assert vat_id_with_country(vat_id, country=country) == expected
