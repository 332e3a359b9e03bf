"""Any damage to a document ends in its order or in faults, never in a traceback."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adv_domain.files.mapping import OWN
from adv_domain.files.orders.formats import order_source
from adv_domain.files.sources import InputFile
from adv_domain.files.text import FileRefused
from adv_domain.rules.faults import FileFault
from tests.files.orders.made_documents import (
    AN_ORDERS,
    PEPPOL,
    a_pdf,
    a_ubl_cancellation,
    a_ubl_change,
    an_interchange,
    an_order,
    written,
)

WHOLE = {
    "peppol": PEPPOL.encode(),
    "change": a_ubl_change(),
    "cancellation": a_ubl_cancellation(),
    "order-x": written("orderx"),
    "edifact": an_interchange(AN_ORDERS, AN_ORDERS),
    "json": written("json", an_order(), an_order("PO-2")),
    "pdf": a_pdf(("order-x.xml", written("orderx"))),
}
_DAMAGES = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True),
        st.sampled_from(["cut", "drop", "change", "double", "insert"]),
        st.binary(min_size=1, max_size=4)
        | st.sampled_from(
            [b"'", b"+", b"?", b"<", b">", b"&", b'"', b"{", b"\xff", b"0"]
        ),
    ),
    min_size=1,
    max_size=4,
)


def _damaged(data: bytes, damages: list[tuple[float, str, bytes]]) -> bytes:
    for place, kind, given_bytes in damages:
        at = int(place * len(data))
        size = len(given_bytes)
        match kind:
            case "cut":
                data = data[:at]
            case "drop":
                data = data[:at] + data[at + size :]
            case "change":
                data = data[:at] + given_bytes + data[at + size :]
            case "double":
                data = data[: at + 40] + data[at:]
            case "insert":
                data = data[:at] + given_bytes + data[at:]
    return data


@pytest.mark.parametrize("form", WHOLE)
@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(damages=_DAMAGES)
def test_damage_ends_in_orders_or_faults(
    form: str, damages: list[tuple[float, str, bytes]]
) -> None:
    for order, faults in _found(_damaged(WHOLE[form], damages)):
        assert (order is None) == bool(faults)
        for fault in faults:
            assert fault.row >= 0 and fault.code and fault.message


def _found(data: bytes) -> list[tuple[object, list[FileFault]]]:
    """Read the file; each order, or None, with the faults that are no warnings."""
    try:
        found = list(order_source(InputFile("order", data), OWN).orders())
    except FileRefused as refusal:
        return [(None, [refusal.fault])]
    assert all(each.rows for each in found)
    return [
        (each.order, [fault for fault in each.faults if not fault.is_warning])
        for each in found
    ]
