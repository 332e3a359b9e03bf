"""Row 75: `adv invoice` tells how a document came about and what became of it."""

import json
import re
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner

from adv_domain.rules.credits.joint_credits import JointCredit
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import counted_statements, insert_rows
from adv_domain.store.tables import exchange_rate
from flows.commands.invoice import invoice
from flows.direct import run_directly
from tasks.credits.credit_notes import credit_amount
from tasks.credits.joint_notes import RebatePeriod, credit_period
from tasks.payments.by_hand import ReceivedMoney, record_payment
from tests.builders import a_customer, a_delivery, a_product, an_order
from tests.tasks import two_nights as nights

ON = date(2026, 1, 31)


def screen(number):
    result = CliRunner().invoke(invoice, [number])
    assert result.exit_code == 0, result.output
    # the minute at which something was made or sent is that of the clock
    return re.sub(
        r"(made|sent|queued) 20\d\d-\d\d-\d\d \d\d:\d\d", r"\1 then", (result.output)
    )


def told(number):
    return json.loads(CliRunner().invoke(invoice, [number, "--json"]).output)


def missing(number, *lines):
    """Those of the lines that are not on the screen, in their order."""
    shown, left = iter(screen(number).splitlines()), []
    for line in lines:
        if not any(line in one for one in shown):
            left.append(line)
            shown = iter(screen(number).splitlines())
    return left


@pytest.fixture
def lived(engine, home):
    """Two nights with documents of all kinds; returns an invoice by its order."""
    nights.founded(engine, home)
    for _, work, afterwards in nights.NIGHTS:
        work()
        if afterwards:
            afterwards(engine)

    def _number(order_no, at=0):
        with reading(engine) as connection:
            return nights.invoices_of(connection, order_no)[at]

    return _number


def test_row_75_each_kind_of_document_tells_its_whole_story(lived):
    advance, final = lived("O-AHEAD"), lived("O-AHEAD", 1)
    whole, part, joint = (lived(no) for no in ("O-0", "O-5", "O-1"))
    first, anew = lived("P-1"), lived("P-1", 1)
    stories = {
        advance: (
            f"{advance}  advance invoice of 2026-01-31 for AHEAD, order O-AHEAD",
            "net 9.00 + tax 1.89 = 10.89 EUR, open 0.00",
            "an advance is paid already",
            "received 10.89, booked 2026-01-08",
            f"{final} of 2026-01-31 deducts 9.00 before tax",
            "mail to ahead@example.com: sent then",
            f"pdf documents/2026/{advance}.pdf, made then",
        ),
        final: (
            "deliveries D-A of 2026-01-20",
            "3 pcs Product P1 at 10.00: 30.00",
            f"deducts advance invoice {advance}: -9.00 (tax standard 21%)",
            "tax standard 21% of 21.00: 4.41",
            "from ES to ES, within one territory of VAT",
            "due 2026-03-02: 25.41 (net 21.00 + tax 4.41), open 25.41",
            "add 30 days: 2026-03-02",
        ),
        lived("MONTH"): (
            "for MONTH, order O-3, O-4",
            "deliveries D-3 of 2026-01-05, D-4 of 2026-01-05",
            "open 108.90",
        ),
        whole: (
            "set off by A-2026-000001: 36.30",
            "credited by A-2026-000001 of 2026-01-31: -36.30 (price: agreed)",
            "cancelled 2026-01-31; its deliveries: asked",
            f"adv rebill {whole} --choose recreate|ignore",
            "credited  Ana: A-2026-000001 (price): agreed",
        ),
        "A-2026-000001": (
            "credit note of 2026-01-31 for EN, order O-0",
            "because of price: agreed",
            "a credit is due at once",
            f"set against {whole}: 36.30",
            f"corrects {whole}",
        ),
        part: ("open 67.60", "set off by A-2026-000002: 5.00"),
        joint: ("credited by A-2026-000003 of 2026-01-31: -72.60 (price: agreed)",),
        "A-2026-000003": (
            f"set against {joint}: 72.60",
            f"set against {lived('O-6')}: 36.30",
            f"corrects {joint}",
            f"corrects {lived('O-6')}",
        ),
        first: (
            "cancelled 2026-02-03; its deliveries: recreate (Ana)",
            "was undone 2026-02-03 by Ana, price: wrong prices",
            f"billed anew by {anew}",
        ),
        anew: (f"bills anew what {first} had billed", "mail to es@example.com: sent"),
    }
    assert {
        no: gone for no, said in stories.items() if (gone := missing(no, *said))
    } == {}
    view = told(first)
    assert (view["billed_anew_by"], view["bills_anew"]) == ([anew], [])
    assert [one["reason"] for one in view["undone"]] == ["wrong prices"]
    assert told(advance)["is_advance"]
    assert [one["kind"] for one in told("A-2026-000003")["payments"]] == [
        "credit_given",
        "credit_given",
    ]


def test_row_75_a_mail_that_has_not_left_says_since_when_and_why(engine, home):
    a_customer(engine)
    order_id = an_order(engine, customer_id=1, product_id=a_product(engine))
    a_delivery(engine, order_id)
    run_directly("invoicing", on=ON)
    run_directly("documents", on=ON)
    [no] = _numbers(engine)
    assert "mail to c1@example.com: queued, queued then" in screen(no)
    nights.undo_run_of(engine, no)
    assert "mail to c1@example.com: withdrawn, queued then (run " in screen(no)


@pytest.mark.parametrize(
    "amounts",
    [
        ("USD", "36.30", "20.00", "5.10", "11.20", "1.20"),
        ("JPY", "36", "20", "5", "11", "160"),
        ("KWD", "36.300", "20.000", "5.100", "11.200", "0.33"),
    ],
)
def test_row_75_amounts_have_the_digits_of_their_currency(engine, home, amounts):
    currency, gross, paid, credit, left, rate = amounts
    with writing(engine) as connection:
        row = {"currency": currency, "base": "EUR", "valid_from": date(2026, 1, 1)}
        insert_rows(connection, exchange_rate, [{**row, "rate": Decimal(rate)}])
    a_customer(engine, currency=currency)
    product_id = a_product(engine, currency=currency)
    order_id = an_order(engine, customer_id=1, product_id=product_id, currency=currency)
    a_delivery(engine, order_id)
    run_directly("invoicing", on=ON)
    [no] = _numbers(engine)
    money = ReceivedMoney(
        customer="C1",
        amount=Decimal(paid),
        booked_on=ON,
        reference="cheque 1",
        invoices=(no,),
        currency=currency,
    )
    record_payment(money, by="Ana", reason="by post", on=ON)
    credit_amount(
        invoice_no=no,
        amount=Decimal(credit),
        reason_code="price",
        reason="typo",
        by="Ana",
        on=ON,
    )
    tax = Decimal(gross) - 30
    assert (
        missing(
            no,
            f"= {gross} {currency}, open {left}",
            f"tax in EUR: {told(no)['company_tax']['amount']}, at {rate.rstrip('0')}",
            f"(net {Decimal(gross) - tax:f} + tax {tax:f}), open {left}",
            f"received {paid}",
            f"set off by A-2026-000001: {credit}",
            f"credited by A-2026-000001 of 2026-01-31: -{credit} (price: typo)",
        )
        == []
    )


def test_row_75_a_rebate_says_of_which_period_it_is(engine, home):
    a_customer(engine)
    order_id = an_order(engine, customer_id=1, product_id=a_product(engine))
    a_delivery(engine, order_id)
    run_directly("invoicing", on=ON)
    [no] = _numbers(engine)
    note = credit_period(
        period=RebatePeriod("C1", date(2026, 1, 1), date(2026, 1, 31)),
        asked=JointCredit("rebate", "3 per cent", date(2026, 2, 10), net=Decimal(1)),
        by="Ana",
    )
    assert (
        missing(
            note,
            "because of rebate: 3 per cent",
            "for the period 2026-01-01 to 2026-01-31",
            f"corrects {no}",
        )
        == []
    )
    assert missing(no, f"credited by {note} of 2026-02-10: -1.21 (rebate: 3 per") == []


def test_row_75_the_statements_of_a_story_do_not_grow_with_it(lived, engine):
    numbers = [lived("MONTH"), lived("P-1")]
    counts = []
    for no in numbers:
        with counted_statements(engine) as seen:
            screen(no)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def _numbers(engine):
    with reading(engine) as connection:
        return nights.invoices_of(connection)
