"""How `adv` ends: 0 done, 1 business failures that it names, 2 usage."""

import pytest

from adv_domain.store.engine import writing
from adv_domain.store.leases import take_lease
from tasks.resources import now, resources
from tests.builders import a_customer, a_delivery, a_product, an_order
from tests.first_day import adv, said


@pytest.mark.parametrize(
    ("status", "arguments"),
    [
        (1, ["order", "NONE"]),
        (1, ["customer", "NONE"]),
        (1, ["invoice", "NONE"]),
        (2, ["run", "everything"]),
        (2, ["import", "tables", "x.csv"]),
        (2, ["import", "orders", "absent.csv"]),
        (2, ["bank", "inspect", "absent.xml"]),
        (2, ["nonsense"]),
        (2, ["kpi", "show", "--as-of", "yesterday"]),
        (2, ["--home", "elsewhere", "order", "R1"]),
    ],
)
def test_refusals_end_with_their_status_and_one_line_of_cause(
    sqlite_home, status, arguments
):
    code, out, err = adv(sqlite_home.parent, *arguments)
    assert (code, out) == (status, "")
    assert err.strip()
    assert "Traceback" not in err


@pytest.mark.parametrize("command", ["order", "customer", "invoice"])
def test_a_refusal_is_one_json_document_too(sqlite_home, command):
    refused = said(sqlite_home.parent, command, "NONE", status=1)
    assert list(refused) == ["error"]
    assert "NONE" in refused["error"]


def test_a_held_step_is_one_json_document_too(sqlite_home):
    engine = resources().engine
    with writing(engine) as connection:
        take_lease(connection, step="invoicing", shard=0, owner="me", now=now())
    asked = ("run", "invoicing", "--direct")
    refused = said(sqlite_home.parent, *asked, status=1, ADV_LOCK_WAIT_SECONDS="0.1")
    assert "another run holds invoicing" in refused["error"]


def test_a_failed_run_names_documents_and_causes(sqlite_home):
    engine = resources().engine
    order_id = an_order(
        engine,
        customer_id=a_customer(engine, tax_category="unrated"),
        product_id=a_product(engine),
    )
    a_delivery(engine, order_id)
    asked = ("run", "invoicing", "--direct", "--date", "2026-01-31")
    told = said(sqlite_home.parent, *asked, status=1)
    assert (told["flow"], told["date"], told["done"]) == (
        "invoicing",
        "2026-01-31",
        {},
    )
    [failed] = told["failed"]
    assert list(failed) == ["document", "code", "message"]
    assert (failed["document"], failed["code"]) == ("O1", "missing_tax_rate")
    assert "no tax rate for category unrated" in failed["message"]
    assert said(sqlite_home.parent, *asked)["waiting"] == 1
