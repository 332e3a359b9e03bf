"""Does a count of one stand before a singular?"""

import pytest

from adv_domain.rules.counted import counted


@pytest.mark.parametrize(
    ("words", "one"),
    [
        ("days late", "1 day late"),
        ("order books queued", "1 order book queued"),
        ("deliveries", "1 delivery"),
        ("addresses", "1 address"),
        ("open lines", "1 open line"),
        ("ends of limits told", "1 end of limits told"),
        ("acknowledged by news", "1 acknowledged by news"),
        ("sent", "1 sent"),
    ],
)
def test_one_is_a_singular_and_every_other_count_a_plural(words, one):
    assert counted(1, words) == one
    assert counted(0, words) == f"0 {words}"
    assert counted(2, words) == f"2 {words}"
