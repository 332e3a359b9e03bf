"""Good table files in every guise say the same orders; broken and hostile ones end in
faults that name file, row, field and remedy, never in a traceback."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adv_domain.files.order_files import OrderFile, read_order_file
from adv_domain.files.order_rows import read_orders
from adv_domain.files.orders.source import ReadOrder
from adv_domain.files.orders_out import orders_xlsx
from adv_domain.files.text import FileRefused
from adv_domain.rules.faults import FileFault
from tests.files.order_samples import a_source, read
from tests.files.table_corpus import (
    BAD_FILES,
    BAD_ROWS,
    GOOD,
    GOOD_FILES,
    SHIFTED,
    WHOLE_FILES,
    TableFile,
)

REMEDY = re.compile(
    r"\b(correct|send|export|save|split|state|rename|remove|fill|put|give|number|"
    r"leave|add|look for|round|make|format|undo|must|at most|such as|like)\b"
)


def _read(folder: Path, given: TableFile) -> OrderFile:
    path = folder / given.name
    path.write_bytes(given.make())
    for name, data in given.beside.items():
        (folder / name).write_bytes(data)
    mapping = folder / "m.toml"
    mapping.write_text(given.mapping, encoding="utf-8")
    return read_order_file(path, mapping if given.mapping else None)


def _is_helpful(fault: FileFault, given: TableFile) -> bool:
    return fault.file == given.name and bool(REMEDY.search(fault.message))


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(GOOD_FILES) >= 12
    assert len(BAD_FILES) >= 25


@pytest.mark.parametrize("name", GOOD_FILES)
def test_good_files_say_the_same_orders(name: str, tmp_path: Path) -> None:
    found = _read(tmp_path, GOOD_FILES[name])
    assert [fault for fault in found.faults if not fault.is_warning] == []
    wanted = {each.order.content_hash for each in read(GOOD) if each.order}
    assert {order.content_hash for order in found.orders} == wanted


@pytest.mark.parametrize("name", WHOLE_FILES)
def test_file_that_is_not_readable_is_one_fault(name: str, tmp_path: Path) -> None:
    given = WHOLE_FILES[name]
    found = _read(tmp_path, given)
    assert found.orders == ()
    [fault] = found.faults
    assert fault.code == given.code
    assert _is_helpful(fault, given), fault.message


@pytest.mark.parametrize("name", BAD_ROWS | SHIFTED)
def test_bad_row_is_named_and_stops_no_other(name: str, tmp_path: Path) -> None:
    given = (BAD_ROWS | SHIFTED)[name]
    found = _read(tmp_path, given)
    refs = [order.header.customer_ref for order in found.orders]
    assert tuple(refs) == given.refs
    assert given.code in {fault.code for fault in found.faults}
    for fault in found.faults:
        assert fault.row >= 2
        assert _is_helpful(fault, given), fault.message
        assert len(fault.value) <= 200
    if name in BAD_ROWS:
        assert all(fault.field for fault in found.faults if fault.code == given.code)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["comma", "semicolon with mark", "workbook", "our workbook"]),
    st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 12), st.binary(max_size=6)),
        min_size=1,
        max_size=4,
    ),
)
def test_any_damage_ends_in_orders_or_in_faults(
    name: str, damages: list[tuple[float, int, bytes]]
) -> None:
    data = UNDAMAGED[name]
    for place, removed, put in damages:
        at = int(place * len(data))
        data = data[:at] + put + data[at + removed :]
    _expect_orders_or_faults(data)


def _expect_orders_or_faults(data: bytes) -> None:
    try:
        found = [*read_orders(a_source(data))]
    except FileRefused as refusal:
        found = [ReadOrder(None, (), (refusal.fault,))]
    for each in found:
        assert each.order is not None or each.faults
        for fault in each.faults:
            assert REMEDY.search(fault.message), fault.message


UNDAMAGED = {
    name: GOOD_FILES[name].make()
    for name in ("comma", "semicolon with mark", "workbook")
} | {"our workbook": orders_xlsx([one.order for one in read(GOOD) if one.order])}


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
@settings(max_examples=100, deadline=None)
@given(
    place=st.floats(0, 1),
    removed=st.integers(0, 30),
    put=st.sampled_from(
        [b"", b'"', b"<", b"&", b"-1", b"9" * 30, b'r="A0"', b'<c t="s"><v>9</v></c>']
    ),
)
def test_any_damage_within_a_workbook_ends_in_orders_or_in_faults(
    part: str, place: float, removed: int, put: bytes
) -> None:
    with zipfile.ZipFile(io.BytesIO(UNDAMAGED["our workbook"])) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    at = int(place * len(parts[part]))
    parts[part] = parts[part][:at] + put + parts[part][at + removed :]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    _expect_orders_or_faults(stream.getvalue())
