"""Row 42: one credit note over several invoices, or over a period for a rebate."""

import json
from datetime import date
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from adv_domain.documents.making import cii_bytes, ubl_bytes
from adv_domain.rules.credits.creditable import CreditRefused
from adv_domain.rules.credits.joint_credits import JointCredit
from adv_domain.store.audit import audit
from adv_domain.store.billing.documents import document_rows
from adv_domain.store.billing.issued import issued_document
from adv_domain.store.credits.crediting import InvoiceUnknown, read_creditable
from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import (
    allocation,
    cancelled_invoice,
    credit_part,
    credit_part_tax,
    event,
    instalment,
    invoice,
    invoice_tax,
)
from flows.commands.credit_note import credit_note
from flows.commands.invoice import invoice as invoice_command
from flows.commands.rebates import rebates
from flows.direct import run_directly
from tasks.credits.credit_notes import credit_amount, credit_invoice
from tasks.credits.joint_notes import RebatePeriod, credit_period, credit_together
from tests.builders import a_customer, a_delivery, a_product, an_order
from tests.documents.test_einvoice import told

FIRST, LAST = "F-2026-000001", "F-2026-000002"
ON = date(2026, 2, 10)


@pytest.fixture
def invoiced(engine):
    """An invoice of 30.00 net in January, one of 60.00 in February; 21 per cent."""
    customer_id, product_id = a_customer(engine), a_product(engine)
    for at, day in enumerate((date(2026, 1, 31), date(2026, 2, 5)), start=1):
        order_id = an_order(
            engine,
            customer_id=customer_id,
            product_id=product_id,
            no=f"O{at}",
            lines=at,
        )
        a_delivery(engine, order_id, no=f"D{at}")
        run_directly("invoicing", on=day)
    return engine


def asked(**how):
    known = {"reason_code": "return", "reason": "broken", "on": ON}
    return JointCredit(**{**known, **how})


def together(*numbers, **how):
    return credit_together(
        invoice_nos=numbers or (FIRST, LAST), asked=asked(**how), by="Ana"
    )


def rows(engine, table, *columns):
    with reading(engine) as connection:
        found = connection.execute(select(*columns) if columns else select(table))
        return [tuple(row) for row in found]


def open_amounts(engine):
    with reading(engine) as connection:
        return dict(
            connection.execute(
                select(invoice.c.invoice_no, instalment.c.open_amount)
                .join(instalment, instalment.c.invoice_id == invoice.c.id)
                .order_by(invoice.c.id)
            )
            .tuples()
            .all()
        )


def broken(engine):
    with reading(engine) as connection:
        return {one.name for one in audit(connection) if one.violations} - {
            "handed_orders_have_a_message"  # builders ship without it
        }


def document_of(engine, number):
    with reading(engine) as connection:
        note_id = connection.execute(
            select(invoice.c.id).where(invoice.c.invoice_no == number)
        ).scalar_one()
        [found] = document_rows(connection, [note_id])
    return issued_document(found)


def test_row_42_one_credit_note_names_several_invoices_and_is_set_against_each(
    invoiced,
):
    number = together(gross=Decimal("36.30"))
    assert open_amounts(invoiced) == {
        FIRST: Decimal("24.20"),
        LAST: Decimal("48.40"),
        number: Decimal(0),
    }
    assert rows(invoiced, credit_part, credit_part.c.gross) == [
        (Decimal("-12.10"),),
        (Decimal("-24.20"),),
    ]
    document = document_of(invoiced, number)
    assert [one.number for one in document.corrects] == [FIRST, LAST]
    assert [one.issued_on.day for one in document.corrects] == [31, 5]
    for xml in (cii_bytes(told(document)), ubl_bytes(told(document))):
        assert FIRST.encode() in xml
        assert LAST.encode() in xml
    assert broken(invoiced) == set()


def test_row_42_what_a_joint_note_gave_is_gone_for_every_later_note(invoiced):
    together(gross=Decimal("36.30"))
    with pytest.raises(CreditRefused, match=r"24.20 is left"):
        credit_amount(
            invoice_no=FIRST,
            amount=Decimal("24.21"),
            reason_code="return",
            reason="again",
            by="Ana",
            on=ON,
        )
    with pytest.raises(CreditRefused, match=r"72.60 is left, not 72.61"):
        together(gross=Decimal("72.61"))
    rest = credit_invoice(
        invoice_no=FIRST, reason_code="return", reason="rest", by="Ana", on=ON
    )
    last = together(LAST, net=Decimal(40))
    assert open_amounts(invoiced) == {
        FIRST: Decimal(0),
        LAST: Decimal(0),
        "A-2026-000001": Decimal(0),
        rest: Decimal(0),
        last: Decimal(0),
    }
    with pytest.raises(CreditRefused, match=rf"{FIRST} cannot.*nothing of it is left"):
        together()
    assert broken(invoiced) == set()


def test_row_42_all_that_is_left_of_several_takes_them_back_and_asks_what_becomes(
    invoiced,
):
    together(reason_code="cancellation")
    assert set(open_amounts(invoiced).values()) == {Decimal(0)}
    assert len(rows(invoiced, cancelled_invoice)) == 2
    credited = rows(invoiced, event, event.c.what, event.c.entity_id)
    assert len([one for one in credited if one[0] == "credited"]) == 2
    assert broken(invoiced) == set()


def test_row_42_what_was_paid_before_stays_as_the_customers_credit(invoiced):
    credit_amount(
        invoice_no=FIRST,
        amount=Decimal("36.30"),
        reason_code="return",
        reason="all",
        by="Ana",
        on=ON,
    )
    with pytest.raises(CreditRefused, match=rf"{FIRST} cannot.*leave it out"):
        together()
    assert rows(invoiced, credit_part) == []


def test_row_42_invoices_of_two_customers_or_that_do_not_exist_are_refused(invoiced):
    other = an_order(
        invoiced, customer_id=a_customer(invoiced, "C2"), product_id=1, no="O3"
    )
    a_delivery(invoiced, other, no="D3")
    run_directly("invoicing", on=ON)
    with pytest.raises(CreditRefused, match="not of one customer"):
        together(FIRST, "F-2026-000003")
    with pytest.raises(InvoiceUnknown, match="F-2026-000009"):
        together(FIRST, "F-2026-000009")
    with pytest.raises(CreditRefused, match="before its own date"):
        together(on=date(2026, 2, 1))
    with pytest.raises(CreditRefused, match="is no amount in EUR"):
        together(gross=Decimal("1.001"))


def test_row_42_two_joint_notes_at_once_never_exceed_their_invoices(invoiced):
    start, ends = Barrier(2), []

    def _credit():
        start.wait()
        try:
            ends.append(together(gross=Decimal(70)))
        except CreditRefused as error:
            ends.append(str(error))

    threads = [Thread(target=_credit) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(end.startswith("A-2026") for end in ends) == [False, True]
    assert any("38.90 is left, not 70" in end for end in ends)
    assert broken(invoiced) == set()


def test_row_42_a_rebate_names_its_period_in_place_of_the_invoices(invoiced):
    period = RebatePeriod("C1", date(2026, 1, 1), date(2026, 2, 9))
    how = {"reason_code": "rebate", "reason": "3 per cent", "net": Decimal("2.70")}
    number = credit_period(period=period, asked=asked(**how), by="Ana")
    document = document_of(invoiced, number)
    assert document.corrects == ()
    assert document.period == (date(2026, 1, 1), date(2026, 2, 9))
    assert (document.net, document.tax) == (Decimal("-2.70"), Decimal("-0.57"))
    assert rows(invoiced, credit_part, credit_part.c.gross) == [
        (Decimal("-1.09"),),
        (Decimal("-2.18"),),
    ]
    for xml in (cii_bytes(told(document)), ubl_bytes(told(document))):
        assert b"20260101" in xml or b"2026-01-01" in xml
    with reading(invoiced) as connection:
        assert read_creditable(connection, LAST).gross_left == Decimal("70.42")
    assert broken(invoiced) == set()


def test_row_42_only_a_rebate_and_only_a_past_period_may_be_named(invoiced):
    year = RebatePeriod("C1", date(2026, 1, 1), date(2026, 12, 31))
    with pytest.raises(CreditRefused, match="only a rebate may name a period"):
        credit_period(period=year, asked=asked(net=Decimal(1)), by="Ana")
    with pytest.raises(CreditRefused, match="by 2026-02-10"):
        credit_period(
            period=year, asked=asked(reason_code="rebate", net=Decimal(1)), by="Ana"
        )
    empty = RebatePeriod("C1", date(2025, 1, 1), date(2025, 12, 31))
    with pytest.raises(CreditRefused, match="nothing invoiced in it"):
        credit_period(
            period=empty, asked=asked(reason_code="rebate", net=Decimal(1)), by="Ana"
        )


@pytest.mark.parametrize("last_day", ["2026-02-09", "2026-02-10"])
def test_row_42_the_rebate_that_accrued_is_given_once(invoiced, tmp_path, last_day):
    """Named by its last day, or by the file's valid_to, the first day without it."""
    from tasks.intake.step import import_file

    path = tmp_path / "rebates.csv"
    path.write_text(
        "customer,valid_from,valid_to,threshold,rate_percent,basis\n"
        "C1,2026-01-01,2026-02-10,50,10,whole\n"
    )
    import_file("rebates", path, on=date(2026, 1, 1))
    said = ["--reason-code", "rebate", "--reason", "of the year", "--by", "Ana"]
    shown = CliRunner().invoke(rebates, ["--as-of", "2026-02-10"]).output
    assert "from 2026-01-01 to 2026-02-09" in shown
    period = ["--customer", "C1", "--from", "2026-01-01", "--to", last_day]
    run = [*period, *said, "--date", str(ON)]
    done = CliRunner().invoke(credit_note, [*run, "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["credit_note"] == "A-2026-000001"
    printed = document_of(invoiced, "A-2026-000001").period
    assert printed == (date(2026, 1, 1), date(2026, 2, 9))
    [(net,)] = [
        (base,)
        for base, number in rows(
            invoiced, invoice_tax, invoice_tax.c.base, invoice_tax.c.invoice_id
        )
        if number == 3
    ]
    assert net == Decimal("-9.00")
    again = CliRunner().invoke(credit_note, run)
    assert (again.exit_code, "9.00 were given before" in again.output) == (1, True)
    other = CliRunner().invoke(
        credit_note, [*period[:-1], "2026-02-08", *said, "--date", str(ON)]
    )
    assert (other.exit_code, "--net or --amount" in other.output) == (1, True)
    assert "agreed: 2026-01-01 to 2026-02-09" in other.output


def test_row_42_the_command_takes_several_and_the_screen_shows_the_chain(invoiced):
    said = [
        "--reason-code",
        "return",
        "--reason",
        "x",
        "--by",
        "Ana",
        "--date",
        str(ON),
    ]
    done = CliRunner().invoke(credit_note, [FIRST, LAST, "--amount", "12.10", *said])
    assert done.output.strip() == f"A-2026-000001 credits {FIRST}, {LAST}"
    shown = CliRunner().invoke(invoice_command, ["A-2026-000001"])
    assert f"corrects {FIRST}" in shown.output
    assert f"corrects {LAST}" in shown.output
    assert "A-2026-000001" in CliRunner().invoke(invoice_command, [LAST]).output
    wrong = {
        (FIRST, LAST, "--line", "1=1"): "--line is for one invoice",
        (FIRST, FIRST): "named twice",
        (FIRST, "--customer", "C1"): "not both",
        ("--customer", "C1"): "give an invoice NUMBER",
        (
            FIRST,
            "--amount",
            "1",
            "--net",
            "1",
        ): "give --line, --line-net, --amount or --net, not both",
    }
    for args, why in wrong.items():
        ended = CliRunner().invoke(credit_note, [*args, *said])
        assert (ended.exit_code, why in ended.output) == (2, True), ended.output


def test_row_42_the_money_of_a_joint_note_is_allocated_over_the_invoices(invoiced):
    together(gross=Decimal(70))
    given = rows(invoiced, allocation, allocation.c.amount, allocation.c.evidence)
    assert given == [
        (Decimal("23.33"), "credit note A-2026-000001"),
        (Decimal("46.67"), "credit note A-2026-000001"),
    ]


def test_row_42_the_audit_finds_a_part_that_is_not_what_the_note_says(invoiced):
    together(gross=Decimal("36.30"))
    with writing(invoiced) as connection:
        connection.execute(
            update(credit_part_tax)
            .where(credit_part_tax.c.invoice_id == 1)
            .values(base=Decimal(-11))
        )
    assert broken(invoiced) == {
        "credit_parts_make_their_note",
        "credit_parts_are_as_posted",
    }


def test_row_42_the_audit_finds_parts_beyond_their_invoice(invoiced):
    together(gross=Decimal("36.30"))
    with writing(invoiced) as connection:
        connection.execute(
            update(credit_part)
            .where(credit_part.c.invoice_id == 1)
            .values(gross=Decimal(-37))
        )
    assert "credit_notes_within_their_invoice" in broken(invoiced)
