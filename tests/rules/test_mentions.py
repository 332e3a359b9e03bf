"""Which sentences must an invoice carry, by its tax and its seller's law?"""

import pytest

from adv_domain.bundled import bundled_path
from adv_domain.documents.labels import labels
from adv_domain.rules.billing.mentions import (
    MentionCase,
    exemption_code,
    mention_codes,
    tax_mention,
)

WORDS = {
    language: labels(language, folders=(bundled_path("templates"),))["mentions"]
    for language in ("es", "en", "fr")
}


@pytest.mark.parametrize(
    ("category", "country", "expected", "code"),
    [
        ("S", "ES", None, ""),
        ("Z", "FR", None, ""),
        ("AE", "ES", "reverse_charge", "VATEX-EU-AE"),
        ("E", "ES", "exempt", ""),
        ("O", "DE", "outside_scope", "VATEX-EU-O"),
        ("K", "ES", "intra_community_supply_es", "VATEX-EU-IC"),
        ("K", "FR", "intra_community_supply_fr", "VATEX-EU-IC"),
        ("K", "DE", "intra_community_supply_eu", "VATEX-EU-IC"),
        ("G", "ES", "export_es", "VATEX-EU-G"),
        ("G", "IT", "export_eu", "VATEX-EU-G"),
    ],
)
def test_exemptions_quote_the_sellers_own_law(category, country, expected, code):
    assert tax_mention(category, seller_country=country) == expected
    assert exemption_code(category) == code


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (MentionCase(seller_country="ES", has_early_payment=False), ()),
        (
            MentionCase(seller_country="ES", has_early_payment=True, vat_due="payment"),
            ("cash_accounting",),
        ),
        (
            MentionCase(seller_country="FR", has_early_payment=False, supply="goods"),
            (
                "supply_goods",
                "late_payment_penalty_fr",
                "recovery_compensation_fr",
                "no_early_payment_discount",
            ),
        ),
        (
            MentionCase(
                seller_country="FR",
                has_early_payment=True,
                vat_due="debits",
                supply="services",
            ),
            (
                "supply_services",
                "vat_on_debits",
                "late_payment_penalty_fr",
                "recovery_compensation_fr",
            ),
        ),
        (
            MentionCase(
                seller_country="FR", has_early_payment=True, is_to_consumer=True
            ),
            (),
        ),
    ],
    ids=["Spain", "cash accounting", "France", "debits", "to a consumer"],
)
def test_mentions_follow_the_sellers_country_and_regime(case, expected):
    assert mention_codes(case) == expected
    for words in WORDS.values():
        assert all(code in words for code in mention_codes(case))


@pytest.mark.parametrize(
    ("language", "mention", "wording"),
    [
        ("es", "reverse_charge", "Inversión del sujeto pasivo"),
        ("fr", "reverse_charge", "Autoliquidation"),
        ("en", "reverse_charge", "Reverse charge"),
        ("es", "intra_community_supply_es", "art. 25"),
        ("fr", "intra_community_supply_fr", "art. 262 ter I du CGI"),
        ("en", "intra_community_supply_eu", "Art. 138 of Directive 2006/112/EC"),
        ("fr", "recovery_compensation_fr", "40 €"),
    ],
)
def test_the_catalogues_hold_the_wording_of_the_law(language, mention, wording):
    assert wording in WORDS[language][mention]
