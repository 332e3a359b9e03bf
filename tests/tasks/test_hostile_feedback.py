"""Files of stock's news that are damaged, hostile or about somebody else's order.

All lie in the inbox at once: each is told with its name and what to do, none is lost,
none changes an order, and the good ones beside them are booked.
"""

import json
from datetime import date

import pytest
from sqlalchemy import select

from adv_domain.store.engine import reading
from adv_domain.store.tables import failure, file_fault, order_line, source_file
from flows.direct import run_directly
from tasks.resources import resources
from tests.builders import a_customer, a_product, an_order
from tests.files.test_despatch_advice import ORDER, a_line, an_advice
from tests.tasks.feedback_runs import news

ON = date(2026, 1, 6)
GOOD = news("G1,shipment,O1,1,1,2026-01-05")
DTD = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


def message(**fields):
    known = {
        "message_id": "X",
        "kind": "shipment",
        "order_no": "O1",
        "date": "2026-01-05",
        "lines": [{"line": 1, "quantity": "1"}],
    }
    return json.dumps({"messages": [known | fields]}).encode()


WHOLE_FILES = {
    "empty.csv": (b"", "empty_file"),
    "blank.csv": (b" \n\n", "empty_file"),
    "empty.json": (b"{}", "not_json"),
    "no-messages.json": (b'{"messages": []}', "empty_file"),
    "cut.json": (message()[:-30], "not_json"),
    "twice.json": (b'{"messages": [{"kind": "a", "kind": "b"}]}', "repeated_key"),
    "deep.json": (b"[" * 100_000, "not_json"),
    "latin.json": ('{"messages": ["é"]}'.encode("latin-1"), "wrong_encoding"),
    "cut.xml": (an_advice().encode()[:-40], "not_xml"),
    "bomb.xml": (
        (DTD + an_advice().partition("\n")[2].replace("Hammer", "&b;")).encode(),
        "document_type",
    ),
    "order.xml": (
        an_advice().replace("DespatchAdvice", "Order").encode(),
        "other_document",
    ),
    "nul.csv": (GOOD.encode() + b"\0", "binary_file"),
    "old.xls": (b"\xd0\xcf\x11\xe0" + b"x" * 100, "unsupported_format"),
    "headless.csv": (b"M1,shipment,O1,1,1,2026-01-05\n", "missing_column"),
}


def order(number):
    return ORDER.replace("SO-1", number)


def rows_refused():
    """Return files of one row each, and the fault of that row."""
    line = {"line": 1, "quantity": "1"}
    return {
        "negative.csv": (news("X,shipment,O1,1,-1,2026-01-05"), "out_of_range"),
        "huge.csv": (news("X,shipment,O1,1,1e30,2026-01-05"), "not_a_number"),
        "large.csv": (news("X,shipment,O1,1,2000000000,2026-01-05"), "out_of_range"),
        "ancient.csv": (news("X,shipment,O1,1,1,1900-01-01"), "date_before_order"),
        "to-come.csv": (news("X,shipment,O1,1,1,2190-01-01"), "date_in_future"),
        "far-off.csv": (news("X,new_date,O1,1,,2190-01-01"), "date_far_off"),
        "negative.json": (message(lines=[{**line, "quantity": -1}]), "out_of_range"),
        "boolean.json": (message(lines=[{"line": True}]), "not_a_text"),
        "nan.json": (
            message(lines=[{**line, "quantity": float("nan")}]),
            "not_a_number",
        ),
        "unit.json": (message(lines=[{**line, "unit": "KGM"}]), "other_unit"),
        "zone.json": (message(told_at="2026-01-05T10:00:00"), "not_a_moment"),
        "elsewhere.json": (message(order_no="O2", customer="of 1"), "other_order"),
        "stranger.json": (
            message(order_no=None, customer="of 2", customer_ref="ref O1"),
            "unknown_order",
        ),
        "quantity.xml": (
            an_advice(a_line(qty="-1"), order=order("O1")),
            "out_of_range",
        ),
        "weight.xml": (an_advice(a_line(unit="KGM"), order=order("O1")), "other_unit"),
    }


@pytest.fixture
def inbox(sqlite_home):
    engine = resources().engine
    product_id = a_product(engine)
    for number in (1, 2):
        customer_id = a_customer(engine, code=f"C{number}")
        an_order(
            engine,
            no=f"O{number}",
            state="handed_off",
            customer_id=customer_id,
            product_id=product_id,
        )
    folder = sqlite_home / "inbox/deliveries"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def put(folder, files):
    for name, (content, _) in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / name).write_bytes(data)


def told():
    """Return by file its state, its faults, and the failure that says so."""
    with reading(resources().engine) as connection:
        files = connection.execute(select(source_file)).all()
        faults = connection.execute(select(file_fault)).all()
        failed = connection.execute(select(failure.c.document, failure.c.message)).all()
    codes = {one.id: set() for one in files}
    for fault in faults:
        codes[fault.source_file_id].add(fault.code)
    return {one.name: (one, codes[one.id]) for one in files}, dict(
        tuple(one) for one in failed
    )


def shipped():
    with reading(resources().engine) as connection:
        return list(
            connection.execute(
                select(order_line.c.qty_shipped).order_by(order_line.c.id)
            ).scalars()
        )


def test_what_cannot_be_trusted_is_told_kept_and_changes_nothing(inbox):
    files = WHOLE_FILES | rows_refused()
    put(inbox, files | {"zz-good.csv": (GOOD, "")})
    [end] = run_directly("delivery", on=ON)
    home = resources().settings.home
    found, failed = told()
    assert {name for name, (_, codes) in found.items() if not codes} == {"zz-good.csv"}
    for name, (content, code) in files.items():
        file, codes = found[name]
        assert codes == {code}, name
        assert (home / file.report).is_file(), name
        kept = (home / file.stored_as).read_bytes()
        assert kept == (content if isinstance(content, bytes) else content.encode())
    for name in WHOLE_FILES:
        assert found[name][0].state == "quarantined"
        assert any(name in document for document in failed), name
    assert end.outcome.done["shipments"] == 1
    assert shipped() == [1, 0]
    assert list(inbox.iterdir()) == []
    [again] = run_directly("delivery", on=ON)
    assert again.outcome.message == "nothing to do"
