"""Reading a document takes time by its size, not by its size squared."""

from collections.abc import Callable
from time import process_time

import pytest

from tests.files.orders.made_documents import an_order, read, written

FORMS = ("ubl", "orderx", "edifact", "json")


def _seconds(data: bytes) -> float:
    begun = process_time()
    assert all(each.order is not None for each in read(data))
    return process_time() - begun


def _best(make: Callable[[int], bytes], size: int) -> float:
    data = make(size)
    return min(_seconds(data) for _ in range(2))


@pytest.mark.parametrize("form", FORMS)
def test_an_order_of_many_lines_is_read_in_linear_time(form: str) -> None:
    def _make(lines: int) -> bytes:
        return written(form, an_order(lines=lines))

    # measured 0.2 to 0.8 s of CPU for 5,000 lines
    few, many = _best(_make, 1_000), _best(_make, 5_000)
    assert many < 5 * few * 2 + 0.1
    assert many < 5


@pytest.mark.parametrize("form", ["edifact", "json"])
def test_a_file_of_many_orders_is_read_in_linear_time(form: str) -> None:
    def _make(count: int) -> bytes:
        return written(form, *(an_order(f"R{at}", lines=3) for at in range(count)))

    # measured 2.1 s of CPU for 2,000 orders of EDIFACT
    few, many = _best(_make, 400), _best(_make, 2_000)
    assert many < 5 * few * 2 + 0.1
    assert many < 10
