"""Where goods and services come from and go decides the tax (row 34)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.billing.supplies import (
    REASONS,
    Buyer,
    Place,
    Seller,
    decided_tax,
)
from adv_domain.rules.countries import COUNTRIES
from adv_domain.rules.tax_territories import territory_at

SPAIN, CANARIAS, FRANCE = Seller("ES"), Seller("ES-CN"), Seller("FR")
LYON = Buyer("FR", "69002", vat_id="FR40303265045")
TENERIFE = Buyer("ES", "38001", vat_id="B12345674")
BELFAST = Buyer("GB", "BT1 5GS", vat_id="XI123456789")
SEVILLA = Buyer("ES", "41001", vat_id="B12345674")


@pytest.mark.parametrize(
    ("country", "postal_code", "given", "code", "area", "in_eu"),
    [
        ("ES", "28013", "", "ES", "ES", True),
        ("ES", "35 001", "", "ES-CN", "ES-CN", False),
        ("ES", "51001", "", "ES-CE", "ES-CE", False),
        ("ES", "52001", "", "ES-ML", "ES-ML", False),
        ("ES", "", "ES-CN", "ES-CN", "ES-CN", False),
        ("ES", "", "", "ES", "ES", True),
        ("FR", "20090", "", "FR-20R", "FR", True),
        ("FR", "97110", "", "FR-971", "FR-ANT", False),
        ("MQ", "97200", "", "FR-972", "FR-ANT", False),
        ("FR", "97400", "", "FR-974", "FR-974", False),
        ("MC", "98000", "", "MC", "FR", True),
        ("DE", "27498", "", "DE-HGL", "DE-HGL", False),
        ("US", "", "", "US", "US", False),
        ("GB", "bt1 5gs", "", "GB-NIR", "GB-NIR", True),
        ("GB", "SW1A 1AA", "", "GB", "GB", False),
    ],
)
def test_row_34_an_address_lies_in_a_territory_of_tax(
    country, postal_code, given, code, area, in_eu
):
    found = territory_at(country=country, postal_code=postal_code, given=given)
    assert (found.code, found.area, found.in_eu) == (code, area, in_eu)


@pytest.mark.parametrize(
    ("seller", "buyer", "nature", "code", "category", "rates_of"),
    [
        (SPAIN, SEVILLA, "goods", "domestic", None, ("ES",)),
        (SPAIN, SEVILLA, "service", "domestic", None, ("ES",)),
        (SPAIN, TENERIFE, "goods", "export", "export", ("ES",)),
        (SPAIN, TENERIFE, "service", "service_outside", "outside_scope", ("ES",)),
        (CANARIAS, TENERIFE, "goods", "domestic", None, ("ES-CN",)),
        (CANARIAS, SEVILLA, "goods", "export", "export", ("ES-CN",)),
        (SPAIN, LYON, "goods", "intra_community", "intra_community", ("ES",)),
        (SPAIN, LYON, "service", "service_reverse_charge", "reverse_charge", ("ES",)),
        (SPAIN, LYON._replace(vat_id=""), "goods", "no_vat_id", None, ("ES",)),
        (
            SPAIN,
            LYON._replace(vat_id="ESB12345674"),
            "goods",
            "no_vat_id",
            None,
            ("ES",),
        ),
        (SPAIN, LYON._replace(vat_id=""), "service", "service_at_home", None, ("ES",)),
        (
            SPAIN,
            LYON._replace(party_kind="consumer"),
            "goods",
            "distance_sale",
            None,
            ("ES",),
        ),
        (
            Seller("ES", distance_sales="destination"),
            LYON._replace(party_kind="consumer"),
            "goods",
            "distance_sale",
            None,
            ("FR",),
        ),
        (
            SPAIN,
            Buyer("GB", vat_id="XI123456789"),
            "goods",
            "export",
            "export",
            ("ES",),
        ),
        *(
            (SPAIN, buyer, nature, code, category, ("ES",))
            for buyer, nature, code, category in (
                (BELFAST, "goods", "intra_community", "intra_community"),
                (BELFAST, "service", "service_outside", "outside_scope"),
                (BELFAST._replace(vat_id=""), "goods", "no_vat_id", None),
            )
        ),
        *(
            (FRANCE, buyer, "service", code, None, rates_of)
            for buyer, code, rates_of in (
                (Buyer("RE"), "service_in_country", ("FR-974",)),
                (Buyer("FR", "97110"), "service_in_country", ("FR-971",)),
                (Buyer("RE", party_kind="consumer"), "service_at_home", ("FR",)),
            )
        ),
        (
            Seller("FR-974"),
            Buyer("FR", "69002"),
            "service",
            "service_in_country",
            None,
            ("FR",),
        ),
        (FRANCE, Buyer("FR", "20000"), "goods", "domestic", None, ("FR-20R", "FR")),
        (FRANCE, Buyer("RE"), "goods", "export", "export", ("FR",)),
        (Seller("FR-971"), Buyer("MQ"), "goods", "domestic", None, ("FR-972",)),
        (FRANCE, Buyer("MC", "98000"), "goods", "domestic", None, ("MC", "FR")),
        (
            SPAIN,
            SEVILLA._replace(category="exempt"),
            "goods",
            "own_category",
            "exempt",
            ("ES",),
        ),
        (Seller("NW"), LYON, "goods", "unknown_territory", None, ("NW",)),
        (
            Seller("ES", decided_by="customer"),
            LYON,
            "goods",
            "by_customer",
            None,
            ("ES",),
        ),
    ],
)
def test_row_34_a_supply_bears_the_tax_of_its_case(
    seller, buyer, nature, code, category, rates_of
):
    found = decided_tax(seller, buyer, nature=nature)
    assert (found.code, found.category, found.rates_of) == (code, category, rates_of)


def test_row_34_the_surcharge_is_for_goods_at_home_alone():
    retailer = SEVILLA._replace(category="equivalence_surcharge")
    assert decided_tax(SPAIN, retailer).has_surcharge
    assert not decided_tax(SPAIN, retailer, nature="service").has_surcharge
    abroad = LYON._replace(category="equivalence_surcharge")
    assert decided_tax(SPAIN, abroad).code == "intra_community"


def test_row_34_goods_count_where_they_go_and_services_where_the_buyer_is():
    place = Place("CH", "8001")
    assert decided_tax(SPAIN, SEVILLA, place=place).code == "export"
    assert decided_tax(SPAIN, SEVILLA, nature="service", place=place).code == "domestic"
    # a place that says no more than the country is the customer's address
    assert decided_tax(SPAIN, TENERIFE, place=Place("ES")).code == "export"
    assert decided_tax(SPAIN, TENERIFE, place=Place("ES", "08001")).code == "domestic"


@given(
    seller=st.sampled_from([SPAIN, CANARIAS, FRANCE, Seller("FR-974"), Seller("NW")]),
    buyer=st.builds(
        Buyer,
        country=st.sampled_from(sorted(COUNTRIES)),
        postal_code=st.from_regex(r"\d{5}|", fullmatch=True),
        given=st.just(""),
        party_kind=st.sampled_from(["business", "consumer", "public_body"]),
        vat_id=st.sampled_from(["", "FR40303265045", "ESB12345674", "EL123456783"]),
        category=st.sampled_from(["standard", "equivalence_surcharge", "exempt"]),
    ),
    nature=st.sampled_from(["goods", "service"]),
)
def test_row_34_every_supply_is_decided_with_a_reason(seller, buyer, nature):
    found = decided_tax(seller, buyer, nature=nature)
    assert found.code in REASONS
    assert found.rates_of
    [reason] = found.reasons
    assert "{" not in reason
