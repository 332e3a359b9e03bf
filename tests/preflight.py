"""What does PDFBox's preflight find in our PDFs that PDF/A-3 does not allow?

It knows the rules of PDF/A-1 only; _ALLOWED is where PDF/A-3 says otherwise. Debian
has it (libpdfbox2-java and what it needs); .ci/run installs it.
"""

import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

_FOLDER = Path("/usr/share/java")
_JARS = (
    "preflight.jar",
    "pdfbox2.jar",
    "fontbox2.jar",
    "xmpbox.jar",
    "commons-logging.jar",
    "javax.activation.jar",
    "jaxb-api.jar",
)
# embedded files (1.2.9, 1.4.7), the part of the standard (7.11.2), transparency (2.2),
# CIDSet (3.1.11), version 4 of colour profiles (1.2.7, 2.1.6)
_ALLOWED = ("1.2.7", "1.2.9", "1.4.7", "2.1.6", "2.2", "3.1.11", "7.11.2")


def need_preflight():
    """Skip where Java or PDFBox is missing; in our CI that is a failure."""
    missing = [jar for jar in _JARS if not (_FOLDER / jar).is_file()]
    if shutil.which("java") and not missing:
        return
    if os.environ.get("CI_NEEDS_PREFLIGHT"):
        pytest.fail(f"java or {missing} is missing, and .ci/run provides them")
    pytest.skip("no Java with PDFBox's preflight here (Debian: libpdfbox2-java)")


def findings(paths, *, folder):
    """Return {file: {code: details}} of what PDF/A-3 does not allow; {} is clean."""
    listed = folder / "files.txt"
    listed.write_text("".join(f"{path}\n" for path in paths), encoding="utf-8")
    classes = ":".join(str(_FOLDER / jar) for jar in _JARS)
    program = "org.apache.pdfbox.preflight.Validator_A1b"
    subprocess.run(
        ["java", "-cp", classes, program, "xml", "group", str(listed)],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    report = etree.parse(str(folder / "files.txt.preflight.xml")).getroot()
    looked_at = report.findall("preflight")
    assert len(looked_at) == len(paths), Counter(one.get("name") for one in looked_at)
    found = {one.get("name"): _not_allowed(one) for one in looked_at}
    return {name: errors for name, errors in found.items() if errors}


def _not_allowed(of_file):
    errors = {
        one.findtext("code"): one.findtext("details") for one in of_file.iter("error")
    }
    return {
        code: details
        for code, details in errors.items()
        if not any(code == one or code.startswith(f"{one}.") for one in _ALLOWED)
    }
