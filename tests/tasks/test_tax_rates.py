"""The tax rates that we bring for other territories can be taken in and are sound."""

from datetime import date

import pytest

from adv_domain.bundled import bundled_path
from adv_domain.rules.billing.supplies import Buyer, Seller, decided_tax
from adv_domain.rules.tax import rate_of, tax_table
from adv_domain.store.billing.posting import read_tax_rates
from adv_domain.store.engine import reading
from tasks.intake.step import import_file
from tasks.resources import resources

ON = date(2026, 11, 25)


@pytest.fixture
def table(sqlite_home):
    for path in sorted((bundled_path("deployments") / "tax_rates").glob("*.csv")):
        taken = import_file("tax_rates", path, on=ON)
        assert (taken.accepted, taken.faults) == (taken.read, [])
    with reading(resources().engine) as connection:
        return tax_table(read_tax_rates(connection))


@pytest.mark.parametrize(
    ("seller", "buyer", "product_class", "percent", "code"),
    [
        ("ES-CN", Buyer("ES", "38001"), "standard", "7", "L"),
        ("ES-CN", Buyer("ES", "28013"), "standard", "0", "G"),
        ("ES", Buyer("ES", "38001"), "standard", "0", "G"),
        ("FR", Buyer("FR", "69002"), "reduced", "5.5", "S"),
        ("FR", Buyer("FR", "20090"), "reduced", "2.1", "S"),
        ("FR", Buyer("FR", "20090"), "standard", "20", "S"),
        ("FR", Buyer("FR", "97400"), "standard", "0", "G"),
        ("FR-974", Buyer("RE"), "standard", "8.5", "S"),
        ("FR-973", Buyer("GF"), "standard", "0", "E"),
        ("FR", Buyer("ES", vat_id="ESB12345674"), "standard", "0", "K"),
    ],
)
def test_row_34_the_rate_of_a_supply_by_territory(
    table, seller, buyer, product_class, percent, code
):
    decision = decided_tax(Seller(seller), buyer)
    found = rate_of(
        table,
        decision.rates_of,
        category=decision.category_of(product_class),
        on=ON,
    )
    assert f"{(found.rate * 100).normalize():f}" == percent
    assert found.meaning.vat_code == code
