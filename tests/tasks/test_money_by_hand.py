"""Money told by a person is refused where it would double, stray or be no money."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from adv_domain.rules.payments.hand_match import MatchRefused
from adv_domain.store.tables import payment
from tasks.payments.by_hand import ReceivedMoney, record_payment
from tasks.payments.receivables import Complaint, open_dispute
from tasks.resources import business_day, now
from tests.builders import a_customer
from tests.receivables import DAY, D, an_invoice, open_amounts, rows

WHO = {"by": "Ana", "reason": "phone call", "on": DAY}


def _adv(*arguments):
    from flows.cli import cli

    return CliRunner().invoke(cli, arguments)


def test_another_customers_invoice_is_refused_by_its_owner(engine):
    a_customer(engine)
    other = an_invoice(engine, a_customer(engine, "C2"))
    money = ReceivedMoney("C1", D(5), DAY, invoices=(other,))
    with pytest.raises(MatchRefused, match=f"{other} is of customer C2, not of C1"):
        record_payment(money, **WHO)
    assert rows(engine, payment, "id") == []
    assert open_amounts(engine) == [D("100.00")]


def test_a_second_click_does_not_double_the_money(engine):
    a_customer(engine)
    a_customer(engine, "C2")
    money = ReceivedMoney("C1", D("1500.00"), DAY)
    first = record_payment(money, **WHO).payment_id
    again = f"1,500.00 EUR of C1 was recorded already as payment {first}; give --ref"
    with pytest.raises(MatchRefused, match=again):
        record_payment(money, **WHO)
    for other in (
        ReceivedMoney("C2", D("1500.00"), DAY),
        ReceivedMoney("C1", D("1500.01"), DAY),
        ReceivedMoney("C1", D("1500.00"), DAY, currency="USD"),
        ReceivedMoney("C1", D("1500.00"), DAY - timedelta(days=1)),
        ReceivedMoney("C1", D("1500.00"), DAY, reference="cheque 2"),
    ):
        record_payment(other, **WHO)
    record_payment(money, **(WHO | {"on": DAY + timedelta(days=1)}))
    assert len(rows(engine, payment, "id")) == 7


def test_amounts_are_written_out(engine):
    no = an_invoice(engine, a_customer(engine), 1, "2000.00")
    who = ("--by", "Ana", "--reason", "x", "--date", DAY.isoformat())
    told = _adv("payment", "record", "C1", "1.5E+3", *who)
    assert told.exit_code == 0, told.output
    assert told.stdout.strip().endswith("allocated 0.00, unapplied 1,500.00")
    told = _adv("payment", "record", "C1", "1E+9", *who)
    assert told.exit_code == 1
    assert "above 999,999,999.99" in told.stderr
    told = _adv("payment", "dispute", no, "--owner", "sales", "--amount", "1E+3", *who)
    assert "disputed 1,000.00" in told.stdout
    with pytest.raises(MatchRefused, match=r"at most 1000\.00"):
        open_dispute(Complaint(no, "price", "sales", D("1E+4")), **WHO)
    with pytest.raises(MatchRefused, match="at most 2 decimals"):
        open_dispute(Complaint(no, "price", "sales", D("0.001")), **WHO)


def test_a_date_to_come_is_refused(engine):
    a_customer(engine)
    ahead = (business_day(now()) + timedelta(days=2)).isoformat()
    who = ("--by", "Ana", "--reason", "x", "--date", ahead)
    told = _adv("payment", "record", "C1", "5", *who)
    assert (told.exit_code, "has not come yet" in told.stderr) == (1, True)
    assert rows(engine, payment, "id") == []
