"""A schema that ships documents the JSON form; reading and writing keep to it."""

import json
from pathlib import Path

import jsonschema
import pytest

from adv_domain.files.orders import own_json
from tests.files.orders.made_documents import an_order, read, written

ROOM = Path(own_json.__file__).parent
SCHEMA = json.loads((ROOM / "orders_schema.json").read_text(encoding="utf-8"))


def test_the_schema_names_what_is_read() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    defs = SCHEMA["$defs"]
    assert set(SCHEMA["properties"]) == set(own_json.FORM_KEYS)
    assert set(defs["order"]["properties"]) == set(own_json.ORDER_KEYS)
    assert set(defs["line"]["properties"]) == set(own_json.LINE_KEYS)
    assert set(defs["party_id"]["properties"]) == set(own_json.BUYER_ID_KEYS)
    assert set(defs["charge"]["properties"]) == set(own_json.CHARGE_KEYS)
    version = SCHEMA["properties"]["schema_version"]["const"]
    assert version == own_json.SCHEMA_VERSION


def test_what_is_written_keeps_the_schema() -> None:
    document = json.loads(written("json", an_order(), an_order("PO-2", lines=5)))
    jsonschema.validate(document, SCHEMA)


@pytest.mark.parametrize(
    "wrong",
    [
        {"orders": []},
        {"orders": [{"lines": []}]},
        {"orders": [{"customer_ref": "A", "lines": [{"product": "P1"}]}]},
        {"orders": [{"customer_ref": "A", "ordered_on": "5.1.2026"}]},
        {"orders": [{"customer_ref": "A", "document": "offer"}]},
    ],
)
def test_what_is_wrong_by_the_schema_is_refused(wrong: object) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, SCHEMA)


def test_a_key_that_is_not_known_is_told_once_and_changes_nothing() -> None:
    form = json.loads(written("json"))
    for order in form["orders"]:
        order["colour"] = "blue"
        for line in order["lines"]:
            line["qty"] = 9
    source_rows = read(json.dumps(form).encode())
    assert source_rows[0].order is not None
    found = own_json.read_json("a.json", json.dumps(form).encode())
    assert [(one.field, one.code) for one in found.warnings] == [
        ("orders[1].colour", "unknown_column"),
        ("orders[1].lines[1].qty", "unknown_column"),
    ]
