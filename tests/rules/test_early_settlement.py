"""Does what a term promises an early payer settle his invoice? Row 39, invariant 11."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from adv_domain.rules.money import ZERO, rounded_to_minor
from adv_domain.rules.payments.match_decision import (
    Decision,
    IncomingPayment,
    MatchState,
)
from adv_domain.rules.payments.matching import match_payments
from adv_domain.rules.payments.open_items import OpenItem, OpenItems, with_offer
from adv_domain.rules.terms.early_offer import (
    Credited,
    EarlyOffer,
    StatedOffer,
    offer_left,
)
from adv_domain.rules.terms.instalments import (
    Instalment,
    early_discount,
    instalments,
)
from adv_domain.rules.terms.terms import (
    DiscountBase,
    EarlyDiscount,
    PaymentTerm,
    TermError,
)
from tests.rules.term_cases import amounts, terms

NUMBER = "F-2026-000001"
ISSUED = date(2026, 1, 31)


def _matched(
    items: list[OpenItem], amount: Decimal, on: date, currency: str
) -> tuple[Decision, Decimal]:
    """Return what becomes of the payment, and what is open after it."""
    payment = IncomingPayment(
        payment_id=1,
        amount=amount,
        currency=currency,
        paid_on=on,
        remittance=NUMBER,
        payer_iban="",
    )
    owed = OpenItems(items)
    [decision] = match_payments([payment], items=owed, payers={})
    return decision, sum([owed.balance(item) for item in items], ZERO)


@given(
    term=terms(),
    amount=amounts(),
    percent=st.integers(1, 99),
    rate=st.integers(0, 27),
    base=st.sampled_from(list(DiscountBase)),
)
def test_row_39_paid_on_the_last_day_it_settles_a_day_late_the_discount_stays_open(
    term: PaymentTerm,
    amount: tuple[Decimal, str],
    percent: int,
    rate: int,
    base: DiscountBase,
):
    total, currency = abs(amount[0]), amount[1]
    rule = EarlyDiscount(Decimal(percent).scaleb(-2), (), base)
    term = replace(term, early_discount=rule)
    net = rounded_to_minor(total * 100 / (100 + rate), currency)
    asked = {"term": term, "total": total, "currency": currency, "base_on": ISSUED}
    try:
        parts = instalments(**asked)
    except TermError:
        assume(False)
    early = early_discount(**asked, net=net)
    assert early is not None
    assume(early.amount > 0 and early.discount > 0)
    items = [
        OpenItem(
            instalment_id=at,
            invoice_no=NUMBER,
            reference="",
            customer_id=1,
            currency=currency,
            due_on=part.due_on,
            open_amount=part.amount,
            gross=total,
            early_until=early.until,
            early_amount=early.amount,
        )
        for at, part in enumerate(parts, start=1)
    ]

    in_time, left = _matched(items, early.amount, early.until, currency)
    assert in_time.state is MatchState.MATCHED
    assert sum([one.amount for one in in_time.discounts], ZERO) == early.discount
    assert left == 0  # no later payment of the batch is asked for the discount

    late, left = _matched(items, early.amount, early.until + timedelta(1), currency)
    assert (late.state, late.discounts) == (MatchState.MATCHED, ())
    assert left == early.discount


@given(
    term=terms(),
    amount=amounts(),
    percent=st.integers(1, 99),
    rate=st.integers(0, 27),
    base=st.sampled_from(list(DiscountBase)),
    permille=st.integers(1, 999),
)
def test_row_39_whatever_was_credited_the_offer_on_the_rest_settles_the_rest(
    term: PaymentTerm,
    amount: tuple[Decimal, str],
    percent: int,
    rate: int,
    base: DiscountBase,
    permille: int,
):
    """Invariant 11, after credit notes; the note took off the first due first."""
    total, currency = abs(amount[0]), amount[1]
    rule = EarlyDiscount(Decimal(percent).scaleb(-2), (), base)
    term = replace(term, early_discount=rule)
    asked = {"term": term, "total": total, "currency": currency, "base_on": ISSUED}
    try:
        parts = instalments(**asked)
    except TermError:
        assume(False)
    net, credited = (
        rounded_to_minor(total * 100 / (100 + rate), currency),
        rounded_to_minor(total * permille / 1000, currency),
    )
    early = early_discount(**asked, net=net)
    assert early is not None
    back = rounded_to_minor(net * permille / 1000, currency)
    stated = StatedOffer(early.until, total, early.amount, net, currency)
    offer = offer_left(stated, Credited(credited, back), rule)
    assume(offer is not None and credited > 0)
    assert offer is not None
    assert offer.left == total - credited
    expected = early_discount(**{**asked, "total": offer.left}, net=net - back)
    assert expected is not None and offer.amount == expected.amount
    items = _rest_of(parts, credited, offer, currency)

    in_time, left = _matched(items, offer.amount, offer.until, currency)
    assert in_time.state is MatchState.MATCHED
    assert sum([one.amount for one in in_time.discounts], ZERO) == expected.discount
    assert left == 0

    late, left = _matched(items, offer.amount, offer.until + timedelta(1), currency)
    assert (late.state, late.discounts) == (MatchState.MATCHED, ())
    assert left == expected.discount

    # the discount that was given is never offered again
    given_now = Credited(credited, back, expected.discount)
    assert offer_left(stated, given_now, rule) is None


def _rest_of(
    parts: list[Instalment], credited: Decimal, offer: EarlyOffer, currency: str
) -> list[OpenItem]:
    items: list[OpenItem] = []
    for at, part in enumerate(parts, start=1):
        off = min(credited, part.amount)
        credited -= off
        item = OpenItem(
            instalment_id=at,
            invoice_no=NUMBER,
            reference="",
            customer_id=1,
            currency=currency,
            due_on=part.due_on,
            open_amount=part.amount - off,
            gross=sum([one.amount for one in parts], ZERO),
            early_until=offer.until,
            early_amount=offer.stated,
        )
        items.append(with_offer(item, offer))
    return items
