"""Good table files in every guise say the same orders; broken and hostile ones end in
faults that name file, row, field and remedy, never in a traceback."""

import re
from pathlib import Path

import pytest

from adv_domain.files.order_files import OrderFile, read_order_file
from adv_domain.rules.faults import FileFault
from tests.files.order_samples import read
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
