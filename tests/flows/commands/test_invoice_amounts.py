"""`adv invoice` and `adv price` say in which order an amount comes about, and why."""

import json
from decimal import Decimal

from click.testing import CliRunner

from flows.commands.invoice import invoice
from flows.commands.price import price
from tests.builders import a_customer, a_product
from tests.tasks.test_amounts import D, a_shipped_order, invoiced, policy

OWN = """
[amounts.cash_steps]
EUR = 0.05
[[amounts.customers]]
groups = ["retail"]
discount_rate = 0.05
charges = [{ description = "Portes", amount = 6.50 }]
"""


def shown(*args):
    result = CliRunner().invoke(invoice, ["F-2026-000001", *args])
    assert result.exit_code == 0, result.output
    return result.output


def a_retailer(engine):
    a_shipped_order(
        engine,
        customer={
            "customer_group": "retail",
            "tax_category": "equivalence_surcharge",
        },
        order={
            "lines": 2,
            "line": {"discount_rate": D("0.1"), "unit_price": D("9.99")},
        },
    )
    assert invoiced().done == {"invoices": 1}


def test_row_33_each_step_from_price_to_payment_is_on_the_screen(home, engine):
    policy(home, OWN)
    a_retailer(engine)
    screen = shown()
    steps = [
        "3 pcs Product P1 at 9.99 less 10%: 26.97",
        "discount 5% of 53.94: -2.70 (tax standard 21%)",
        "Portes: 6.50 (tax standard 21%)",
        "tax standard 21% of 57.74: 12.13",
        "surcharge standard 5.2% of 57.74: 3.00",
        "from ES to ES to a retailer under the recargo de equivalencia",
        "cash rounding -0.02: to pay 72.85",
        "due 2026-03-02: 72.85 (net 57.74 + tax 15.13)",
    ]
    places = [screen.find(step) for step in steps]
    assert -1 not in places, screen
    assert places == sorted(places)


def test_row_34_the_tax_of_the_lines_sums_to_the_documents(home, engine):
    policy(home, OWN)
    a_retailer(engine)
    told = json.loads(shown("--json"))
    parts = [*told["lines"], *told["charges"]]
    assert sum(Decimal(one["tax"]) for one in parts) == Decimal(told["tax"])
    [due] = told["instalments"]
    assert Decimal(due["net"]) == Decimal(told["net"])
    assert Decimal(due["tax"]) == Decimal(told["tax"])
    assert (due["rounding"], told["payable"]) == ("-0.02", "72.85")
    assert told["tax_rounding"] == "document"
    assert [one["kind"] for one in told["taxes"]] == ["vat", "surcharge"]


def test_row_33_the_order_of_prices_is_stated_with_the_agreed_price(home, engine):
    a_customer(engine)
    a_product(engine)
    asked = ["--customer", "C1", "--product", "P1", "--date", "2026-01-05"]
    screen = CliRunner().invoke(price, asked).output
    at = screen.index("How the amount of an invoice comes about")
    names = [
        "list price",
        "agreement",
        "quantity break",
        "line discount",
        "document discount",
        "charges and freight",
        "tax",
        "cash rounding",
    ]
    places = [screen.index(f" {name}:", at) for name in names]
    assert places == sorted(places)
    told = json.loads(CliRunner().invoke(price, [*asked, "--json"]).output)
    assert [one.split(":")[0] for one in told["amount_order"]] == names
