"""Which mentions must an invoice carry?"""

import pytest

from adv_domain.rules.billing.issued_documents import mention_codes


@pytest.mark.parametrize(
    ("categories", "country", "early", "expected"),
    [
        (["S"], "ES", False, ()),
        (["AE"], "ES", False, ("reverse_charge",)),
        (["S", "K"], "DE", True, ("intra_community_supply",)),
        (["E", "E"], "ES", False, ("exempt",)),
        (["S"], "FR", True, ("late_payment_france",)),
        (
            ["G"],
            "FR",
            False,
            ("export", "late_payment_france", "no_early_payment_discount"),
        ),
    ],
)
def test_mentions_follow_tax_category_and_sellers_country(
    categories, country, early, expected
):
    assert (
        mention_codes(
            tax_categories=categories, seller_country=country, has_early_payment=early
        )
        == expected
    )
