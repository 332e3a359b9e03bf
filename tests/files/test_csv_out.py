"""What we write runs nowhere as a formula, and reads back as it was."""

import tomllib
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from adv_domain.bundled import bundled_path
from adv_domain.files.csv_out import csv_bytes
from adv_domain.files.fields import Field, text
from adv_domain.files.mapping import OWN
from adv_domain.files.report import FileReport, report_csv, report_html
from adv_domain.files.sources import InputFile, row_source
from adv_domain.rules.faults import FileFault

WORDS = tomllib.loads(
    (bundled_path("templates") / "report" / "en.toml").read_text(encoding="utf-8")
)
FRAME = "<h1>$title</h1><p>$summary</p><table>$faults</table>"


def test_formula_cells_are_escaped_and_numbers_are_not() -> None:
    data = csv_bytes(
        ("=a", "b"),
        [("=1+1", Decimal("-1.50")), ("@x", date(2024, 5, 1)), ("\tx", None)],
    ).decode("utf-8-sig")
    assert data == "'=a,b\r\n'=1+1,-1.50\r\n'@x,2024-05-01\r\n'\tx,\r\n"


@given(
    st.lists(
        st.text(
            st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=12
        ),
        min_size=1,
        max_size=8,
    )
)
def test_texts_come_back_as_they_were(texts: list[str]) -> None:
    data = csv_bytes(("name", "end"), [(each, "x") for each in texts])
    fields = (Field("name", text(20)), Field("end", text(1)))
    source = row_source(InputFile("f.csv", data), fields, OWN)
    assert [values[0] for _, values, _ in source.rows() if values] == texts


def test_report_tells_every_fault_and_carries_no_markup() -> None:
    fault = FileFault("o.csv", 3, "price", "x", "correct it", "<b>$faults =1")
    report = FileReport("orders", "<i>.csv", "archived", {"read": 2}, [fault])
    page = report_html(report, WORDS, frame=FRAME).decode()
    assert "<td>3</td><td>price</td>" in page
    assert "&lt;b&gt;&#36;faults =1" in page
    assert "<b>" not in page
    assert "<i>" not in page
    assert "read 2" in page
    assert b"o.csv,3,price,<b>$faults =1,correct it" in report_csv(report, WORDS)
