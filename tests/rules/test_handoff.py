import copy
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from hashlib import sha256

import jsonschema
import pytest

from adv_domain.files.handoff.schema import (
    FOLDER,
    MessageInvalid,
    check_message,
    schema_of,
)
from adv_domain.rules.stock.credit_word import CREDIT_WORDS, CreditFacts, credit_word
from adv_domain.rules.stock.handoff import (
    SCHEMA,
    SCHEMA_VERSION,
    Buyer,
    Carriage,
    Contact,
    HandoffLine,
    HandoffOrder,
    Holding,
    MessageKind,
    ReturnLine,
    ShipTo,
    handoff_message,
)
from adv_domain.rules.stock.shipping import shipped_together

ORDER = HandoffOrder(
    order_no="SO-000001",
    version=1,
    kind="order",
    customer_ref="PO 7",
    ordered_on=date(2025, 3, 3),
    requested_on=date(2025, 3, 10),
    buyer=Buyer("ALFKI", "Alfreds", value_class="A", priority=2, credit="watch"),
    ship_to=ShipTo(None, "Alfreds", "Obere Str. 57", "12209", "Berlin", None, "DE"),
    contact=Contact("Maria Anders", "030-0074321", "maria@alfki.example"),
    carriage=Carriage(
        shipping_policy="partial",
        incoterm="DAP",
        incoterm_place="Berlin",
        deliver_until=date(2025, 3, 14),
        weekdays="mon,wed",
        packing="EUR pallets, at most 1.60 m",
        papers="delivery note, certificate of origin",
        instructions="ring twice",
    ),
    lines=(
        HandoffLine(
            1, "P1", Decimal("10.000000"), "PCE", "Tea", confirmed_on=date(2025, 3, 11)
        ),
        HandoffLine(
            2,
            "P2",
            Decimal("2.5"),
            "KGM",
            customer_article="4711",
            requested_on=date(2025, 3, 12),
            confirmed_on=date(2025, 3, 12),
        ),
    ),
)
RETURN = ReturnLine("R0000001", 1, "P1", Decimal(2), "PCE", None, "wrong colour")
FROZEN = {
    1: "15edf844d8b678cf5480d044af20bdc360f459319d8289c0ff85198606d760ed",
    2: "fd61b3e1ec572a70ff3e9779cd3857a926481bd61798951c6d9099adab64e800",
    3: "7f10d88ab45fa47a6e2779125d0fc26d33a0eb7da87d79f4041b69cce1e103af",
}


def _paths(schema, at=()):
    """Yield the path of each mandatory field of a message."""
    for name in schema.get("required", ()):
        yield (*at, name)
    for name, part in schema.get("properties", {}).items():
        if part.get("type") == "array":
            yield from _paths(part["items"], (*at, name, 0))
        else:
            yield from _paths(part, (*at, name))


def _full():
    return handoff_message(replace(ORDER, returns=(RETURN,)))


def test_row_19_the_message_holds_all_that_stock_needs_to_know():
    message = handoff_message(ORDER)
    check_message(message)
    order = message["order"]
    assert message["message_id"] == "SO-000001/1"
    assert (order["customer"], order["customer_name"]) == ("ALFKI", "Alfreds")
    assert (order["priority"], order["value_class"], order["credit"]) == (
        2,
        "A",
        "watch",
    )
    assert (order["incoterm"], order["incoterm_place"]) == ("DAP", "Berlin")
    assert (order["deliver_from"], order["deliver_until"]) == (None, "2025-03-14")
    assert order["delivery_weekdays"] == ["mon", "wed"]
    assert order["packing"] == "EUR pallets, at most 1.60 m"
    assert order["papers"] == ["delivery note", "certificate of origin"]
    assert order["instructions"] == "ring twice"
    assert order["contact"] == {
        "name": "Maria Anders",
        "phone": "030-0074321",
        "email": "maria@alfki.example",
    }
    assert order["ship_to"]["postal_code"] == "12209"
    assert order["confirmed_on"] == "2025-03-12"
    assert [line["qty"] for line in message["lines"]] == ["10", "2.5"]
    assert [line["customer_article"] for line in message["lines"]] == [None, "4711"]
    assert [
        (line["requested_on"], line["confirmed_on"]) for line in message["lines"]
    ] == [
        ("2025-03-10", "2025-03-11"),
        ("2025-03-12", "2025-03-12"),
    ]


def test_row_19_the_schema_is_one_that_any_validator_reads():
    schema = schema_of(SCHEMA_VERSION)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"{SCHEMA}/{SCHEMA_VERSION}"
    for kind in MessageKind:
        order = replace(
            ORDER, kind=kind, returns=(RETURN,), held=Holding(None, "credit control")
        )
        message = handoff_message(order)
        jsonschema.validate(json.loads(json.dumps(message)), schema)
        check_message(message)


@pytest.mark.parametrize("path", list(_paths(schema_of(SCHEMA_VERSION))), ids=str)
def test_row_19_a_message_without_a_mandatory_field_does_not_leave(path):
    message = copy.deepcopy(_full())
    part = message
    for step in path[:-1]:
        part = part[step]
    del part[path[-1]]
    with pytest.raises(MessageInvalid, match=path[-1]):
        check_message(message)


@pytest.mark.parametrize("version", sorted(FROZEN))
def test_row_19_the_schema_of_a_version_never_changes(version):
    """Receivers rely on it: what must change becomes a new version."""
    data = (FOLDER / f"{version}.json").read_bytes()
    assert sha256(data).hexdigest() == FROZEN[version]
    assert schema_of(version)["properties"]["schema_version"] == {"const": version}


def test_row_19_every_version_in_the_tree_is_frozen_and_the_last_one_is_written():
    kept = sorted(int(path.stem) for path in FOLDER.glob("*.json"))
    assert kept == sorted(FROZEN) == list(range(1, SCHEMA_VERSION + 1))


def test_row_19_a_wrong_value_is_named_with_its_field():
    order = replace(ORDER, ship_to=ORDER.ship_to._replace(country="Germany"))
    with pytest.raises(MessageInvalid, match=r"SO-000001/1: order\.ship_to\.country"):
        check_message(handoff_message(order))


@pytest.mark.parametrize("kind", ["order", "change", "pending"])
def test_row_19_only_an_end_may_come_without_lines(kind):
    with pytest.raises(MessageInvalid, match="lines"):
        check_message(handoff_message(replace(ORDER, kind=kind, lines=())))
    for end in ("cancel", "returns"):
        check_message(handoff_message(replace(ORDER, kind=end, lines=())))


def test_a_new_version_of_an_order_has_a_key_of_its_own():
    changed = handoff_message(replace(ORDER, version=2, kind="change"))
    assert changed["message_id"] == "SO-000001/2"


def test_row_21_complete_means_that_all_lines_leave_on_one_day():
    complete = replace(ORDER, carriage=Carriage("complete"))
    lines = handoff_message(complete)["lines"]
    assert [line["confirmed_on"] for line in lines] == ["2025-03-12", "2025-03-12"]
    first, last = date(2025, 3, 1), date(2025, 3, 9)
    assert shipped_together([last, None, first], policy="complete") == [last] * 3
    assert shipped_together([None, None], policy="complete") == [None, None]


@pytest.mark.parametrize("policy", ["partial", "after_payment"])
def test_row_21_otherwise_each_line_leaves_on_its_own_day(policy):
    days = [date(2025, 3, 9), None, date(2025, 3, 1)]
    assert shipped_together(days, policy=policy) == days


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        (CreditFacts(), "good"),
        (CreditFacts(is_warned=True), "watch"),
        (CreditFacts(is_warned=True, is_released=True), "released"),
        (CreditFacts(is_warned=True, is_paid=True), "paid"),
        (CreditFacts(is_held=True, is_paid=True), "held"),
        (CreditFacts(is_held=True, is_stopped=True), "stopped"),
    ],
)
def test_credit_is_told_by_its_gravest_word(facts, word):
    assert credit_word(facts) == word


def test_the_schema_knows_the_words_of_credit():
    known = schema_of(SCHEMA_VERSION)["properties"]["order"]["properties"]["credit"]
    assert set(known["enum"]) == set(CREDIT_WORDS)
