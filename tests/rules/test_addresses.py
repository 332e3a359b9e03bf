"""Does an address stand on paper as people write it?"""

import pytest

from adv_domain.rules.addresses import address_lines


@pytest.mark.parametrize(
    ("parts", "lines"),
    [
        (("Calle 1", "48001", "Bilbao", "PV", "ES"), ("Calle 1", "48001 Bilbao")),
        (("Calle 1", "28013", "Madrid", "ES-MD", "ES"), ("Calle 1", "28013 Madrid")),
        (
            ("1 rue", "97400", "Saint-Denis", "974", "FR"),
            ("1 rue", "97400 Saint-Denis"),
        ),
        (
            ("Calle 2", "41001", "Sevilla", "Andalucía", "ES"),
            ("Calle 2", "41001 Sevilla", "Andalucía"),
        ),
        (
            ("1 Main St", "94105", "San Francisco", "US-CA", "US"),
            ("1 Main St", "San Francisco CA 94105"),
        ),
        (
            ("1 Main St", "94105", "San Francisco", "California", "US"),
            ("1 Main St", "San Francisco 94105", "California"),
        ),
        (("29 High St", "LS1 4AP", "Leeds", "", "GB"), ("29 High St", "Leeds LS1 4AP")),
        (("", "", "Gent", "", "BE"), ("Gent",)),
        (("", "", "", "", "BE"), ()),
    ],
)
def test_a_regions_code_stands_only_where_the_post_sorts_by_it(parts, lines):
    names = ("street", "postal_code", "city", "region", "country")
    assert address_lines(**dict(zip(names, parts, strict=True))) == lines
