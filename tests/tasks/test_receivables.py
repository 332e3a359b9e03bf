"""What a person does by hand stands, is logged, and shows on the customer's account."""

import json
import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from adv_domain.rules.payments.hand_match import MatchRefused
from adv_domain.store.engine import reading, writing
from adv_domain.store.payments.reviews import payments_waiting, replace_proposals
from adv_domain.store.tables import (
    customer,
    dispute,
    event,
    instalment,
    payment,
    promise,
)
from tasks.payments.by_hand import (
    ReceivedMoney,
    match_payment,
    record_payment,
    unmatch_payment,
)
from tasks.payments.receivables import (
    Complaint,
    PromiseToPay,
    close_dispute,
    open_dispute,
    pause_customer,
    record_promise,
)
from tests.bank_files import booked
from tests.builders import a_customer
from tests.receivables import (
    DAY,
    D,
    an_invoice,
    assert_money_adds_up,
    import_,
    open_amounts,
    rows,
)

WHO = {"by": "Ana", "reason": "phone call", "on": DAY}
IBAN = "DE89370400440532013000"


def _last_event(engine):
    return rows(engine, event, "entity", "what", "actor", "reason")[-1]


def test_money_recorded_by_hand_settles_what_it_names(engine):
    a_customer(engine)
    no = an_invoice(engine, 1)
    money = ReceivedMoney("C1", D("120.00"), DAY, invoices=(no,), reference="cheque 7")
    done = record_payment(money, **WHO)
    assert (done.state, done.allocated, done.unapplied) == ("matched", D(100), D(20))
    assert open_amounts(engine) == [D(0)]
    assert _last_event(engine) == ("payment", "matched", "Ana", "phone call")
    with pytest.raises(MatchRefused, match="recorded already"):
        record_payment(money, **WHO)
    assert_money_adds_up(engine)


@pytest.mark.parametrize(
    ("money", "why"),
    [
        (ReceivedMoney("NOBODY", D(1), DAY), "no customer NOBODY"),
        (ReceivedMoney("C1", D("1.001"), DAY), "in EUR has at most 2 decimals"),
        (ReceivedMoney("C1", D(-1), DAY), "above 0"),
        (ReceivedMoney("C1", D("1E+9"), DAY), "above 999,999,999.99"),
        (ReceivedMoney("C1", D("1E+99999"), DAY), "above 999,999,999.99"),
        (ReceivedMoney("C1", D("1E-99999"), DAY), "at most 2 decimals"),
        (ReceivedMoney("C1", D(1), DAY + timedelta(days=1)), "after the business date"),
        (ReceivedMoney("C1", D(1), DAY, invoices=("X-1",)), "no invoice X-1"),
        (
            ReceivedMoney("C1", D(1), DAY, currency="USD", invoices=("F-2026-000001",)),
            "in USD",
        ),
    ],
)
def test_what_cannot_be_recorded_is_refused_and_leaves_nothing(engine, money, why):
    an_invoice(engine, a_customer(engine))
    with pytest.raises(MatchRefused, match=why):
        record_payment(money, **WHO)
    assert rows(engine, event, "what") == []
    assert open_amounts(engine) == [D("100.00")]


def test_a_person_settles_a_question_and_the_machine_leaves_it(engine, tmp_path):
    from flows.direct import run_directly

    customer_id = a_customer(engine, iban=IBAN)
    first, second = (an_invoice(engine, customer_id, n) for n in (1, 2))
    import_(tmp_path, booked("100.00", iban=IBAN))
    done = match_payment(1, invoices=[second], **WHO)
    assert (done.state, open_amounts(engine)) == ("matched", [D("100.00"), D(0)])
    run_directly("payments", on=DAY)
    assert open_amounts(engine) == [D("100.00"), D(0)]
    assert_money_adds_up(engine)

    done = unmatch_payment(1, **WHO)
    assert (done.state, done.unapplied) == ("review", D("100.00"))
    assert open_amounts(engine) == [D("100.00"), D("100.00")]  # invariant 30
    an_invoice(engine, customer_id, 3, "55.00")
    run_directly("payments", on=DAY)
    assert open_amounts(engine)[:2] == [D("100.00"), D("100.00")]
    done = match_payment(1, invoices=[first], **WHO)
    assert open_amounts(engine)[:2] == [D(0), D("100.00")]
    assert_money_adds_up(engine)


def test_one_payment_settles_several_invoices_in_the_order_given(engine):
    customer_id = a_customer(engine)
    numbers = [an_invoice(engine, customer_id, n) for n in (1, 2)]
    done = record_payment(ReceivedMoney("C1", D("150.00"), DAY), **WHO)
    match_payment(done.payment_id, invoices=numbers[::-1], **WHO)
    assert open_amounts(engine) == [D("50.00"), D(0)]
    with pytest.raises(MatchRefused, match="nothing left"):
        match_payment(done.payment_id, invoices=numbers, **WHO)


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (lambda: match_payment(9, invoices=["F-2026-000001"], **WHO), "no payment 9"),
        (lambda: unmatch_payment(9, **WHO), "no payment 9"),
        (
            lambda: close_dispute("F-2026-000001", result="", by="", on=DAY),
            "no dispute",
        ),
        (lambda: open_dispute(Complaint("X", "price", "o"), **WHO), "no invoice X"),
        (
            lambda: open_dispute(Complaint("F-2026-000001", "p", "o", D(101)), **WHO),
            "at most 100",
        ),
        (
            lambda: record_promise(
                PromiseToPay("F-2026-000001", date(2026, 2, 1)), **WHO
            ),
            "has passed",
        ),
        (lambda: pause_customer("C9", until=None, **WHO), "no customer C9"),
        (lambda: pause_customer("C1", until=date(2026, 2, 1), **WHO), "has passed"),
    ],
)
def test_acts_on_what_is_not_there_are_refused(engine, act, why):
    an_invoice(engine, a_customer(engine))
    with pytest.raises(MatchRefused, match=why):
        act()


def test_a_part_is_disputed_and_settled(engine):
    no = an_invoice(engine, a_customer(engine), 1, "60.00", "40.00")
    assert open_dispute(Complaint(no, "price", "sales", D("70.00")), **WHO) == D(
        "70.00"
    )
    assert rows(engine, dispute, "instalment_id", "amount") == [
        (1, D("60.00")),
        (2, D("10.00")),
    ]
    with pytest.raises(MatchRefused, match="at most 30"):
        open_dispute(Complaint(no, "price", "sales", D("40.00")), **WHO)
    assert close_dispute(no, result="customer was right", by="Ana", on=DAY) == 2
    assert _last_event(engine)[1:] == ("dispute closed", "Ana", "customer was right")


def test_a_new_promise_replaces_the_open_one(engine):
    no = an_invoice(engine, a_customer(engine))
    record_promise(PromiseToPay(no, date(2026, 3, 10), D("50.00")), **WHO)
    assert record_promise(PromiseToPay(no, date(2026, 3, 20)), **WHO) == D("100.00")
    assert rows(engine, promise, "amount", "state") == [
        (D("50.00"), "withdrawn"),
        (D("100.00"), "open"),
    ]


def test_a_pause_is_set_and_ended(engine):
    a_customer(engine)
    pause_customer("C1", until=date(2026, 4, 1), **WHO)
    paused = rows(engine, customer, "dunning_paused_until", "dunning_pause_reason")
    assert paused == [(date(2026, 4, 1), "phone call")]
    pause_customer("C1", until=None, **WHO)
    assert rows(engine, customer, "dunning_paused_until") == [(None,)]
    assert _last_event(engine)[1] == "pause ended"


def _adv(*arguments):
    from flows.cli import cli

    result = CliRunner().invoke(cli, arguments)
    return result.exit_code, result.output


def test_the_customer_view_ties_to_the_tables(engine, tmp_path):
    customer_id = a_customer(engine, iban=IBAN, credit_limit=D(1000))
    a_customer(engine, "C2")
    first, second = (an_invoice(engine, customer_id, n) for n in (1, 2))
    an_invoice(engine, customer_id, 3, "500", currency="JPY")
    import_(tmp_path, booked("130.00", text=first), booked("55.00", iban=IBAN))
    status, output = _adv("customer", "C1", "--json")
    view = json.loads(output)
    assert status == 0
    assert (view["open_balance"], view["unapplied"]) == ("100.00", "85.00")
    assert view["credit_limit"] == "1000.00"
    assert view["other_currencies"] == [
        {"code": "C1", "currency": "JPY", "open": "500", "unapplied": "0"}
    ]
    matched, asked = view["payments"]
    assert (matched["status"], matched["amount"]) == ("matched", "130.00")
    assert [(a["invoice"], a["amount"]) for a in matched["allocations"]] == [
        (first, "100.00")
    ]
    assert (asked["status"], asked["proposals"][0]["invoices"]) == ("review", [second])
    assert [one["open"] for one in view["invoices"]] == ["0.00", "100.00", "500"]
    assert {one["what"] for one in view["timeline"]} == {"matched", "review"}
    status, output = _adv("customer", "list", "--json")
    listed = {one["code"]: one for one in json.loads(output)}
    assert (listed["C1"]["open"], listed["C1"]["unapplied"]) == ("100.00", "85.00")
    assert listed["C1"]["other_currencies"] == view["other_currencies"]
    assert (listed["C2"]["open"], listed["C2"]["unapplied"]) == ("0.00", "0.00")
    assert _adv("customer", "C1")[0] == 0
    assert _adv("customer", "C9")[0] == 1


def test_a_proposal_that_names_no_invoice_is_not_listed_as_one(engine, tmp_path):
    customer_id = a_customer(engine, iban=IBAN)
    an_invoice(engine, customer_id, 1)
    import_(tmp_path, booked("55.00", iban=IBAN))
    status, output = _adv("review", "list")
    assert (status, output.count("perhaps F-")) == (0, 1)
    with writing(engine) as connection:
        [row] = payments_waiting(connection)
        replace_proposals(connection, [row.id], {row.id: [((), "pays an advance")]})
    status, output = _adv("review", "list")
    assert (status, "perhaps" in output) == (0, False)
    assert output.endswith("1 waiting\n")


def test_the_commands_do_what_the_functions_do(engine, tmp_path):
    customer_id = a_customer(engine, iban=IBAN)
    first, second = (an_invoice(engine, customer_id, n) for n in (1, 2))
    import_(tmp_path, booked("100.00", iban=IBAN))
    who = ("--by", "Ana", "--reason", "said so", "--date", "2026-03-01", "--json")
    status, output = _adv("review", "list", "--json")
    [waiting] = json.loads(output)
    assert waiting["proposals"][0]["invoices"] == [first]
    number = str(waiting["payment"])
    status, output = _adv("payment", "match", number, second, *who)
    assert (status, json.loads(output)["allocated"]) == (0, "100.00")
    assert _adv("payment", "unmatch", number, *who)[0] == 0
    assert _adv("payment", "unmatch", number, *who)[0] == 1
    for arguments in (
        ("record", "C1", "10.00", "--invoice", first),
        ("dispute", first, "--owner", "sales", "--amount", "5.00"),
        ("close-dispute", first),
        ("promise", first, "--until", "2026-03-09"),
        ("pause", "C1", "--until", "2026-03-09"),
    ):
        status, output = _adv("payment", *arguments, *who)
        assert status == 0, output
    assert _adv("payment", "record", "C1", "ten", *who)[0] == 2
    assert _adv("payment", "dispute", first, "--owner", "x")[0] == 2
    with reading(engine) as connection:
        left = connection.execute(
            select(instalment.c.open_amount).order_by(instalment.c.id)
        )
        assert list(left.scalars()) == [Decimal(90), Decimal(100)]
    assert_money_adds_up(engine)


def test_any_sequence_of_acts_keeps_every_balance(sqlite_home, tmp_path):
    """Invariants 28 to 33: imports, returns, matches and unmatches in random order."""
    from tasks.resources import resources

    engine = resources().engine
    dice = random.Random(20260301)
    customer_id = a_customer(engine, iban=IBAN)
    halves = ("60.00", "40.00")
    numbers = [an_invoice(engine, customer_id, n, *halves) for n in range(1, 7)]
    sent = {}
    by_hand = set()
    for step in range(40):
        number, amount = dice.choice(numbers), f"{dice.choice((100, 60, 130, 25))}.00"
        known = [row.id for row in rows(engine, payment, "id")]
        chosen = dice.choice(known) if known else 0
        act = dice.randrange(5)
        try:
            if act < 2:
                text = dice.choice((number, "gift", ""))
                entry = booked(amount, text=text, iban=IBAN, e2e=f"E{step}")
                sent[f"E{step}"] = amount
                import_(tmp_path, entry, sid=f"S{step}", name=f"{step}.xml")
            elif act == 2:
                back = dice.choice(list(sent) or ["E0"])
                money = f"-{sent.get(back, amount)}"
                entry = booked(money, e2e=back, iban=IBAN, reason="AC04")
                import_(tmp_path, entry, sid=f"S{step}", name=f"{step}.xml")
            elif act == 3:
                match_payment(chosen, invoices=[number], **WHO)
                by_hand.add(chosen)
            else:
                unmatch_payment(chosen, **WHO)
                by_hand.discard(chosen)
        except MatchRefused:
            pass
        assert_money_adds_up(engine)
        standing = rows(engine, payment, "id", "state")
        # only the bank itself may undo what a person settled
        assert all(s in ("matched", "reversed") for i, s in standing if i in by_hand)
    assert len({row.state for row in rows(engine, payment, "state")}) >= 3
