"""A mapping says what it means, or every mistake is named by its key."""

import re

import pytest

from adv_domain.bundled import bundled_path
from adv_domain.files.cells import NumberFormat
from adv_domain.files.mapping import OWN, InvalidMapping, read_mapping
from adv_domain.files.mapping_partner import Partner
from adv_domain.files.order_fields import ORDER_COLUMNS
from tests.files.order_samples import read


def _mistakes(text: str) -> str:
    with pytest.raises(InvalidMapping) as wrong:
        read_mapping(text.encode(), name="m.toml", fields=ORDER_COLUMNS)
    return "\n".join(wrong.value.mistakes)


def test_all_sections_are_read() -> None:
    mapping = read_mapping(
        b"""
[columns]
customer = "Kunde"
[formats]
date = "%d.%m.%Y"
decimal = ","
thousands = "."
percent = "fraction"
encoding = "iso-8859-15"
delimiter = ";"
[constants]
currency = "EUR"
[defaults]
discount_percent = 0.5
[values.unit]
Stk = "PCE"
[join]
file = "lines.csv"
key = "No"
[skip]
when_empty = ["product"]
""",
        name="m.toml",
        fields=ORDER_COLUMNS,
    )
    assert mapping.columns == {"customer": "Kunde"}
    assert mapping.formats.dates == ("%d.%m.%Y",)
    assert mapping.formats.numbers == (NumberFormat(",", "."),)
    assert mapping.formats.delimiter == ";"
    assert mapping.constants == {"currency": "EUR"}
    assert mapping.defaults == {"discount_percent": "0.5"}
    assert mapping.values == {"unit": {"stk": "PCE"}}
    assert mapping.join is not None
    assert (mapping.join.file, mapping.join.their_key) == ("lines.csv", "No")
    assert mapping.skip.when_empty == ("product",)
    assert mapping.carry_down is None


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[columns", "not TOML"),
        ("[collumns]", "collumns is not known"),
        ('[columns]\ncustommer = "x"', "columns.custommer is no column of ours"),
        ("[columns]\ncustomer = [3]", "columns.customer must be a text"),
        ("columns = 3", "columns must be a table"),
        ('[formats]\ndecimal = ";"', "formats.decimal must be"),
        ('[formats]\ndecimal = ","\nthousands = ","', "must differ"),
        ('[formats]\ndate = "%d/%m"', "formats.date must be like"),
        ('[formats]\npercent = "half"', "formats.percent must be"),
        ('[formats]\nencoding = "klingon"', "formats.encoding 'klingon'"),
        ('[formats]\nencoding = "base64"', "formats.encoding 'base64'"),
        ('[formats]\ndelimiter = "x"', "formats.delimiter must be"),
        ('[formats]\ndatum = "x"', "formats.datum is not known"),
        ("[formats]\ndate = []", "formats.date must be a text or a list"),
        ('[formats]\ndate = ["%d/%m/%Y", "%d/%m"]', "formats.date must be like"),
        ('[formats]\nnumbers = ["9.9"]', "formats.numbers '9.9' must show"),
        ('[formats]\nnumbers = ["1,234,56"]', "must differ"),
        ('[formats]\nnumbers = ["1x234,56"]', "formats.thousands must be"),
        ('[formats]\nnumbers = "1234.56"\ndecimal = "."', "leave decimal"),
        ('[columns]\ncustomer = {a = "x"}', "columns.customer must be a text or a"),
        ('[values.unit]\nStk = "PCE"\nSTK = "BX"', "values.unit.'STK' stands twice"),
        ('[values.units]\nStk = "PCE"', "values.units is no column of ours"),
        ('[skip]\nstarts_with = "Total"', "skip.starts_with must be a table"),
        ("[skip.starts_with]\nNr = 3", "skip.starts_with.Nr must be a text"),
        ("[skip.when_filled]\nNr = []", "skip.when_filled.Nr must be a text"),
        ('[carry_down]\ncolumns = ["customer"]', "carry_down.key must name"),
        ('[carry_down]\nkey = "Nr"\ncolumns = []', "carry_down.key.Nr is no column"),
        ('[carry_down]\nkey = "customer_ref"', "carry_down.columns must be a list"),
        (
            '[carry_down]\nkey = "line"\ncolumns = []\n[join]\nfile = "x"\nkey = "k"',
            "carry_down and join do not go together",
        ),
        ("tell = 3", "tell must be a table"),
        ('[values]\nunit = "x"', "values.unit must be a table"),
        ('[join]\nfile = "x.csv"', "join.key is missing"),
        ('[join]\nfile = "../x.csv"\nkey = "k"', "same folder"),
        ('[join]\nfile = "x"\nkey = "k"\nholds = "all"', "join.holds must be"),
        ('[skip]\nwhen_empty = "x"', "skip.when_empty must be a list"),
        ('[skip]\nwhen_empty = ["x"]', "skip.when_empty.x is no column"),
        (
            '[columns]\nunit = "x"\n[constants]\nunit = "y"',
            "unit stands in columns and in constants",
        ),
    ],
)
def test_a_mistake_is_named_by_its_key(text: str, named: str) -> None:
    assert named in _mistakes(text)


def test_all_mistakes_are_told_at_once() -> None:
    told = _mistakes('[formats]\ndecimal = ";"\npercent = "x"\n[join]\nfile = "x"')
    assert "formats.decimal" in told
    assert "formats.percent" in told
    assert "join.key" in told


def test_the_shipped_example_is_right() -> None:
    path = bundled_path("deployments") / "mappings" / "example_orders.toml"
    mapping = read_mapping(path.read_bytes(), name=path.name, fields=ORDER_COLUMNS)
    data = (
        "Kundennummer;Bestellnummer;Bestelldatum;Artikel;Menge;Einheit;Preis\n"
        "C1;R1;31.05.2024;P1;1.000;Stk;9,80\n"
        ";;;;;;Summe 9.800,00\n"
        ";SUMME;;P1;1;;9.800,00\n"
    )
    [found] = read(data.encode("iso-8859-15"), mapping)
    assert found.order is not None
    assert found.order.lines[0].unit == "PCE"
    assert found.order.total() == 9800


def test_a_mapping_names_who_sends_such_files() -> None:
    mapping = read_mapping(
        b'[partner]\nname = "One"\nemail = "a@b.example.com"\nlanguage = "FR"\n',
        name="m.toml",
    )
    assert mapping.partner == Partner("One", "a@b.example.com", "fr")
    # who is answered does not make other rows of the same file
    assert (mapping == OWN, repr(mapping) == repr(OWN)) == (True, True)


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ('email = "nobody"', "partner.email is no mail address"),
        ('language = "de"', "partner.language must be one of es, en, fr"),
        ('mail = "a@b.example.com"', "partner.mail is not known"),
        ("email = [1]", "partner.email must be a text"),
    ],
)
def test_a_wrong_partner_is_told_with_its_key(text: str, mistake: str) -> None:
    with pytest.raises(InvalidMapping, match=re.escape(mistake)):
        read_mapping(f"[partner]\n{text}\n".encode(), name="m.toml")
