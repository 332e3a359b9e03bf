"""A company's first day, lived through by the command line, each command a process."""

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from adv_domain.files.camt_out import StatementEntry, StatementHead, camt053

ROOT = Path(__file__).resolve().parent.parent
ACCOUNT = "ES9121000418450200051332"
CUSTOMERS = """code,name,country,currency,language,email,payment_terms,credit_limit
C1,Casa Uno,ES,EUR,es,uno@example.com,net30,10000
C2,Maison Deux,FR,EUR,fr,deux@example.com,two_halves,
"""
PRODUCTS = """code,name,list_price,currency
P1,Chair,10.00,EUR
P2,Table,25.50,EUR
"""
ORDERS = """\
customer,customer_ref,ordered_on,requested_on,line,product,quantity,price,currency
C1,R1,{day},{later},1,P1,10,10.00,EUR
C1,R1,{day},{later},2,P2,2,25.50,EUR
C2,R2,{day},{later},1,P2,4,25.50,EUR
C2,R3,{day},{later},1,P9,1,5.00,EUR
C2,R4,{day},{later},1,P1,many,10.00,EUR
"""
STOCK = """message_id,kind,customer,customer_ref,line,quantity,date,delivery_no
M1,shipment,C1,R1,,,{day},D1
M2,shipment,C2,R2,1,3,{day},D2
"""
LEGACY = """invoice,customer,issued_on,due_on,amount,currency
OLD-1,C1,{issued},{due},200.00,EUR
"""


def adv(home, *arguments, **settings):
    """Run adv as its own process; return exit status, standard output and error."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("ADV_")
    }
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", *map(str, arguments)],
        cwd=home,
        env={
            **environment,
            "ADV_HOME": str(home / "home"),
            "PYTHONPATH": str(ROOT),
            **settings,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def said(home, *arguments, status=0, **settings):
    """Run adv with --json; standard output must be exactly one JSON document."""
    code, out, err = adv(home, *arguments, "--json", **settings)
    assert code == status, (arguments, out, err)
    return json.loads(out)


class Company:
    """A company whose first day was lived through by the command line."""

    def __init__(self, home):
        self.home = home
        self.said = {}

    def say(self, *arguments, status=0):
        return said(self.home, *arguments, status=status)

    def write(self, name, text):
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def live_through_the_first_day(self):
        """Take files, run the day and the night, and let money come."""
        _files_come_in(self)
        _the_day_goes_on(self)
        _the_night_closes(self)
        _money_comes(self)


def _files_come_in(company):
    company.say("init")
    company.day = date.fromisoformat(company.say("kpi", "show")["as_of"])
    dates = {
        "day": company.day,
        "later": company.day + timedelta(days=14),
        "issued": company.day - timedelta(days=50),
        "due": company.day - timedelta(days=20),
    }
    company.orders = company.write("orders.csv", ORDERS.format(**dates))
    company.stock = STOCK.format(**dates)
    files = {
        "customers": company.write("customers.csv", CUSTOMERS),
        "products": company.write("products.csv", PRODUCTS),
        "legacy-invoices": company.write("legacy.csv", LEGACY.format(**dates)),
    }
    for kind, path in files.items():
        company.said[kind] = company.say("import", kind, path)
    company.said["inspect"] = company.say("orders", "inspect", company.orders, status=1)
    for name in ("orders", "orders again"):
        company.said[name] = company.say("import", "orders", company.orders, status=1)


def _the_day_goes_on(company):
    entry = StatementEntry(
        entry_ref="E1",
        amount=Decimal("50.00"),
        booked_on=company.day,
        payer_name="Casa Uno",
        text="OLD-1",
    )
    company.write("home/inbox/bank/first.xml", _statement(company, "S1", [entry]))
    company.said["hourly"] = company.say("run", "hourly", "--direct")
    company.said["preview"] = company.say("dunning", "preview", "--date", company.day)


def _statement(company, reference, entries, opening="0.00"):
    head = StatementHead(
        account=ACCOUNT,
        statement_ref=reference,
        currency="EUR",
        on=company.day,
        opening=Decimal(opening),
    )
    return camt053(head, entries)


def _the_night_closes(company):
    company.write("home/inbox/deliveries/stock.csv", company.stock)
    nightly = ("run", "nightly", "--direct", "--date", company.day)
    company.said["nightly"] = company.say(*nightly)
    company.said["nightly again"] = company.say(*nightly)


def _money_comes(company):
    listed = company.say("invoice", "list")
    company.number = next(
        one["number"] for one in listed if "R1" in _refs(company, one)
    )
    entries = [
        StatementEntry(
            entry_ref="E2",
            amount=Decimal("100.00"),
            booked_on=company.day,
            payer_name="Casa Uno",
            text=f"part of {company.number}",
        ),
        StatementEntry(
            entry_ref="E3",
            amount=Decimal("7.77"),
            booked_on=company.day,
            payer_name="Nobody We Know",
            text="thanks",
        ),
    ]
    path = company.write("second.xml", _statement(company, "S2", entries, "50.00"))
    company.said["bank inspect"] = company.say("bank", "inspect", path)
    company.said["bank"] = company.say("import", "bank", path)
    company.said["bank again"] = company.say("import", "bank", path)


def _refs(company, listed):
    orders = [company.say("order", number) for number in listed["orders"]]
    return [order["customer_ref"] for order in orders]
