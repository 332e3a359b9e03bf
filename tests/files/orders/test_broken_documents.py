"""A broken or hostile document is refused with its place and a remedy, no traceback."""

import re
from pathlib import Path

import pytest

from adv_domain.files.order_files import read_order_file
from tests.files.orders.broken_documents import BROKEN, Broken

_REMEDY = re.compile(
    r"send|correct|give|state|number (it|all)|leave|ask for|enter|write|split|export|"
    r"must be|must lie|remove|at most|is read|are read"
)


def test_the_corpus_is_as_large_as_it_must_be() -> None:
    assert len(BROKEN) >= 35
    assert len({data for data, _, _ in BROKEN.values()}) == len(BROKEN)


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_no_order_comes_of_it_and_the_fault_says_where_and_what_to_do(
    tmp_path: Path, broken: Broken
) -> None:
    data, code, element = broken
    path = tmp_path / "orders.csv"  # the name tells nothing
    path.write_bytes(data)
    read = read_order_file(path)
    assert not read.orders
    codes = [fault.code for fault in read.faults]
    assert code in codes
    for fault in read.faults:
        assert fault.file == "orders.csv"
        assert fault.row >= 0
        assert _REMEDY.search(fault.message), fault.message
        assert len(fault.value) <= 200 and len(fault.message) < 500
    told = read.faults[codes.index(code)]
    assert element in told.field
    assert bool(told.row) or not element
