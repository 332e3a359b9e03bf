"""In which format does a file of stock's news stand, by what is in it?"""

from collections.abc import Sequence

from adv_domain.files.mapping import Mapping
from adv_domain.files.orders.formats import LARGEST_DOCUMENT
from adv_domain.files.sources import InputFile, row_source
from adv_domain.files.stock_feedback import FEEDBACK_FIELDS, ReadEntry, read_feedback
from adv_domain.files.stock_feedback_json import read_feedback_json
from adv_domain.files.text import refused
from adv_domain.rules.faults import FileFault

_HEAD = 64
_UTF8_MARK = b"\xef\xbb\xbf"
_JSON_STARTS = (b"{", b"[", b"\xff\xfe{\x00", b"\xff\xfe[\x00")
_XML_STARTS = (b"<", b"\xff\xfe<\x00", b"\xfe\xff\x00<", b"\x00<\x00")


def is_json(data: bytes) -> bool:
    """Tell whether the file is meant as JSON."""
    return _start(data).startswith(_JSON_STARTS)


def is_xml(data: bytes) -> bool:
    """Tell whether the file is meant as XML."""
    return _start(data).startswith(_XML_STARTS)


def _start(data: bytes) -> bytes:
    return data.removeprefix(_UTF8_MARK).lstrip()[:_HEAD]


def is_document(data: bytes) -> bool:
    """Tell whether the file is a document of its own, which no mapping is for."""
    return is_json(data) or is_xml(data)


def read_news(
    file: InputFile, mapping: Mapping
) -> tuple[Sequence[ReadEntry], Sequence[FileFault]]:
    """Return the entries of the file and what it holds that nobody reads.

    Raises FileRefused and InvalidMapping.
    """
    if not is_document(file.data):
        source = row_source(file, FEEDBACK_FIELDS, mapping)
        return list(read_feedback(source)), source.warnings
    if len(file.data) > LARGEST_DOCUMENT:
        message = f"is a document larger than {LARGEST_DOCUMENT} bytes; split it"
        raise refused(file.name, "too_large", message)
    if is_json(file.data):
        return list(read_feedback_json(file.name, file.data)), ()
    # lxml loads only when such a file comes
    from adv_domain.files.despatch_advice import read_despatch_advice

    return list(read_despatch_advice(file.name, file.data)), ()
