"""Is every rule provoked, told with all others at once, and told in plain words?"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from adv_domain.fault_wording import fault_text
from adv_domain.rules.faults import OrderFault
from adv_domain.rules.orders.arrears import Arrears, ArrearsRules, PastDue
from adv_domain.rules.orders.credit import (
    CreditClaim,
    CreditPosition,
    CreditRules,
    credit_decisions,
)
from adv_domain.rules.orders.delivery_days import WORKING, DeliveryCalendar, LeadTime
from adv_domain.rules.orders.order_case import OrderCase, ProductFacts, ShipTo, Taxed
from adv_domain.rules.orders.order_terms import OrderTerms, order_terms
from adv_domain.rules.orders.rule_settings import (
    BLOCK,
    CREDIT_LIMIT,
    DEFAULT_SETTINGS,
    FAMILIES,
    OLD_RATE,
    REJECT,
    WARN,
    ValidationRules,
)
from adv_domain.rules.orders.twins import Twin
from adv_domain.rules.orders.validation import order_faults
from adv_domain.rules.terms.legal_caps import legal_cap
from adv_domain.rules.terms.term_form import term_from_form
from tests.rules.order_cases import CUSTOMER, RULES, a_line, agreed_at, an_order

GOLDEN = Path(__file__).parents[1] / "golden" / "order_faults"
TODAY = date(2026, 6, 1)
SOON = date(2026, 6, 2)
OLDER = Twin(1, "S00000001", "PO-0", date(2026, 5, 29))
IN_SIXES = ProductFacts("P1", min_order_qty=Decimal(12), pack_size=Decimal(6))
IN_KILOS = ProductFacts("P1", unit="KGM")
HOMELESS = replace(CUSTOMER, has_address=False)
MINISTRY = replace(CUSTOMER, party_kind="public_body")
OF_LATE = PastDue("EUR", 1, Decimal(700), Decimal(700), date(2026, 2, 15))
OF_REMINDERS = PastDue("EUR", 4, Decimal(900), Decimal(0), None)
LATE, REMINDED = Arrears((OF_LATE,)), Arrears((OF_REMINDERS,))
OWING = Arrears((OF_LATE, OF_REMINDERS))
AWAY = ShipTo(is_given=True, country="US")
NOWHERE = ShipTo(is_given=False, country=None)
STRICT = replace(
    RULES,
    arrears=ArrearsRules("EUR", overdue_days=60, dunned_from_level=4),
    countries_served=frozenset({"ES", "PT", "FR"}),
    lead_time=LeadTime(days=3, counts=WORKING, cut_off_hour=14),
)
CLOSED = frozenset({date(2026, 6, 4), date(2026, 6, 8)})
MON_FRI = DeliveryCalendar(frozenset({0, 4}), CLOSED)


def terms(asked: str | None, agreed: str = "net30", country: str = "ES") -> OrderTerms:
    known = {
        f"net{days}": term_from_form(
            {"lines": [{"share": "remainder", "due": [["add_days", days]]}]}
        )
        for days in (30, 60, 90)
    } | {
        "given-0123456789abcdef": term_from_form(
            {"lines": [{"share": "remainder", "due": [["add_days", 45]]}]}
        )
    }
    cap = legal_cap(country, "business", TODAY)
    return order_terms(asked, agreed, terms=known, cap=cap)


Provoked = tuple[str, OrderCase, ValidationRules]
PROVOKED: list[Provoked] = [
    ("unknown_customer", an_order(customer=None), RULES),
    (
        "customer_blocked.by_hand",
        an_order(customer=replace(CUSTOMER, is_blocked=True)),
        RULES,
    ),
    ("overdue", an_order(customer=replace(CUSTOMER, arrears=LATE)), STRICT),
    ("dunned", an_order(customer=replace(CUSTOMER, arrears=REMINDED)), STRICT),
    ("duplicate_reference", an_order(occurrence=2), RULES),
    ("likely_duplicate", an_order(twin=OLDER), RULES),
    (
        "currency.unknown",
        an_order(currency="ZZZ", customer=replace(CUSTOMER, currency="ZZZ")),
        RULES,
    ),
    ("currency.not_agreed", an_order(currency="USD"), RULES),
    ("empty_order", replace(an_order(), lines=()), RULES),
    ("unknown_product", an_order(a_line(product=None)), RULES),
    (
        "discontinued_product",
        an_order(a_line(product=ProductFacts("P1", is_discontinued=True))),
        RULES,
    ),
    ("quantity.not_positive", an_order(a_line(qty="0")), RULES),
    ("quantity.too_large", an_order(a_line(qty="1234567")), RULES),
    ("quantity.below_minimum", an_order(a_line(qty="6", product=IN_SIXES)), RULES),
    ("quantity.no_packs", an_order(a_line(qty="13", product=IN_SIXES)), RULES),
    ("quantity.no_multiple", an_order(a_line(qty="1.5")), RULES),
    ("unit", an_order(a_line(unit="PCE", product=IN_KILOS)), RULES),
    ("date_in_past", an_order(requested_on=date(2026, 5, 29)), RULES),
    ("date_in_future", an_order(looked_at_on=date(2026, 5, 29)), RULES),
    ("deadline.counted", an_order(requested_on=SOON), RULES),
    (
        "deadline.counted",
        an_order(requested_on=SOON, calendar=MON_FRI, counted_on=SOON),
        STRICT,
    ),
    (
        "deadline.counted",
        an_order(
            ordered_on=date(2026, 6, 6),
            counted_on=date(2026, 6, 6),
            looked_at_on=date(2026, 6, 6),
            requested_on=date(2026, 6, 9),
        ),
        RULES,
    ),
    (
        "deadline.counted",
        an_order(
            a_line(product=ProductFacts("P1", lead_time_days=5)), requested_on=SOON
        ),
        RULES,
    ),
    ("price.missing", an_order(a_line(agreed=None)), RULES),
    ("price.nothing_agreed", an_order(a_line(asked="9", agreed=None)), RULES),
    ("price.above", an_order(a_line(asked="11.5")), RULES),
    (
        "price.below",
        an_order(a_line(asked="1200", agreed=agreed_at("1234.5"))),
        RULES,
    ),
    ("price_replaced", an_order(a_line(asked="9.95", standing="ours")), RULES),
    ("charges.allowance", an_order(charges=(Decimal("-0.31"),)), RULES),
    ("charges.charge", an_order(charges=(Decimal("50.01"),)), RULES),
    ("negative_total", an_order(charges=(Decimal(60), Decimal("-90.01"))), RULES),
    ("missing_address", an_order(customer=HOMELESS, ship_to=NOWHERE), RULES),
    ("country_not_served", an_order(ship_to=AWAY), STRICT),
    ("buyer_reference", an_order(customer=MINISTRY), RULES),
    ("payment_terms.unknown", an_order(terms=terms("90 días")), RULES),
    ("payment_terms.not_agreed", an_order(terms=terms("net60")), RULES),
    (
        "payment_terms.not_agreed",
        an_order(terms=terms("given-0123456789abcdef")),
        RULES,
    ),
    ("terms_over_cap", an_order(terms=terms("net90", country="DE")), RULES),
    ("agreed_terms_over_cap", an_order(terms=terms(None, "net90")), RULES),
    ("agreed_terms_over_cap", an_order(terms=terms(None, "net90", "FR")), RULES),
    ("tax_rate", an_order(taxed=Taxed("PT", frozenset())), RULES),
    (
        "vat_id.missing",
        an_order(customer=replace(CUSTOMER, vat_fault="missing")),
        RULES,
    ),
    (
        "vat_id.wrong",
        an_order(customer=replace(CUSTOMER, vat_fault="wrong", vat_id="DE123456789")),
        RULES,
    ),
]
# one that asks beyond the law also asks for what was not agreed
TOGETHER = {"terms_over_cap": {"payment_terms"}, "negative_total": {"charges"}}


def provoked(message: str, order: OrderCase, rules: ValidationRules) -> OrderFault:
    [fault] = [
        one for one in order_faults(order, rules=rules) if one.message == message
    ]
    return fault


@pytest.mark.parametrize(
    ("message", "order", "rules"), PROVOKED, ids=[one[0] for one in PROVOKED]
)
def test_row_10_each_rule_has_a_code_a_family_a_severity_and_an_owner(
    message: str, order: OrderCase, rules: ValidationRules
) -> None:
    fault = provoked(message, order, rules)
    setting = rules.settings[fault.code]
    assert setting.family in FAMILIES
    assert setting.severity in {WARN, BLOCK, REJECT}
    assert setting.owner
    others = {one.code for one in order_faults(order, rules=rules)} - {fault.code}
    assert others == TOGETHER.get(fault.code, set())


def test_row_10_every_code_is_provoked() -> None:
    told = {message.partition(".")[0] for message, *_ in PROVOKED}
    assert told | {CREDIT_LIMIT, OLD_RATE} == set(DEFAULT_SETTINGS)
    assert {setting.family for setting in DEFAULT_SETTINGS.values()} == set(FAMILIES)


def test_row_10_all_that_is_wrong_is_listed_at_once() -> None:
    everything = an_order(
        a_line(line_no=1, product=None),
        a_line(line_no=2, qty="0", asked="99"),
        a_line(line_no=3, product=ProductFacts("P1", 0, True), asked="9", agreed=None),
        a_line(line_no=4, requested_on=date(2026, 5, 1)),
        a_line(line_no=5, requested_on=SOON),
        a_line(line_no=6, unit="PCE", product=IN_KILOS),
        customer=replace(
            MINISTRY,
            is_blocked=True,
            has_address=False,
            vat_fault="missing",
            arrears=OWING,
        ),
        occurrence=2,
        twin=OLDER,
        looked_at_on=date(2026, 5, 29),
        ship_to=ShipTo(is_given=False, country="US"),
        terms=terms("net90"),
        taxed=Taxed("PT", frozenset()),
        charges=(Decimal(-99_999),),
    )
    found = {one.code for one in order_faults(everything, rules=STRICT)}
    assert found == set(DEFAULT_SETTINGS) - {
        # what cannot be wrong beside the others
        "unknown_customer",
        "empty_order",
        "currency",
        "price_replaced",
        "agreed_terms_over_cap",
        CREDIT_LIMIT,
        OLD_RATE,
    }
    assert len(
        {(one.code, one.line_no) for one in order_faults(everything, rules=STRICT)}
    ) == len(order_faults(everything, rules=STRICT))


def over_the_limit() -> OrderFault:
    claim = CreditClaim(order_id=1, customer_id=1, amount=Decimal(1500), currency="EUR")
    position = CreditPosition(limit=Decimal(1000), currency="EUR")
    [decision] = credit_decisions(
        [claim], positions={1: position}, rules=CreditRules(), on=TODAY
    ).values()
    assert decision.fault is not None
    return decision.fault


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_row_10_each_fault_is_said_in_plain_words(
    language: str, update_golden: bool
) -> None:
    faults = [provoked(*one) for one in PROVOKED] + [over_the_limit()]
    said = [
        f"{one.message}\n    {fault_text(one.message, one.clash, language=language)}\n"
        for one in faults
    ]
    path = GOLDEN / f"{language}.txt"
    if update_golden:
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(said), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == "".join(said)
    assert "?" not in "".join(said)
