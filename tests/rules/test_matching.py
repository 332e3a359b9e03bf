"""A payment settles what it names to the cent; what is unclear goes to a person."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adv_domain.rules.identifiers import creditor_reference
from adv_domain.rules.payments.match_decision import IncomingPayment, MatchState
from adv_domain.rules.payments.matching import match_payments
from adv_domain.rules.payments.open_items import OpenItem, OpenItems
from adv_domain.rules.payments.payer_text import (
    spelled_numbers,
    spellings_with_prefix,
    words_with_digits,
)
from adv_domain.rules.payments.returned import MoneyMovement, match_returns

DUE = date(2026, 3, 1)
IBAN = "ES9121000418450200051332"
OTHER_IBAN = "DE89370400440532013000"
PAYERS = {IBAN: frozenset({1}), OTHER_IBAN: frozenset({2})}
D = Decimal


def item(n=1, amount="100.00", *, no=None, customer=1, currency="EUR", due=DUE, **more):
    invoice_no = no or f"F-2026-{n:06d}"
    return OpenItem(
        instalment_id=n,
        invoice_no=invoice_no,
        reference=creditor_reference(invoice_no),
        customer_id=customer,
        currency=currency,
        due_on=due,
        open_amount=D(amount),
        gross=more.pop("gross", D(amount)),
        **more,
    )


def pay(amount="100.00", text="", *, number=1, currency="EUR", iban="", **more):
    return IncomingPayment(
        payment_id=number,
        amount=D(amount),
        currency=currency,
        paid_on=more.pop("paid_on", DUE),
        remittance=text,
        payer_iban=iban,
        **more,
    )


def decide(payment, *items):
    (decision,) = match_payments([payment], items=OpenItems(items), payers=PAYERS)
    assert (
        sum((s.amount for s in decision.shares), decision.unapplied) == payment.amount
    )
    return decision


def shares(decision):
    return {share.instalment_id: share.amount for share in decision.shares}


@pytest.mark.parametrize(
    "text",
    [
        "F-2026-000001",
        "Pago factura f 2026/000001 gracias",
        "invoice F2026000001",
        "F-2026-000001pago",
        "rf " + creditor_reference("F-2026-000001"),
        " ".join(
            creditor_reference("F-2026-000001")[at : at + 4] for at in range(0, 20, 4)
        ),
    ],
)
def test_a_number_or_reference_in_any_spelling_settles_its_invoice(text):
    decision = decide(pay(text=text), item(1), item(2))
    assert decision.state is MatchState.MATCHED
    assert shares(decision) == {1: D("100.00")}


def test_the_structured_reference_goes_before_the_text():
    reference = creditor_reference("F-2026-000002")
    payment = pay(text="F-2026-000001", structured_reference=reference)
    decision = decide(payment, item(1), item(2))
    assert shares(decision) == {2: D("100.00")}
    assert decision.evidence == f"reference {reference}: exact amount"


def test_the_end_to_end_id_may_hold_the_invoice_number():
    decision = decide(pay(end_to_end_id="F-2026-000002"), item(1), item(2))
    assert shares(decision) == {2: D("100.00")}
    assert "invoice number F-2026-000002" in decision.evidence


def test_one_payment_settles_the_several_invoices_it_names():
    text = "F-2026-000001, F-2026-000003 + F-2026-000002"
    decision = decide(pay("300.00", text), item(1), item(2), item(3))
    assert shares(decision) == dict.fromkeys((1, 2, 3), D("100.00"))


def test_a_short_payment_of_several_invoices_is_not_guessed():
    decision = decide(pay("150.00", "F-2026-000001 F-2026-000002"), item(1), item(2))
    assert decision.state is MatchState.REVIEW
    assert decision.proposals[0].invoices == ("F-2026-000001", "F-2026-000002")
    assert decision.unapplied == D("150.00")


def test_a_part_payment_leaves_the_rest_open_oldest_due_first():
    first = item(1, "60.00", no="F-2026-000009", gross=D("100.00"))
    later = item(
        2, "40.00", no="F-2026-000009", gross=D("100.00"), due=DUE + timedelta(9)
    )
    decision = decide(pay("70.00", "F-2026-000009"), later, first)
    assert shares(decision) == {1: D("60.00"), 2: D("10.00")}
    exactly_the_later = decide(pay("40.00", "F-2026-000009"), later, first)
    assert shares(exactly_the_later) == {2: D("40.00")}


def test_an_overpayment_stays_as_unapplied_credit():
    decision = decide(pay("130.00", "F-2026-000001"), item(1))
    assert (decision.state, decision.unapplied) == (MatchState.MATCHED, D("30.00"))
    assert decision.customer_id == 1


def test_a_second_payment_of_a_settled_invoice_goes_to_review():
    decision = decide(pay(text="F-2026-000001"), item(1, "0.00", gross=D("100.00")))
    assert (decision.state, decision.customer_id) == (MatchState.REVIEW, 1)
    assert decision.unapplied == D("100.00")


def test_invoices_of_two_customers_go_to_review_without_a_customer():
    decision = decide(
        pay("200.00", "F-2026-000001 F-2026-000002"), item(1), item(2, customer=2)
    )
    assert (decision.state, decision.customer_id) == (MatchState.REVIEW, None)


def test_currencies_are_never_mixed():
    decision = decide(pay(text="F-2026-000001", currency="USD"), item(1))
    assert (decision.state, decision.shares) == (MatchState.REVIEW, ())
    by_payer = decide(pay(currency="USD", iban=IBAN), item(1))
    assert by_payer.state is MatchState.UNMATCHED


def test_exact_amount_and_known_payer_settle():
    decision = decide(pay(iban=IBAN), item(1), item(2, "90.00"))
    assert shares(decision) == {1: D("100.00")}
    assert IBAN in decision.evidence


def test_two_items_of_the_same_amount_are_not_guessed():
    decision = decide(pay(iban=IBAN), item(1), item(2))
    assert (decision.state, decision.customer_id) == (MatchState.REVIEW, 1)
    assert [p.invoices for p in decision.proposals] == [
        ("F-2026-000001",),
        ("F-2026-000002",),
    ]


def test_the_whole_balance_of_a_known_payer_settles_everything():
    decision = decide(pay("190.00", iban=IBAN), item(1), item(2, "90.00"))
    assert shares(decision) == {1: D("100.00"), 2: D("90.00")}


def test_a_known_payer_with_another_amount_is_asked_about():
    decision = decide(pay("55.00", iban=IBAN), item(1))
    assert decision.state is MatchState.REVIEW
    assert decision.proposals[0].invoices == ("F-2026-000001",)


def test_an_account_of_two_customers_settles_the_one_item_that_fits():
    payers = {IBAN: frozenset({1, 2})}
    items = OpenItems([item(1), item(2, "90.00", customer=2)])
    (decision,) = match_payments([pay("90.00", iban=IBAN)], items=items, payers=payers)
    assert (decision.customer_id, shares(decision)) == (2, {2: D("90.00")})


def test_an_unknown_payer_is_only_proposed_what_has_the_same_amount():
    decision = decide(
        pay(iban="FR1420041010050500013M02606"), item(1), item(2, "90.00")
    )
    assert (decision.state, decision.customer_id) == (MatchState.REVIEW, None)
    assert decision.proposals[0].invoices == ("F-2026-000001",)


def test_unknown_money_is_unmatched():
    decision = decide(pay("7.77", "thanks"), item(1))
    assert (decision.state, decision.unapplied) == (MatchState.UNMATCHED, D("7.77"))


@pytest.mark.parametrize(
    ("number", "amount", "iban", "state"),
    [
        ("20260301", "100.00", "", MatchState.MATCHED),  # exact amount confirms it
        ("20260301", "60.00", IBAN, MatchState.MATCHED),  # so does its payer
        ("20260301", "60.00", "", MatchState.REVIEW),  # it may be a date
        ("20260301", "60.00", OTHER_IBAN, MatchState.REVIEW),
        ("F-2026-000001", "60.00", "", MatchState.MATCHED),
        ("F-2026-000001", "60.00", OTHER_IBAN, MatchState.REVIEW),  # whose is it?
        ("F-2026-000001", "100.00", OTHER_IBAN, MatchState.MATCHED),
    ],
)
def test_a_plain_number_or_a_foreign_payer_needs_confirmation(
    number, amount, iban, state
):
    assert decide(pay(amount, number, iban=iban), item(1, no=number)).state is state


EARLY = {"early_until": date(2026, 2, 10), "early_amount": D("1185.80")}


def test_the_early_amount_in_time_settles_and_asks_for_a_credit_note():
    # rules of the trade B.2: 1,210.00 with 2 % early-payment discount on 1,000 + VAT
    payment = pay("1185.80", "F-2026-000001", paid_on=date(2026, 2, 10))
    decision = decide(payment, item(1, "1210.00", **EARLY))
    assert shares(decision) == {1: D("1185.80")}
    (discount,) = decision.discounts
    assert (discount.invoice_no, discount.amount) == ("F-2026-000001", D("24.20"))


def test_the_early_amount_a_day_late_is_a_short_payment():
    payment = pay("1185.80", "F-2026-000001", paid_on=date(2026, 2, 11))
    decision = decide(payment, item(1, "1210.00", **EARLY))
    assert (shares(decision), decision.discounts) == ({1: D("1185.80")}, ())
    assert "short payment" in decision.evidence


def test_the_early_amount_counts_for_several_instalments_and_a_known_payer():
    half = {"no": "F-2026-000001", "gross": D("1210.00"), **EARLY}
    items = (
        item(1, "605.00", **half),
        item(2, "605.00", due=DUE + timedelta(30), **half),
    )
    payment = pay("1185.80", iban=IBAN, paid_on=date(2026, 2, 1))
    decision = decide(payment, *items)
    assert shares(decision) == {1: D("605.00"), 2: D("580.80")}
    assert decision.discounts[0].instalment_id == 2


def test_money_out_is_refused():
    with pytest.raises(ValueError, match="not money in"):
        match_payments([pay("-1.00")], items=OpenItems([]), payers={})


def test_the_longest_number_takes_its_words():
    known = {"F2026000123", "2026000123", "2026"}
    found = spelled_numbers("pago F-2026-000123 y 2026", known, starts="F2")
    assert found == (
        "F2026000123",
        "2026",
    )


def test_look_ups_hold_the_words_and_the_series_spellings():
    assert words_with_digits("pago: (INV-7/a), y 12") == {"INV-7/a", "12"}
    found = spellings_with_prefix("pago f 2026 000123 x", ("F2026",))
    assert "F2026000123" in found
    assert spellings_with_prefix("F2026", ()) == set()


MOVED = MoneyMovement(
    payment_id=1,
    account="A",
    amount=D("100.00"),
    currency="EUR",
    booked_on=DUE,
    end_to_end_id="E1",
    payer_iban=IBAN,
)
BACK = replace(MOVED, payment_id=9, amount=D("-100.00"), booked_on=DUE + timedelta(3))


@pytest.mark.parametrize(
    ("returned", "originals", "undone"),
    [
        (BACK, [MOVED], 1),
        (BACK, [MOVED, replace(MOVED, payment_id=2, end_to_end_id="E2")], 1),
        (replace(BACK, end_to_end_id=""), [MOVED], 1),
        (BACK, [MOVED, replace(MOVED, payment_id=2)], None),
        (BACK, [replace(MOVED, amount=D("99.00"))], None),
        (BACK, [replace(MOVED, currency="USD")], None),
        (BACK, [replace(MOVED, account="B")], None),
        (BACK, [replace(MOVED, booked_on=DUE + timedelta(4))], None),
        (replace(BACK, end_to_end_id="", payer_iban=""), [MOVED], None),
    ],
)
def test_a_return_undoes_the_one_payment_that_it_fits(returned, originals, undone):
    (decision,) = match_returns([returned], originals=originals)
    assert decision.payment_id == undone


def test_two_returns_never_undo_the_same_payment():
    decisions = match_returns([BACK, replace(BACK, payment_id=10)], originals=[MOVED])
    assert [d.payment_id for d in decisions] == [1, None]


CENTS = st.integers(1, 500).map(lambda n: D(n).scaleb(-2))


@st.composite
def _batches(draw):
    items = [
        item(
            n,
            str(draw(CENTS)),
            no=f"F-2026-{draw(st.integers(1, 4)):06d}",
            customer=1,
            due=DUE + timedelta(draw(st.integers(0, 3))),
        )
        for n in range(1, draw(st.integers(1, 6)) + 1)
    ]
    texts = st.sampled_from(
        ["", "F-2026-000001", "F-2026-000002", "F-2026-000001 F-2026-000003", "gift"]
    )
    payments = [
        pay(
            str(draw(CENTS)),
            draw(texts),
            number=n,
            iban=draw(st.sampled_from(["", IBAN])),
        )
        for n in range(draw(st.integers(0, 6)))
    ]
    return items, payments


@settings(max_examples=200, deadline=None)
@given(_batches())
def test_money_in_is_allocated_plus_unapplied_and_no_item_is_overpaid(batch):
    items, payments = batch
    balances = OpenItems(items)
    decisions = match_payments(payments, items=balances, payers=PAYERS)
    taken = dict.fromkeys((i.instalment_id for i in items), D(0))
    for payment, decision in zip(payments, decisions, strict=True):
        allocated = sum((s.amount for s in decision.shares), D(0))
        assert payment.amount == allocated + decision.unapplied  # invariant 28
        assert decision.unapplied >= 0
        for share in decision.shares:
            assert share.amount > 0
            taken[share.instalment_id] += share.amount
    for one in items:
        assert 0 <= taken[one.instalment_id] <= one.open_amount  # invariant 29
        assert balances.balance(one) == one.open_amount - taken[one.instalment_id]


@settings(max_examples=100, deadline=None)
@given(st.lists(CENTS, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_change_what_stays_open(amounts, dice):
    # invariant 34, for payments that name one invoice with two instalments
    half = {"no": "F-2026-000007", "gross": D("6.00")}
    items = [item(1, "3.00", **half), item(2, "3.00", due=DUE + timedelta(5), **half)]
    payments = [pay(str(a), "F-2026-000007", number=n) for n, a in enumerate(amounts)]

    def left(order):
        balances = OpenItems(items)
        match_payments(order, items=balances, payers={})
        return balances.total(items)

    shuffled = list(payments)
    dice.shuffle(shuffled)
    assert left(shuffled) == left(payments)
