"""Are the payment terms of orders and customers held against agreement and law?"""

import json
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from adv_domain.fault_wording import fault_text
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import insert_rows
from adv_domain.store.tables import customer, order_fault, payment_term, sales_order
from flows.cli import cli
from flows.direct import run_directly
from tasks.doctor import examine
from tests.builders import a_customer, a_product, an_order

TODAY = date(2026, 1, 6)


def net(days):
    return {"lines": [{"share": "remainder", "due": [["add_days", days]]}]}


NET_90 = {"code": "net90", "name": "90 days net", "definition": net(90)}


@pytest.fixture
def faults(engine):
    """Validate an order that asks for terms; return code and sentence of its faults."""
    a_product(engine)

    def _faults(asked, **of_customer):
        with writing(engine) as connection:
            insert_rows(connection, payment_term, [NET_90])
        a_customer(engine, **of_customer)
        line = {"product_code": "P1", "unit_price": None, "net": None}
        order = {"customer_code": "C1", "state": "received", "payment_terms": asked}
        an_order(engine, customer_id=None, product_id=None, line=line, **order)
        run_directly("validation", on=TODAY)
        with reading(engine) as connection:
            rows = connection.execute(select(order_fault)).all()
        return {
            row.code: fault_text(row.message, row.clash, language="en") for row in rows
        }

    return _faults


def test_the_agreed_terms_pass_and_so_does_silence(faults):
    assert faults("net30") == {}


def test_other_terms_are_held_with_both_named(faults):
    assert faults("net60") == {
        "payment_terms": "the order asks for the payment terms net60 (up to 60 days), "
        "agreed are net30 (up to 30 days): settle with the customer which hold"
    }


def test_unknown_terms_are_held(faults):
    assert "the payment terms never are not known" in faults("never")["payment_terms"]


def test_terms_beyond_the_law_are_held_with_the_law(faults):
    found = faults("net90")
    assert found["terms_over_cap"] == (
        "the payment terms net90 leave up to 90 days to pay; in Spain the law allows "
        "60 days (Ley 3/2004, art. 4): agree on shorter ones"
    )
    assert set(found) == {"payment_terms", "terms_over_cap"}


def test_agreed_terms_beyond_the_law_are_told_and_go_on(engine, faults):
    found = faults(None, payment_terms="net90", country="FR")
    assert found == {
        "agreed_terms_over_cap": "the agreed payment terms net90 leave up to 90 days "
        "to pay; in France the law allows 60 days, or 45 days and the end of the month "
        "(Code de commerce, art. L441-10): agree on shorter ones"
    }
    with reading(engine) as connection:
        [state] = connection.execute(select(sales_order.c.state)).scalars()
    assert state == "accepted"


def _import(kind, path, text):
    path.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(cli, ["import", kind, str(path), "--json"])
    found = json.loads(done.stdout)
    counts = tuple(found[name] for name in ("accepted", "duplicate", "rejected"))
    return done.exit_code, counts, {one["code"]: one for one in found["faults"]}


LONG = json.dumps(net(90)).replace('"', '""')


def _customers(*rows):
    head = "code,name,country,party_kind,payment_terms,phone"
    return "\n".join((head, *rows)) + "\n"


def test_a_customers_term_beyond_a_strict_law_is_refused(home, tmp_path):
    row = f'C1,Sol,ES,business,"{LONG}",1'
    code, counts, faults = _import("customers", tmp_path / "c.csv", _customers(row))
    assert (code, counts) == (1, (0, 0, 1))
    fault = faults["terms_over_cap"]
    assert (fault["row"], fault["field"]) == (2, "payment_terms")
    assert (
        "leaves up to 90 days to pay; in ES the law allows 60 days"
        in (fault["message"])
    )
    assert fault["message"].endswith("give the customer a shorter term")


def test_one_that_may_be_agreed_is_told_and_taken(home, tmp_path):
    rows = (
        f'C1,Sonne,DE,business,"{LONG}",1',
        f'C2,Sun,US,business,"{LONG}",1',
        f'C3,Ana,ES,consumer,"{LONG}",1',
        "C4,Luna,ES,business,net60,1",
    )
    code, counts, faults = _import("customers", tmp_path / "c.csv", _customers(*rows))
    assert (code, counts) == (0, (4, 0, 0))
    assert set(faults) == {"long_terms"}
    assert faults["long_terms"]["row"] == 2
    assert faults["long_terms"]["message"].endswith("keep it on file")


def test_what_stands_already_is_told_and_does_not_stop_other_changes(
    home, engine, tmp_path
):
    a_customer(engine, "C1")
    _import("payment_terms", tmp_path / "t.csv", _term_file())
    with writing(engine) as connection:
        connection.execute(update(customer).values(payment_terms="long"))
    row = "C1,Customer C1,ES,business,long,2"
    code, counts, faults = _import("customers", tmp_path / "c.csv", _customers(row))
    assert (code, counts, set(faults)) == (0, (1, 0, 0), {"long_terms"})
    again = _import("customers", tmp_path / "d.csv", _customers(row) + "\n")
    assert again[:2] == (0, (0, 1, 0))
    moved = "code,name,country\nC1,Customer C1,BE\n"
    code, counts, faults = _import("customers", tmp_path / "e.csv", moved)
    assert (code, counts, set(faults)) == (1, (0, 0, 1), {"terms_over_cap"})


def _term_file():
    return f'code,name,definition\nlong,90 days net,"{LONG}"\n'


def test_a_term_that_comes_in_names_where_it_is_too_long(home, tmp_path):
    code, counts, faults = _import("payment_terms", tmp_path / "t.csv", _term_file())
    assert (code, counts) == (0, (1, 0, 0))
    assert (
        "in BE 60 days, ES 60 days, FR 60 days, or 45 days and the end of the"
        in (faults["long_terms"]["message"])
    )


def _terms(code, *days):
    due = json.dumps(net(days[0])).replace('"', '""')
    return f'code,name,definition\n{code},x,"{due}"\n'


def test_row_40_a_term_does_not_grow_beyond_the_law_under_its_customers(
    home, engine, tmp_path
):
    """net30 is what C1 in Spain has: it can become 60 days, not 61; one that no
    customer has, or one in Germany, is only told."""
    a_customer(engine, "C1")
    a_customer(engine, "C2", country="DE", payment_terms="net60")
    taken = _import("payment_terms", tmp_path / "a.csv", _terms("net30", 60))
    assert taken[:2] == (0, (1, 0, 0))
    code, counts, faults = _import(
        "payment_terms", tmp_path / "b.csv", _terms("net30", 61)
    )
    assert (code, counts) == (1, (0, 0, 1))
    fault = faults["terms_over_cap"]
    assert (fault["row"], fault["field"]) == (2, "definition")
    assert fault["message"] == (
        "definition line 1 leaves up to 61 days to pay; in ES the law allows 60 days "
        "(Ley 3/2004, art. 4), and customers there have this term: import the longer "
        "one under a code of its own"
    )
    told = _import("payment_terms", tmp_path / "c.csv", _terms("net60", 61))
    assert (told[:2], set(told[2])) == ((0, (1, 0, 0)), {"long_terms"})


def test_row_37_a_term_that_can_go_back_is_refused_at_every_door(home, tmp_path):
    back = json.dumps({"lines": [{"share": "remainder", "due": [["set_day", 10]]}]})
    cell = back.replace('"', '""')
    files = {
        "payment_terms": f'code,name,definition\nback,x,"{cell}"\n',
        "customers": _customers(f'C1,Sol,ES,business,"{cell}",1'),
    }
    for kind, text in files.items():
        code, counts, faults = _import(kind, tmp_path / f"{kind}.csv", text)
        assert (code, counts) == (1, (0, 0, 1))
        message = faults["not_a_term"]["message"]
        assert "line 1: the due date 2023-01-10 lies before" in message


@pytest.mark.parametrize(
    ("days", "country", "status"), [(90, "ES", 2), (60, "ES", 0), (90, "DE", 0)]
)
def test_row_40_adv_init_refuses_a_default_term_beyond_the_law(
    home, engine, days, country, status
):
    with writing(engine) as connection:
        insert_rows(
            connection,
            payment_term,
            [{"code": "own", "name": "own", "definition": net(days)}],
        )
    text = (
        f'[intake]\ndefault_payment_terms = "own"\n[company]\ncountry = "{country}"\n'
    )
    (home / "policy.toml").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(cli, ["init"])
    assert done.exit_code == status, done.output
    if status:
        assert "default_payment_terms: own leaves up to 90 days" in done.stderr
    grades = {one.name: one.grade for one in examine()}
    assert grades["default terms"] == ("bad" if status else "ok")


def test_a_default_term_that_nobody_knows_is_told_by_the_doctor(home):
    text = '[intake]\ndefault_payment_terms = "never"\n'
    (home / "policy.toml").write_text(text, encoding="utf-8")
    assert CliRunner().invoke(cli, ["init"]).exit_code == 0
    [told] = [one for one in examine() if one.name == "default terms"]
    assert (told.grade, "never is not known" in told.detail) == ("bad", True)
