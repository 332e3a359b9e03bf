"""Row 42: a line is credited by an amount before tax, and never beyond what is left."""

from decimal import Decimal

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from adv_domain.documents.making import cii_bytes, ubl_bytes
from adv_domain.rules.credits.creditable import CreditRefused
from adv_domain.store.tables import event, instalment, invoice, invoice_line
from flows.commands.credit_note import credit_note
from tasks.credits.credit_notes import credit_lines
from tests.documents.test_einvoice import told
from tests.schematron import Rulebook
from tests.tasks.test_amounts import (
    ON,
    D,
    a_shipped_order,
    broken,
    credited,
    heads,
    invoiced,
    policy,
    rows,
)
from tests.tasks.test_joint_notes import document_of

NO = "F-2026-000001"
TWO_LINES = {"lines": 2, "line": {"description": "Oak chair"}}
A_TENTH_OFF = '[[amounts.customers]]\ncustomers = ["C1"]\ndiscount_rate = 0.1\n'


def lowered(code="price", **nets):
    """Lower lines, line_1="4.00", by amounts before tax."""
    return credit_lines(
        invoice_no=NO,
        nets={int(name.removeprefix("line_")): D(net) for name, net in nets.items()},
        reason_code=code,
        reason="the old price was charged",
        by="Ana",
        on=ON,
    )


def open_amounts(engine):
    found = rows(engine, select(instalment.c.open_amount).order_by(instalment.c.id))
    return [row.open_amount for row in found]


def test_row_42_one_line_is_lowered_by_an_amount_at_its_own_tax(home, engine):
    a_shipped_order(engine, order=TWO_LINES)
    invoiced()
    number = lowered(line_2="4.50")
    [line] = rows(
        engine,
        select(invoice_line)
        .join(invoice, invoice.c.id == invoice_line.c.invoice_id)
        .where(invoice.c.invoice_no == number),
    )
    assert (line.qty, line.unit, line.unit_price) == (D(-1), "LS", D("4.50"))
    assert (line.net, line.lowers_line_no) == (D("-4.50"), 2)
    assert line.description == "Amount off line 2: Oak chair"
    assert (heads(engine)[1].tax, heads(engine)[1].gross) == (D("-0.95"), D("-5.45"))
    assert open_amounts(engine) == [D("67.15"), D(0)]
    assert broken(engine) == set()


def test_row_42_never_more_than_is_left_of_the_line_by_amount_or_by_quantity(engine):
    a_shipped_order(engine, order=TWO_LINES)
    invoiced()
    lowered(line_1="12.00")
    with pytest.raises(CreditRefused, match=r"line 1 has 18\.00 EUR.*not 18\.01"):
        lowered(line_1="18.01")
    with pytest.raises(CreditRefused, match=r"line 1 has 18\.00 EUR.*not 20\.00"):
        credited(quantities={1: D(2)})
    credited(quantities={1: D(1)})
    with pytest.raises(CreditRefused, match=r"line 1 has 8\.00 EUR.*not 8\.01"):
        lowered(line_1="8.01", line_2="1.00")
    lowered(line_1="8.00", line_2="1.00")
    with pytest.raises(CreditRefused, match=r"line 1 has 0\.00 EUR"):
        lowered(line_1="0.01")
    credited()
    assert sum(head.gross for head in heads(engine)) == 0
    assert set(open_amounts(engine)) == {D(0)}
    assert broken(engine) == set()


@pytest.mark.parametrize(
    ("nets", "why"),
    [
        ({"line_9": "1.00"}, "it has no line 9"),
        ({"line_1": "0"}, r"0 is no amount in EUR \(line 1\)"),
        ({"line_1": "-1"}, "-1 is no amount in EUR"),
        ({"line_1": "1.001"}, "1.001 is no amount in EUR"),
    ],
)
def test_row_42_what_is_no_amount_of_a_line_is_refused(engine, nets, why):
    a_shipped_order(engine)
    invoiced()
    with pytest.raises(CreditRefused, match=why):
        lowered(**nets)
    assert len(heads(engine)) == 1


def test_row_42_a_discount_in_per_cent_goes_back_with_the_line_to_the_cent(
    home, engine
):
    """Of 60.00 less a tenth a line of 30.00 is lowered thrice by 9.99 and by 0.03."""
    policy(home, A_TENTH_OFF)
    a_shipped_order(engine, order=TWO_LINES)
    invoiced()
    assert heads(engine)[0].net == D("54.00")
    for amount in ("9.99", "9.99", "9.99", "0.03"):
        lowered(line_1=amount)
    assert sum(head.net for head in heads(engine)[1:]) == D("-27.00")
    credited()
    assert sum(head.gross for head in heads(engine)) == 0
    assert broken(engine) == set()


def test_row_42_no_tax_rate_gives_back_more_tax_than_it_has(engine):
    """0.03 net bears 0.01 of tax, rounded up; ten of them more than all the line's."""
    a_shipped_order(engine, order={"qty": D("0.03")})
    invoiced()
    for _ in range(10):
        lowered(line_1="0.03")
    assert (
        heads(engine)[0].tax
        == D("0.06")
        == -sum(head.tax for head in heads(engine)[1:])
    )
    assert set(open_amounts(engine)) == {D(0)}
    assert broken(engine) == set()


def test_row_35_cash_rounding_goes_back_with_the_last_amount_off_a_line(home, engine):
    policy(home, "[amounts.cash_steps]\nEUR = 0.05\n")
    a_shipped_order(engine, order={"line": {"unit_price": D("10.01")}})
    invoiced()
    lowered(line_1="10.00")
    lowered(line_1="20.03")
    assert [head.rounding for head in heads(engine)] == [D("0.01"), D(0), D("-0.01")]
    assert set(open_amounts(engine)) == {D(0)}


def test_an_amount_off_a_line_counts_as_entry_error_of_the_lines_order(engine):
    a_shipped_order(engine)
    invoiced()
    lowered("price", line_1="3.00")
    told_of = rows(engine, select(event.c.what).where(event.c.entity == "order"))
    assert ("entry error found late",) in [tuple(row) for row in told_of]


def test_row_73_the_official_rules_accept_an_amount_off_a_line(home, engine):
    policy(home, A_TENTH_OFF)
    a_shipped_order(engine, customer={"language": "fr"}, order=TWO_LINES)
    invoiced()
    document = document_of(engine, lowered(line_2="4.50"))
    assert document.lines[0].description.startswith("Montant crédité sur la ligne 2 :")
    assert document.reason == "the old price was charged"
    invoice_model = told(document)
    xml = cii_bytes(invoice_model)
    assert b'unitCode="LS">1<' in xml
    book = Rulebook()
    try:
        for form, data in (("cii", xml), ("ubl", ubl_bytes(invoice_model))):
            fired, found = book.verdict(data, rules=form)
            assert fired > 40
            assert [one for one in found if one[0] == "fatal"] == []
    finally:
        book.close()


def test_row_42_the_command_lowers_lines_and_refuses_what_is_unclear(engine):
    a_shipped_order(engine, order=TWO_LINES)
    invoiced()
    given = [NO, "--reason-code", "price", "--reason", "x", "--by", "Ana"]

    def typed(*more):
        result = CliRunner().invoke(credit_note, [*given, *more])
        return result.exit_code, result.output

    assert typed("--line-net", "1=4.00", "--line-net", "2=0.50") == (
        0,
        f"A-2026-000001 credits {NO}\n",
    )
    for more, why in (
        (("--line-net", "1"), "LINE=AMOUNT"),
        (("--line-net", "1=NaN"), "LINE=AMOUNT"),
        (("--line-net", "1=1", "--line-net", "1=2"), "named twice"),
        (("--line-net", "1=1", "--line", "2=1"), "not both"),
        (("F-2026-000002", "--line-net", "1=1"), "--line-net is for one invoice"),
    ):
        status, said = typed(*more)
        assert (status, why in said) == (2, True), said
    status, said = typed("--line-net", "1=99")
    assert (status, "line 1 has 26.00 EUR before tax left" in said) == (1, True)
    assert "not 99.00; credit that: --line-net 1=26.00" in " ".join(said.split())
    assert D(len(heads(engine))) == Decimal(2)
