"""Row 42: the reason codes of credit notes are policy, and do what it says."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from adv_domain.policies import load_policy, read_policy
from adv_domain.policy_credit_reasons import ErrorType
from adv_domain.policy_file import InvalidPolicy
from adv_domain.rules.credits.creditable import CreditRefused
from adv_domain.rules.credits.joint_credits import JointCredit
from adv_domain.rules.orders.rule_settings import ENTRY_FAMILIES
from adv_domain.store.credits.undoing import Undo
from adv_domain.store.tables import cancelled_invoice, goods_return, invoice
from flows.commands.credit_note import credit_note
from flows.direct import execute
from tasks.credits.credit_notes import credit_lines
from tasks.credits.joint_notes import credit_together
from tasks.credits.undo import undo_run
from tests.builders import DAY, _insert
from tests.documents.test_einvoice import WORDS
from tests.store.kpi_rows import day
from tests.store.test_entry_errors import as_known
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

DAMAGE = """
[credit_reasons.damage]
es = "Mercancía dañada"
en = "Damaged goods"
fr = "Marchandise endommagée"
"""


def asked_about(engine):
    return len(rows(engine, select(cancelled_invoice)))


def test_row_42_a_reason_of_ones_own_is_printed_in_the_customers_language(home, engine):
    policy(home, DAMAGE)
    a_shipped_order(engine, customer={"language": "fr"})
    invoiced()
    number = credited(reason_code="damage", quantities={1: D(1)})
    document = document_of(engine, number)
    assert document.reason_name == "Marchandise endommagée"
    from adv_domain.documents.fact_views import reason_text

    said = reason_text(document, labels=WORDS["fr"])
    assert said == "Marchandise endommagée : came back"
    policy(home, DAMAGE.replace("endommagée", "cassée"))
    assert document_of(engine, number) == document
    assert broken(engine) == set()


def test_row_42_a_built_in_reason_has_its_name_and_may_get_another(home, engine):
    a_shipped_order(engine)
    invoiced()
    credited(reason_code="return", quantities={1: D(1)})
    policy(home, '[credit_reasons.return]\nen = "Sent back"\n')
    credited(reason_code="return", quantities={1: D(1)})
    names = [row.reason_name for row in heads(engine)]
    assert names == [None, "Goods returned", "Sent back"]


def test_row_42_an_unknown_reason_is_told_with_all_that_are_known(home, engine):
    policy(home, DAMAGE + "[credit_reasons.late_delivery]\nuse = false\n")
    a_shipped_order(engine)
    invoiced()
    wish = Undo(1, "mood", "x", "asked", "Ana", ON)
    for act in (
        lambda: credited(reason_code="mood"),
        lambda: credit_together(
            invoice_nos=["F-2026-000001"],
            asked=JointCredit("mood", "x", ON),
            by="Ana",
        ),
        lambda: undo_run(wish, execute=execute),
        lambda: credited(reason_code="late_delivery"),
    ):
        with pytest.raises(ValueError, match=r"is unknown; known: price, .*damage"):
            act()
    assert len(heads(engine)) == 1


def test_row_81_a_reason_counts_as_the_entry_error_that_the_policy_says(home, engine):
    policy(
        home,
        DAMAGE
        + 'entry_error = "product"\n[credit_reasons.price]\nentry_error = "none"\n',
    )
    a_shipped_order(engine)
    invoiced()
    credited(reason_code="damage", quantities={1: D(1)})
    credited(reason_code="price", quantities={1: D(1)})
    assert [row.error_type for row in heads(engine)] == [None, "product", ""]
    ordered = (DAY - day(0)).days
    found = as_known(engine, ordered, on=ordered + 40)
    assert found["order_entry_error_rate:product"].value == 1
    assert found["order_entry_error_rate:price"].value == 0


def test_row_31_only_a_reason_that_rebills_asks_what_becomes_of_the_goods(home, engine):
    policy(home, DAMAGE)
    a_shipped_order(engine)
    invoiced()
    credited(reason_code="damage")
    assert asked_about(engine) == 0


def test_row_31_a_reason_of_ones_own_may_ask_what_becomes_of_the_goods(home, engine):
    policy(home, DAMAGE + "rebill = true\n")
    a_shipped_order(engine)
    invoiced()
    credited(reason_code="damage")
    assert asked_about(engine) == 1


def test_row_43_goods_that_must_come_back_first_are_credited_once_they_have(
    home, engine
):
    policy(home, DAMAGE + "needs_goods = true\n")
    order_id = a_shipped_order(engine)
    invoiced()
    with pytest.raises(CreditRefused, match="has booked 0 of the line, not 1"):
        credited(reason_code="damage", quantities={1: D(1)})
    back = {
        "stock_message_id": 1,
        "order_id": order_id,
        "order_line_id": 1,
        "delivery_id": 1,
        "returned_on": ON,
        "qty": D(2),
        "qty_billed": D(2),
        "qty_over": D(0),
    }
    _insert(engine, goods_return, back)
    credited(reason_code="damage", quantities={1: D(1)})
    with pytest.raises(CreditRefused, match="has booked 1 of the line, not 2"):
        credited(reason_code="damage")
    with pytest.raises(CreditRefused, match="give quantities"):
        credit_lines(
            invoice_no="F-2026-000001",
            nets={1: D(5)},
            reason_code="damage",
            reason="x",
            by="Ana",
            on=ON,
        )
    credited(reason_code="damage", quantities={1: D(1)})
    with pytest.raises(CreditRefused, match="has booked 0 of the line"):
        credited(reason_code="damage", quantities={1: D(1)})
    assert len(rows(engine, select(invoice))) == 3


def test_the_command_lists_the_reasons_with_what_each_does(sqlite_home):
    policy(sqlite_home, DAMAGE + "needs_goods = true\n")
    told = CliRunner().invoke(credit_note, ["reasons", "--json"])
    listed = {one["code"]: one for one in json.loads(told.output)}
    assert listed["damage"] == {
        "code": "damage",
        "name": "Damaged goods",
        "entry_error": None,
        "rebill": False,
        "needs_goods": True,
    }
    assert listed["price"]["entry_error"] == "price"
    words = CliRunner().invoke(credit_note, ["reasons"]).output
    assert "damage               Damaged goods; only for goods that came back" in words
    without = CliRunner().invoke(credit_note, ["F-1", "--reason", "x", "--by", "Ana"])
    assert (without.exit_code, "--reason-code" in without.output) == (2, True)


@pytest.mark.parametrize(
    ("text", "key", "why"),
    [
        ('[credit_reasons.damage]\nen = "Damage"', "damage", "missing: es, fr"),
        ("[credit_reasons.Damage]", "Damage", "20 small letters"),
        ("[credit_reasons.return]\nuse = false", "return.use", "stays in use"),
        (
            "[credit_reasons.price]\nentry_error = 'mood'",
            "price.entry_error",
            "must be 'price'",
        ),
    ],
)
def test_a_mistake_in_the_reasons_is_named_by_its_key(tmp_path, text, key, why):
    path = tmp_path / "policy.toml"
    path.write_text(text)
    with pytest.raises(InvalidPolicy) as caught:
        load_policy(path)
    [mistake] = caught.value.mistakes
    assert mistake.key == f"credit_reasons.{key}"
    assert why in mistake.message


def test_every_type_of_entry_error_can_be_named():
    from typing import get_args

    assert get_args(ErrorType) == (*ENTRY_FAMILIES, "none")
    assert read_policy(b"").credit_reasons == {}
