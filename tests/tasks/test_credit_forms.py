"""Row 42: the form credits what the command credits, and refuses it in its words."""

from decimal import Decimal

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from adv_domain.rules.credits.creditable import CreditRefused
from adv_domain.store.credits.crediting import InvoiceUnknown
from adv_domain.store.engine import reading
from adv_domain.store.tables import credit_part, invoice, invoice_line
from flows.actions.form import NoAmount, NoDay
from flows.actions.issue_credit_note import issue_credit_note
from flows.commands.credit_note import credit_note
from tasks.credits.credit_wanted import CreditUnclear
from tests.tasks.test_joint_notes import (  # noqa: F401  # the fixture is used by its name
    FIRST,
    LAST,
    ON,
    invoiced,
)

SAID = {"reason_code": "rebate", "by": "Ana", "reason": "agreed", "business_date": ON}
YEAR = {"customer": "C1", "first_on": "2026-01-01", "last_on": "2026-02-09"}


def form(**fields):
    return issue_credit_note.fn(**{**SAID, **fields}).message


def notes(engine):
    with reading(engine) as connection:
        return connection.execute(
            select(invoice).where(invoice.c.kind == "credit_note")
        ).all()


@pytest.mark.parametrize(
    ("fields", "net"),
    [
        ({"invoice": f"{FIRST}, {LAST}", "amount": "36.30"}, "-30.00"),
        ({"invoice": f"{FIRST},{LAST}", "net": "12.00"}, "-12.00"),
        ({"invoice": f"{FIRST}, {LAST}"}, "-90.00"),
        ({**YEAR, "net": "9.00"}, "-9.00"),
        ({"invoice": LAST, "lines": "1=2, 2=1"}, "-30.00"),
        ({"invoice": LAST, "line_nets": "1=2.00, 2=1.50"}, "-3.50"),
        ({"invoice": LAST, "amount": "12.10"}, "-10.00"),
        ({"invoice": LAST}, "-60.00"),
    ],
    ids=lambda one: "+".join(one) if isinstance(one, dict) else "",
)
def test_row_42_the_form_takes_several_invoices_a_period_and_lines(
    invoiced,  # noqa: F811  # the fixture
    fields,
    net,
):
    said = form(**fields)
    [note] = notes(invoiced)
    assert note.net == Decimal(net)
    named = fields.get("invoice", "the period 2026-01-01 to 2026-02-09 of C1")
    for one in named.split(","):
        assert one.strip() in said
    with reading(invoiced) as connection:
        parts = connection.execute(select(credit_part)).all()
        lines = connection.execute(
            select(invoice_line.c.id).where(invoice_line.c.invoice_id == note.id)
        ).all()
    assert len(parts) == (0 if fields.get("invoice") == LAST else 2)
    assert len(lines) == (
        2 if fields.get("invoice") == LAST and "amount" not in fields else 1
    )


UNCLEAR = [
    ({"invoice": FIRST, "lines": "1=1", "amount": "1"}, "not both"),
    ({"invoice": FIRST, "net": "1", "amount": "1"}, "not both"),
    ({"invoice": f"{FIRST}, {LAST}", "lines": "1=1"}, "--line is for one invoice"),
    ({"invoice": f"{FIRST}, {FIRST}"}, "named twice"),
    ({"invoice": FIRST, "customer": "C1"}, "not both"),
    ({"customer": "C1"}, "give an invoice NUMBER"),
    ({}, "give an invoice NUMBER"),
    ({"invoice": FIRST, "lines": "1"}, "LINE=QTY"),
    ({"invoice": FIRST, "line_nets": "1=x"}, "LINE=AMOUNT"),
    ({"invoice": FIRST, "line_nets": "1=1,1=2"}, "line 1 is named twice"),
    ({"invoice": FIRST, "by": " "}, "needs --by"),
]
_OPTIONS = {
    "by": "--by",
    "amount": "--amount",
    "net": "--net",
    "customer": "--customer",
    "lines": "--line",
    "line_nets": "--line-net",
}


@pytest.mark.parametrize(("fields", "why"), UNCLEAR)
def test_row_42_form_and_command_refuse_the_same_in_the_same_words(
    invoiced,  # noqa: F811  # the fixture
    fields,
    why,
):
    with pytest.raises(CreditUnclear) as refused:
        form(**fields)
    assert why in str(refused.value)
    numbers = [one.strip() for one in fields.get("invoice", "").split(",") if one]
    typed = ["--reason-code", "rebate", "--reason", "agreed", "--by", "Ana"]
    for name, value in fields.items():
        for one in value.split(",") if name in _OPTIONS else ():
            typed += [_OPTIONS[name], one]
    ended = CliRunner().invoke(credit_note, [*numbers, *typed, "--date", str(ON)])
    assert (ended.exit_code, str(refused.value) in ended.output) == (2, True)
    assert notes(invoiced) == []


def test_row_42_the_form_refuses_what_the_rules_refuse(invoiced):  # noqa: F811
    for fields, error in (
        ({"invoice": "F-1"}, InvoiceUnknown),
        ({"invoice": f"{FIRST}, F-1"}, InvoiceUnknown),
        ({"invoice": LAST, "line_nets": "1=30.01"}, CreditRefused),
        ({"invoice": f"{FIRST}, {LAST}", "amount": "200"}, CreditRefused),
        ({**YEAR, "reason_code": "price", "net": "1"}, CreditRefused),
        ({"invoice": FIRST, "amount": "ten"}, NoAmount),
        ({**YEAR, "last_on": "31/12/2026"}, NoDay),
    ):
        with pytest.raises(error):
            form(**fields)
    assert notes(invoiced) == []
