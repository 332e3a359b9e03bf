"""`adv rebates` shows what has accrued, as of any day (row 33)."""

import json
from datetime import date

from click.testing import CliRunner

from flows.commands.rebates import rebates
from flows.direct import run_directly
from tasks.credits.credit_notes import credit_invoice
from tasks.intake.step import import_file
from tests.builders import a_customer, a_delivery, a_product, an_order

HEADER = "customer,valid_from,valid_to,threshold,rate_percent,basis\n"
ROWS = "C1,2026-01-01,2027-01-01,50,10,whole\nC1,2026-01-01,2027-01-01,20,5,whole\n"


def _agree(tmp_path, rows=ROWS):
    path = tmp_path / "rebates.csv"
    path.write_text(HEADER + rows)
    return import_file("rebates", path, on=date(2026, 1, 1))


def _shown(*args):
    return CliRunner().invoke(rebates, ["--as-of", *args])


def _invoice(engine, no, day):
    order_id = an_order(engine, customer_id=1, product_id=1, no=no)
    a_delivery(engine, order_id, no=f"D{no}")
    run_directly("invoicing", on=day)


def test_row_33_the_rebate_accrues_with_what_is_invoiced(engine, tmp_path):
    assert _shown("2026-01-31").output.startswith("no rebate is agreed at 2026-01-31")
    a_customer(engine)
    a_product(engine)
    assert _agree(tmp_path).accepted == 2
    assert _agree(tmp_path).duplicate == 2
    _invoice(engine, "O1", date(2026, 1, 31))
    _invoice(engine, "O2", date(2026, 2, 15))
    assert "1.50 EUR, 5% of 30.00, 20.00 short of 50" in _shown("2026-01-31").output
    assert "6.00 EUR, 10% of 60.00" in _shown("2026-02-28").output
    credit_invoice(
        invoice_no="F-2026-000002",
        reason_code="return",
        reason="came back",
        by="Ana",
        on=date(2026, 3, 1),
    )
    credit_invoice(
        invoice_no="F-2026-000001",
        reason_code="rebate",
        reason="of the year",
        by="Ana",
        on=date(2026, 3, 1),
    )
    told = json.loads(_shown("2026-03-01", "--json").output)
    assert told["totals"] == {"EUR": "1.50"}
    [one] = told["rebates"]
    assert (one["turnover"], one["accrued"], one["rate_percent"]) == (
        "30.00",
        "1.50",
        "5",
    )
    again = json.loads(_shown("2026-02-28", "--json").output)
    assert again["totals"] == {"EUR": "6.00"}


def test_row_33_the_report_leaves_as_csv_and_says_what_is_unclear(engine, tmp_path):
    a_customer(engine)
    _agree(tmp_path)
    path = tmp_path / "out.csv"
    result = _shown("2026-06-30", "--csv", str(path))
    assert result.exit_code == 0
    header, row = path.read_text("utf-8-sig").splitlines()
    assert header.startswith("customer,customer_name,currency,valid_from,valid_to")
    assert row.startswith("C1,Customer C1,EUR,2026-01-01,2027-01-01,whole,0.00")
    assert _shown("2026-06-30", "--csv", str(tmp_path)).exit_code == 2
    _agree(tmp_path, "C1,2026-01-01,2026-07-01,90,12,whole\n")
    unclear = _shown("2026-06-30")
    assert unclear.exit_code == 1
    assert "different valid_to or basis" in unclear.output
