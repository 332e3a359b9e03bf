"""Laws of one credit note over several invoices (row 42)."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from adv_domain.rules.billing.covered import Covers
from adv_domain.rules.credits.creditable import Creditable, CreditRefused
from adv_domain.rules.credits.credited_amounts import CreditableAmounts
from adv_domain.rules.credits.credited_sums import GroupLeft
from adv_domain.rules.credits.joint_credits import JointCredit, draft_joint_note
from adv_domain.rules.money import rounded_to_minor
from adv_domain.rules.tax import TAXED

ON = date(2026, 3, 1)
RATES = (Decimal("0.21"), Decimal("0.10"), Decimal(0))
CENT = Decimal("0.01")


def an_invoice(at, bases, **changes):
    """Return an invoice with these bases left, by rate in the order of RATES."""
    groups = tuple(
        GroupLeft(
            f"T{rate}",
            rate,
            Decimal(0),
            base,
            rounded_to_minor(base * rate, "EUR"),
            Decimal(0),
        )
        for rate, base in zip(RATES, bases, strict=True)
        if base
    )
    known = Creditable(
        invoice_id=at,
        invoice_no=f"F-{at}",
        kind="invoice",
        customer_id=1,
        order_id=at,
        currency="EUR",
        payment_terms="net_30",
        issued_on=date(2026, 1, at),
        supplied_on=date(2026, 1, at),
        covers=Covers(),
        gross=sum((one.gross for one in groups), Decimal(0)),
        gross_credited=Decimal(0),
        lines=(),
        stated=CreditableAmounts(
            groups_left=groups, meanings={one.category: TAXED for one in groups}
        ),
    )
    return replace(known, **changes)


def asked(**how):
    return JointCredit(**{"reason_code": "return", "reason": "x", "on": ON, **how})


CENTS = st.integers(0, 500_000).map(lambda cents: Decimal(cents) / 100)
BASES = st.tuples(CENTS, CENTS, CENTS).filter(any)
INVOICES = st.lists(BASES, min_size=1, max_size=6).map(
    lambda all_: [an_invoice(at, bases) for at, bases in enumerate(all_, start=1)]
)


@given(INVOICES, st.data(), st.booleans())
def test_row_42_parts_make_the_note_and_none_exceeds_its_invoice(
    invoices, data, is_net
):
    groups = [one for each in invoices for one in each.stated.groups_left]
    left = sum((one.base if is_net else one.gross for one in groups), Decimal(0))
    amount = data.draw(st.integers(1, int(left * 100))) * CENT
    try:
        note = draft_joint_note(
            invoices, asked(**{"net" if is_net else "gross": amount})
        )
    except CreditRefused as refused:
        # a cent of tax more than is left of it: asked for less, or for all of it
        if "rounding would take more" not in str(refused):
            raise
        reject()
    amounts = note.draft.amounts
    assert (amounts.net if is_net else amounts.gross) == -amount
    assert sum(part.gross for part in note.parts) == amounts.gross
    summed = Counter()
    for one, part in zip(invoices, note.parts, strict=True):
        assert -part.gross <= one.gross_left
        bases = {(g.category, g.rate): g.base for g in one.stated.groups_left}
        for group in part.taxes:
            assert 0 <= -group.base <= bases[group.category, group.rate]
            summed[group.category, "base"] += group.base
            summed[group.category, "tax"] += group.tax
    for group in amounts.taxes:
        assert summed[group.category, "base"] == group.base
        assert summed[group.category, "tax"] == group.tax


@given(INVOICES)
def test_row_42_all_that_is_left_leaves_nothing(invoices):
    note = draft_joint_note(invoices, asked())
    for one, part in zip(invoices, note.parts, strict=True):
        assert -part.gross == one.gross_left
        left = {(g.category, g.rate): (g.base, g.tax) for g in one.stated.groups_left}
        given_back = {(g.category, g.rate): (-g.base, -g.tax) for g in part.taxes}
        assert given_back == left


def test_row_42_a_rebate_is_split_by_the_share_of_each_rate():
    invoices = [
        an_invoice(1, (Decimal(600), Decimal(0), Decimal(0))),
        an_invoice(2, (Decimal(100), Decimal(200), Decimal(100))),
    ]
    note = draft_joint_note(
        invoices,
        asked(
            reason_code="rebate",
            net=Decimal(30),
            period=(date(2026, 1, 1), date(2026, 1, 31)),
        ),
    )
    taxes = {one.rate: (one.base, one.tax) for one in note.draft.amounts.taxes}
    assert taxes == {
        Decimal("0.21"): (Decimal("-21.00"), Decimal("-4.41")),
        Decimal("0.10"): (Decimal("-6.00"), Decimal("-0.60")),
        Decimal(0): (Decimal("-3.00"), Decimal("0.00")),
    }
    assert note.draft.covers.corrects == ()
    assert note.draft.covers.supplied_from == date(2026, 1, 1)


ALIKE = (Decimal(10), Decimal(0), Decimal(0))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"currency": "USD"}, "not of one currency"),
        ({"customer_id": 2}, "not of one customer"),
        ({"is_advance": True}, "it is an advance invoice"),
        ({"kind": "credit_note"}, "it is itself a credit note"),
        (
            {
                "stated": CreditableAmounts(
                    groups_left=an_invoice(1, ALIKE).stated.groups_left,
                    company_currency="EUR",
                    company_rate=Decimal(2),
                    tax=Decimal(1),
                )
            },
            "not of one rate into your currency",
        ),
    ],
    ids=["currency", "customer", "advance", "credit note", "exchange rate"],
)
def test_row_42_invoices_that_cannot_stand_on_one_note_are_refused(changes, why):
    other = replace(an_invoice(2, ALIKE), **changes)
    with pytest.raises(CreditRefused, match=why):
        draft_joint_note([an_invoice(1, ALIKE), other], asked())
