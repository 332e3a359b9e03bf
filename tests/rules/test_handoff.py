import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

from adv_domain.rules.stock.handoff import (
    SCHEMA,
    SCHEMA_VERSION,
    HandoffLine,
    HandoffOrder,
    handoff_message,
)

SCHEMA_FILE = Path(__file__).parents[2] / "adv_domain/files/handoff_schema.json"
ORDER = HandoffOrder(
    order_no="SO-000001",
    version=1,
    kind="order",
    customer="ALFKI",
    customer_ref="PO 7",
    ordered_on=date(2025, 3, 3),
    requested_on=date(2025, 3, 10),
    shipping_policy="partial",
    ship_to_name="Alfreds",
    ship_to_address="Obere Str. 57, Berlin",
    ship_to_country="DE",
    instructions=None,
    lines=(
        HandoffLine(1, "P1", "Tea", Decimal("10.000000"), "PCE", None),
        HandoffLine(2, "P2", None, Decimal("2.5"), "KGM", date(2025, 3, 12)),
    ),
)


def test_the_message_keeps_to_its_schema():
    schema = json.loads(SCHEMA_FILE.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    message = handoff_message(ORDER)
    jsonschema.validate(json.loads(json.dumps(message)), schema)
    assert schema["$id"] == f"{SCHEMA}/{SCHEMA_VERSION}"
    assert message["message_id"] == "SO-000001/1"
    assert [line["qty"] for line in message["lines"]] == ["10", "2.5"]
    assert [line["requested_on"] for line in message["lines"]] == [
        "2025-03-10",
        "2025-03-12",
    ]


@pytest.mark.parametrize("field", ["message_id", "kind", "order", "lines"])
def test_a_message_without_a_mandatory_field_is_no_message(field: str):
    schema = json.loads(SCHEMA_FILE.read_text())
    message = handoff_message(ORDER)
    del message[field]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(message, schema)


def test_a_new_version_of_an_order_has_a_key_of_its_own():
    changed = handoff_message(replace(ORDER, version=2, kind="change"))
    assert changed["message_id"] == "SO-000001/2"
