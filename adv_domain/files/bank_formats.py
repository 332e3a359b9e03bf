"""Which reader takes a bank file, by what the file itself looks like?

camt.053 is read; formats that are only recognised are refused by name.
"""

import re
from typing import BinaryIO

from adv_domain.files.bank import BankFile, FaultList
from adv_domain.files.camt053 import read_camt053

MAX_BYTES = 512 * 1024 * 1024
_XML_STARTS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<\x00", b"\xfe\xff\x00<")
_OTHER_FORMATS = (
    ("MT940", re.compile(rb"(?:\{1:|:20:|.{0,200}?[\r\n]:20:)", re.DOTALL)),
    ("Norma 43", re.compile(rb"11[0-9]{18}[0-9]{6}[0-9]{6}[12]")),
    ("CFONB 120", re.compile(rb"01[0-9]{5}.{4}[0-9]{5}")),
    ("OFX", re.compile(rb"OFXHEADER")),
)


def read_bank_file(
    stream: BinaryIO, *, name: str, max_bytes: int = MAX_BYTES
) -> BankFile:
    """Read a bank file of any supported format; name stands in its faults.

    The stream must be seekable. What is no bank file gives faults, never an error.
    """
    faults = FaultList(name)
    size = stream.seek(0, 2)
    stream.seek(0)
    if size > max_bytes:
        faults.add(
            "too_large",
            f"the file has {size} bytes, the limit is {max_bytes}; split it",
        )
        return BankFile((), tuple(faults.items))
    start = stream.read(512)
    stream.seek(0)
    if start.lstrip(b" \t\r\n").startswith(_XML_STARTS):
        return read_camt053(stream, name=name)
    faults.add(*_refusal(start))
    return BankFile((), tuple(faults.items))


def _refusal(start: bytes) -> tuple[str, str]:
    if not start.strip():
        return "empty", "the file is empty"
    for format_name, pattern in _OTHER_FORMATS:
        if pattern.match(start.lstrip()):
            return "unsupported", f"unsupported: {format_name} files are not read yet"
    return "not_a_bank_file", "the file is no bank statement (camt.053)"
