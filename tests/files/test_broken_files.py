"""A broken or hostile file is refused with its name and a remedy, never a traceback."""

import os
from pathlib import Path

import pytest

from adv_domain.files.order_files import read_order_file
from adv_domain.files.sources import InputFile, row_source
from adv_domain.files.table import table_of
from adv_domain.files.text import CannotOpen, FileRefused, read_file, source_text
from tests.files.order_samples import COLUMNS, a_file, a_row

GOOD = a_file(a_row())
WHOLE_FILE = {
    "empty": (b"", "empty_file"),
    "blank": (b" \r\n\r\n", "empty_file"),
    "only a mark": (b"\xef\xbb\xbf", "empty_file"),
    "nul": (GOOD.replace(b"P1", b"P\x001"), "binary_file"),
    "xlsx": (b"PK\x03\x04" + GOOD, "unsupported_format"),
    "old excel": (b"\xd0\xcf\x11\xe0\xa1\xb1" + GOOD, "unsupported_format"),
    "half utf-16": ("﻿abc".encode("utf-16-le") + b"\x00", "wrong_encoding"),
    "no encoding": (GOOD.replace(b"P1", b"P\x81"), "wrong_encoding"),
    "twice a column": (
        a_file(a_row() + ",C2", header=COLUMNS + ",Customer"),
        "repeated_column",
    ),
    "no header": (a_file(a_row(), header=""), "missing_column"),
    "another file": (b"a,b,c\n1,2,3\n", "missing_column"),
    "prose": (b"Dear all,\nplease find attached\n", "missing_column"),
}
ONE_ROW = {
    "cut off": (a_file(a_row(), a_row(customer_ref="R2")[:20]), "cell_count"),
    "open quote": (a_file(a_row(), a_row(product='"P2')), "broken_row"),
    "stray quote": (
        a_file(a_row(customer_ref="R2", product='"P"2')),
        "broken_row",
    ),
    "huge cell": (a_file(a_row(product="x" * 200_000)), "broken_row"),
    "huge number": (a_file(a_row(price="1" + "0" * 30)), "out_of_range"),
    "nan": (a_file(a_row(quantity="NaN")), "not_a_number"),
    "infinity": (a_file(a_row(price="Infinity")), "not_a_number"),
    "31 february": (a_file(a_row(ordered_on="2024-02-31")), "not_a_date"),
    "no reference": (a_file(a_row(customer_ref="")), "missing"),
    "long code": (a_file(a_row(customer="C" * 41)), "too_long"),
    "control character": (a_file(a_row(customer="C\x1b[31m")), "control_character"),
    "currency": (a_file(a_row(currency="EURO")), "not_a_code"),
}


@pytest.mark.parametrize(("data", "code"), WHOLE_FILE.values(), ids=WHOLE_FILE)
def test_unreadable_file_is_one_fault(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(data)
    read = read_order_file(path)
    assert not read.orders
    [fault] = read.faults
    assert (fault.file, fault.row, fault.code) == ("orders.csv", 0, code)
    assert fault.message


@pytest.mark.parametrize(("data", "code"), ONE_ROW.values(), ids=ONE_ROW)
def test_broken_row_is_named(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(data)
    read = read_order_file(path)
    assert code in {fault.code for fault in read.faults}
    assert all(fault.row >= 2 for fault in read.faults)


def test_what_is_no_regular_file_cannot_be_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "broken", Path("a\0b")):
        with pytest.raises(CannotOpen):
            read_file(path)


def test_links_are_followed_only_where_allowed(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_bytes(GOOD)
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    assert read_file(tmp_path / "link.csv") == GOOD
    with pytest.raises(CannotOpen):
        read_file(tmp_path / "link.csv", follow_links=False)


def test_file_above_the_size_limit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "big.csv").write_bytes(GOOD)
    with pytest.raises(FileRefused) as refusal:
        read_file(tmp_path / "big.csv", limit=10)
    assert refusal.value.fault.code == "too_large"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "iso-8859-15"]
)
def test_delimiter_and_encoding_are_found(delimiter: str, encoding: str) -> None:
    rows = ["Kunde|Name|Größe", "05012|Müller, Söhne; Cía|3", 'X|"a ""b"""|4']
    text = "\n".join(row.replace("|", delimiter) for row in rows)
    text = (
        text.replace(f"Müller{delimiter} Söhne", f'"Müller{delimiter} Söhne')
        if delimiter == ","
        else text
    )
    if delimiter == ",":
        text = text.replace("; Cía", '; Cía"')
    if delimiter == ";":
        text = text.replace("Müller, Söhne; Cía", '"Müller, Söhne; Cía"')
    source = source_text("f.csv", text.encode(encoding))
    table = table_of(source, known=("kunde", "name"))
    assert table.delimiter == delimiter
    assert table.header == ("Kunde", "Name", "Größe")
    assert list(table.rows()) == [
        (2, ["05012", "Müller, Söhne; Cía", "3"]),
        (3, ["X", 'a "b"', "4"]),
    ]


def test_stated_encoding_is_taken_where_it_is_no_utf_8() -> None:
    data = "code;preis €\n1;2\n".encode("iso-8859-15")
    source = source_text("f.csv", data, encoding="iso-8859-15")
    assert table_of(source).header[1] == "preis €"


def test_delimiter_is_found_without_known_names() -> None:
    source = source_text("f.csv", b"a;b;c\n1,5;2,5;3\n4,0;5,1;6\n")
    assert table_of(source).delimiter == ";"
    source = source_text("f.csv", b"only\nvalue\n")
    assert table_of(source).header == ("only",)


def test_mapped_column_that_is_absent_is_named() -> None:
    from adv_domain.files.kinds import CUSTOMERS
    from adv_domain.files.mapping import read_mapping

    mapping = read_mapping(b'[columns]\nname = "Firma"', name="m.toml")
    with pytest.raises(FileRefused, match="'Firma', which the mapping gives for name"):
        row_source(InputFile("c.csv", b"code;x\n1;2\n"), CUSTOMERS.fields, mapping)
