"""Are dates written as each language writes them?"""

from datetime import date

import pytest

from adv_domain.wording import locale_of, long_date_text


@pytest.mark.parametrize(
    ("language", "day", "text"),
    [
        ("fr", date(2026, 3, 1), "1er mars 2026"),
        ("fr", date(2026, 3, 11), "11 mars 2026"),
        ("fr", date(2026, 3, 21), "21 mars 2026"),
        ("es", date(2026, 3, 1), "1 de marzo de 2026"),
        ("en", date(2026, 3, 1), "1 March 2026"),
    ],
)
def test_a_date_in_a_sentence(language, day, text):
    assert long_date_text(day, locale=locale_of(language)) == text
