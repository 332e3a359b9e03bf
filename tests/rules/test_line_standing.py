"""Where a line is, when it comes and how late that is: each case in the words said."""

from datetime import date
from decimal import Decimal

import pytest

from adv_domain.rules.orders.line_standing import LineFacts, line_standing
from adv_domain.rules.orders.states import OrderState

ON = date(2026, 1, 26)
PROMISED = date(2026, 1, 20)
LATER = date(2026, 2, 3)
D = Decimal
CANCELLED = "the order is cancelled"
PART_GIVEN_UP = (
    "12 open, of which stock gave up 5: a person decides (adv stock resolve)"
)


def said(state=OrderState.IN_FULFILMENT, line="open", **facts):
    values = {"qty": D(12), "first_confirmed_on": PROMISED, "confirmed_on": LATER}
    found = line_standing(LineFacts(state, line, **values | facts), on=ON)
    return found.where, found.comes, found.days_late


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, ("12 open", "comes 2026-02-03", 14)),
        ({"confirmed_on": ON}, ("12 open", "comes 2026-01-26", 6)),
        (
            {"confirmed_on": PROMISED, "awaits_payment": True},
            ("12 open", "waits for the customer's payment", 6),
        ),
        (
            {"confirmed_on": PROMISED},
            ("12 open", "2026-01-20 has passed and stock has said nothing", 6),
        ),
        (
            {"waits_for": "line 2 (2026-03-02)"},
            (
                "12 open",
                (
                    "ready 2026-02-03; the order ships complete and waits for line 2 "
                    "(2026-03-02)"
                ),
                14,
            ),
        ),
        (
            {"confirmed_on": None, "first_confirmed_on": None},
            ("12 open", "no date confirmed yet", None),
        ),
        (
            {"qty_shipped": D("4.5"), "last_shipped_on": PROMISED},
            ("4.5 shipped on 2026-01-20, 7.5 open", "comes 2026-02-03", 14),
        ),
        (
            {"qty_cancelled": D(2), "confirmed_on": date(2026, 1, 30)},
            ("10 open, 2 cancelled", "comes 2026-01-30", 10),
        ),
        (
            {"qty_shipped": D(12), "last_shipped_on": date(2026, 1, 19)},
            ("12 shipped, the last on 2026-01-19", "", 0),
        ),
        (
            {
                "qty_shipped": D(12),
                "qty_over": D(1),
                "qty_returned": D(2),
                "last_shipped_on": date(2026, 1, 22),
            },
            (
                "12 shipped, the last on 2026-01-22, 1 beyond the order, 2 came back",
                "",
                2,
            ),
        ),
        (
            {
                "qty_shipped": D(5),
                "qty_cancelled": D(7),
                "last_shipped_on": PROMISED,
            },
            ("5 shipped, the last on 2026-01-20, 7 cancelled", "", 0),
        ),
        ({"qty_cancelled": D(12)}, ("cancelled, nothing was shipped", "", None)),
        (
            {"line": "exception", "qty_given_up": D(12), "confirmed_on": PROMISED},
            (
                "stock gave up 12: a person decides (adv stock resolve)",
                "no date until then",
                None,
            ),
        ),
        (
            {"line": "exception", "qty_given_up": D(5)},
            (
                PART_GIVEN_UP,
                "the other 7: comes 2026-02-03",
                14,
            ),
        ),
        (
            {"line": "exception", "qty_given_up": D(5), "confirmed_on": PROMISED},
            (
                PART_GIVEN_UP,
                "the other 7: 2026-01-20 has passed",
                6,
            ),
        ),
        (
            {"is_refused": True, "confirmed_on": PROMISED},
            ("12 open", "2026-01-20 has passed and stock does not have the order", 6),
        ),
        (
            {"state": OrderState.HELD, "confirmed_on": None},
            ("12 not accepted yet", "no date confirmed yet", None),
        ),
        ({"state": OrderState.CANCELLED}, (CANCELLED, "", None)),
        (
            {
                "state": OrderState.CANCELLED,
                "qty_shipped": D(2),
                "qty_cancelled": D(10),
                "last_shipped_on": PROMISED,
            },
            (
                f"{CANCELLED}: 2 shipped, the last on 2026-01-20, 10 cancelled",
                "",
                None,
            ),
        ),
    ],
)
def test_a_line_is_told_in_words(facts, words):
    assert said(**facts) == words


def test_a_line_that_comes_earlier_is_not_late():
    assert said(confirmed_on=date(2026, 1, 26), first_confirmed_on=LATER)[2] == 0
